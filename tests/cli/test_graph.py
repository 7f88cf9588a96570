"""`ivr graph`: the flow as a Mermaid flowchart."""

import re
import time

from ivr.flowfile import parse
from ivr.graph import mermaid
from ivr.picture import MISSED
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


# -- drawn by Graphviz ---------------------------------------------------------------------------

PNG = b"\x89PNG\r\n\x1a\n"
TEXT = re.compile(r"<text[^>]*>([^<]*)</text>")


def test_svg_and_png_of_one_flow(ivr, settings, tmp_path):
    svg, png = tmp_path / "flow.svg", tmp_path / "flow.png"
    ran = ivr("graph", "hotline", "--svg", svg, "--png", png, "--lang", "zh")
    assert ran.out == f"{svg}: written\n{png}: written\n"
    words = TEXT.findall(svg.read_text())
    assert {"来电", "无声", "说话, 按键", "问候:无声和嘈杂协议"} <= {word.strip() for word in words}
    assert png.read_bytes().startswith(PNG)


def test_the_main_path_goes_straight_down(ivr, settings, tmp_path):
    ivr("graph", "hotline", "--svg", tmp_path / "flow.svg")
    svg = (tmp_path / "flow.svg").read_text()
    heads = dict(re.findall(r"<title>(\w+)</title>\s*<path[^>]*? d=\"M([\d.-]+),", svg))
    boxes = {name: re.search(rf"<title>{name}</title>\s*<path[^>]*? d=\"([^\"]+)\"", svg) for name in heads}
    middles = []
    for name in ("menu", "to_intake", "intake", "survey", "goodbye"):
        across = [float(x) for x in re.findall(r"([\d.-]+),[\d.-]+", boxes[name][1])]
        middles.append((min(across) + max(across)) / 2)
    assert max(middles) - min(middles) < 1.0


def test_calls_changes_and_gaps_are_drawn(ivr, settings, store, tmp_path):
    keep(store, "1.1", GONE, time.time() - 500)
    svg = tmp_path / "flow.svg"
    ivr("graph", "hotline", "--calls", "1h", "--svg", svg, "--lang", "zh")
    assert "1 人在此挂断" in svg.read_text()
    changed = tmp_path / "new.yaml"
    changed.write_text(HOTLINE.text.replace("tries: 3", "tries: 2"))
    ivr("graph", "hotline", "--diff", "file", changed, "--svg", svg)
    assert "tries 3 → 2" in svg.read_text()
    assert "hotline: hotline.yaml → new.yaml" in svg.read_text()
    ivr("test", changed, "--coverage", "--svg", svg)
    assert MISSED in svg.read_text()
    ivr("graph", "hotline", "--coverage", "--svg", svg)
    assert MISSED not in svg.read_text(), "the shipped flow is walked whole"


def test_what_cannot_be_drawn_is_told(ivr, settings, tmp_path, monkeypatch):
    assert "add --svg FILE" in ivr("graph", "hotline", "--coverage").err
    assert "cannot be written" in ivr("graph", "hotline", "--svg", tmp_path / "no/where.svg").err
    assert "no version `9`" in ivr("graph", "hotline", "--diff", "9", "file", "--svg", "-").err
    monkeypatch.setattr("ivr.dot.ROOT", tmp_path)
    monkeypatch.setattr("ivr.dot.shutil.which", lambda _name: None)
    assert "python3 -m ivr.setup draw" in ivr("graph", "hotline", "--svg", tmp_path / "f.svg").err
