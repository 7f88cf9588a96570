"""What is refused has a call that shows why: for random flows, whatever is wrong with them."""

import pytest
from hypothesis import HealthCheck, given, settings

from ivr.calltest import BEGIN, edges, tried
from ivr.events import Event, Heard, KeyPressed
from ivr.faults import Fault
from ivr.flow import END, Flow
from ivr.flowfile import parse
from ivr.prove import prove
from ivr.script import play
from ivr.session import Session
from ivr.states import Route
from ivr.witness import missing, witness
from tests.test_prove import flow_of as whole
from tests.test_prove import nodes, seconds


def shown(flow: Flow) -> list[tuple[Fault, Route, str]]:
    """Every fault with the way and the script of a call that meets it."""
    proof = prove(flow, seconds)
    found = [(fault, proof.shown[fault], witness(flow, proof.shown[fault], fault.text)) for fault in proof.faults]
    return [(fault, route, script or "") for fault, route, script in found]


class Watched(Session):
    """A call of which is kept what happened to it, each with how many outcomes had led it on before."""

    __slots__ = ("happened",)

    def __init__(self, flow: Flow) -> None:
        super().__init__(flow)
        self.happened: list[tuple[int, Event]] = []

    def advance(self, event):
        self.happened.append((len(self.call.led), event))
        return super().advance(event)


def held(flow: Flow, fault: Fault, route: Route, script: str) -> None:
    """The script shows what the fault says."""
    again = tried(flow, script)
    assert again.ok, (fault, script, [*again.difference()])
    edges = [step.edge for step in route.steps]
    call = Watched(flow)
    play(call, script, BEGIN)
    assert call.call.led[: len(edges)] == edges, (fault, script)
    if "goes round" in fault.text:
        names = fault.text.split(": ")[1].split(";")[0].split(" → ")
        begins = len(edges) - len(names) + 1
        assert [name for name, _ in edges[begins:]] == names[:-1]
        assert names[0] == names[-1] == route.steps[-1].to.node
        for before, event in call.happened:
            if begins < before < len(edges):
                assert not isinstance(event, KeyPressed), (fault, script)
                assert not isinstance(event, Heard) or event.sound != "speech", (fault, script)
    elif "without a word" in fault.text:
        name, outcome = call.call.led[-1]
        assert flow.nodes[name].then[outcome] == END
        assert outcome not in flow.nodes[name].node.farewells
        assert "hung_up caller" not in script
    else:
        fact = fault.text.split("reads the fact `")[1].split("`")[0]
        assert all(fact not in flow.nodes[name].node.gives(outcome) for name, outcome in edges if name in flow.nodes)


@settings(max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(nodes(backwards=True))
def test_whatever_is_refused_has_a_call_that_shows_why(made):
    flow = whole(*made)
    for fault, route, script in shown(flow):
        held(flow, fault, route, script)


@pytest.mark.parametrize(
    ("nodes_", "line"),
    [
        ("  one: {type: gather, prompt: a, fact: x, least: 18, most: 18, check: id, confirm: yes, then: {done: two, "
         "no_answer: person}}\n  two: {type: branch, fact: x, then: {'35*': end, otherwise: person}}",
         "< key_pressed 3"),
        ("  one: {type: branch, fact: dialled, then: {'400*': end, otherwise: person}}", 'dialled="400'),
        ("  one: {type: lookup, service: crm, path: /a, facts: {x: t}, then: {found: two, unknown: person, unavailable:"
         " person}}\n  two: {type: branch, fact: x, then: {gold: end, otherwise: person}}", '{"x": "gold"}'),
        ("  one: {type: hours, then: {open: two, closed: two, holiday: two}}\n  two: {type: branch, fact: day, then: "
         "{春节: end, otherwise: person}}", 'day="春节"'),
        ("  one: {type: leave_contact, then: {done: end, no_answer: end}}", 'offered dialled="95585"'),
        ("  one: {type: language, language: en, then: {done: person, failed: end}}", "< failed"),
    ],
)  # fmt: skip
def test_what_the_call_must_bring_is_brought(nodes_, line):
    flow = whole(nodes_)
    ((fault, route, script),) = [one for one in shown(flow) if "without a word" in one[0].text]
    held(flow, fault, route, script)
    assert line in script


def test_a_circle_that_takes_no_time_is_handed_to_a_person():
    flow = whole("  one: {type: set, fact: x, value: a, then: {done: two}}\n"
                   "  two: {type: branch, fact: x, then: {a: one, otherwise: person}}")  # fmt: skip
    ((_, _, script),) = shown(flow)
    assert "> hand_over" in script
    assert len(script) < 500, "the path of two thousand nodes is left out"


def test_keys_are_pressed_only_where_they_must_be():
    flow = whole("  one: {type: menu, prompt: a, then: {1: one, no_answer: one}}")
    ((_, _, script),) = shown(flow)
    assert "key_pressed" not in script


def test_missing_scripts_bring_the_values_that_are_asked_for():
    flow = whole(
        "  one: {type: gather, prompt: a, fact: x, least: 16, most: 16, check: luhn, then: {done: two, "
        "no_answer: person}}\n  two: {type: branch, fact: x, then: {'4539*': bye, '62*': bye, gold: bye, "
        "otherwise: person}}"
    )
    wanted = [edge for edge in edges(flow) if edge[0] in ("one", "two")]
    found, never = missing(flow, wanted)
    assert never == {("two", "gold")}
    assert {*found} == {*wanted} - never
    for edge, script in found.items():
        again = tried(flow, script)
        assert again.ok, again
        assert edge in again.led


LATE = """\
flow: test
start: one
always: {failed: person}
limits: {person: 15s, end: 1m}
nodes:
  one: {type: menu, prompt: a, tries: 2, then: {1: two, no_answer: bye}}
  two: {type: gather, prompt: a, fact: x, least: 4, most: 4, tries: 1, then: {done: person, no_answer: bye}}
  person: {type: queue, queue: intake, timeout: 60s, then: {answered: end, timeout: bye, full: bye}}
  bye: {type: say, prompt: closing, then: {done: end}}
"""


def test_a_time_beyond_a_limit_is_shown_by_a_call_that_takes_longer():
    flow = parse(LATE)
    proof = prove(flow, seconds)
    person, end = proof.beyond
    scripts = [witness(flow, proof.shown[one], one.text, seconds) or "" for one in (person, end)]
    assert all(tried(flow, script).ok for script in scripts)
    came = next(line for line in scripts[0].split("\n") if "> join_queue" in line)
    assert float(came.split()[0]) - 0.5 > 15
    assert "< key_pressed" in scripts[0], "a caller who wants a person keys, but as late as can be"
    queued, over = (
        next(float(line.split()[0]) for line in scripts[1].split("\n") if word in line)
        for word in ("> join_queue", "> hang_up")
    )
    assert over - queued == 63
    assert " ".join(step.node for step in tried_path(flow, scripts[1])).endswith("person bye")


def tried_path(flow: Flow, script: str):
    call = Session(flow)
    play(call, script, BEGIN)
    return call.call.path
