"""`ivr graph`: the flow as a Mermaid flowchart."""

import re
import time

from ivr.flowfile import parse
from ivr.graph import mermaid
from tests.calling import HOTLINE
from tests.cli.kept import GONE, SERVED, keep

EDGE = re.compile(r"^    (\w+) (-->|-\.->)\|([^|]+)\| (\w+)$", re.MULTILINE)


def edges(drawing: str) -> set[tuple[str, str, str]]:
    """(from, outcome, to) of a drawing without counts."""
    return {
        (source, outcome, target)
        for source, _, outcomes, target in EDGE.findall(drawing)
        for outcome in outcomes.split(", ")
    }


def test_every_node_and_edge_is_drawn(ivr, settings):
    out = ivr("graph", "hotline").out
    assert out.startswith('flowchart TD\n    ring(["a call"]) --> greet\n')
    there = {
        (place.name, outcome, "hangup" if target == "end" else target)
        for place in HOTLINE.nodes.values()
        for outcome, target in place.then.items()
    }
    there |= {("always", outcome, target) for outcome, target in HOTLINE.always.items()}
    assert edges(out) == there
    for place in HOTLINE.nodes.values():
        assert f'    {place.name}["{place.name}<br/>{place.node.type}: ' in out or place.node.type == "survey"


def test_calls_stand_on_the_edges_and_where_callers_gave_up(ivr, settings, store):
    for number, words in enumerate((SERVED, SERVED, GONE)):
        keep(store, f"{number}.1", words, time.time() - 500 + number)
    out = ivr("graph", "hotline", "--calls", "1h").out
    assert "    greet -->|speech, key, doubt: 3| menu\n" in out or "    greet -->|speech, key: 3| menu\n" in out
    assert "    menu -->|1: 2| to_intake\n" in out
    assert "    goodbye -->|done: 2| hangup\n" in out
    assert "inquiry<br/>queue: inquiry<br/>1 gave up here" in out
    assert "    menu -->|3: 0| to_complaint\n" in out


def test_without_calls_there_are_none(ivr, settings):
    assert "menu -->|1: 0| to_intake" in ivr("graph", "hotline", "--calls", "today").out


def test_names_that_mermaid_would_take_for_its_own():
    text = """flow: odd
start: ring
always: {failed: a-b}
nodes:
  ring: {type: say, prompt: closing, then: {done: a-b, failed: end}}
  a-b: {type: say, prompt: closing, then: {done: end}}
"""
    out = mermaid(parse(text))
    assert "--> n_ring" in out
    assert "    n_ring -->|done| n_a__b\n    n_ring -.->|failed| hangup\n    n_a__b -->|done| hangup\n" in out
