"""What is proved of a flow holds for every call through it: by hand, and for random flows with random callers."""

import itertools

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ivr.bounds import duration
from ivr.flowfile import parse
from ivr.flowparts import BREAK
from ivr.outcomes import OUTCOMES
from ivr.prove import prove
from ivr.session import MOST_STEPS, Session
from ivr.simulator import Simulator
from ivr.words import Unfit, Word, read
from tests.calling import HOTLINE

PROMPT = 3.0
SLACK = 0.01


def seconds(_prompt: str) -> float:
    return PROMPT


def flow_of(nodes: str, more: str = "", behind: str = ""):
    text = f"flow: test\nstart: one\nalways: {{failed: person{more}}}\nnodes:\n{nodes}\n{PERSON}\n{BYE}\n"
    return parse(text + behind)


PERSON = "  person: {type: queue, queue: intake, timeout: 60s, then: {answered: end, timeout: bye, full: bye}}"
BYE = "  bye: {type: say, prompt: closing, then: {done: end}}"


def faults(flow) -> list[str]:
    return [fault.text for fault in prove(flow, seconds).faults]


def test_the_shipped_flow_is_proved():
    proof = prove(HOTLINE, seconds)
    assert proof.faults == []
    assert proof.bounds is not None
    # three greetings of 3 s and 2 s, the menu's three prompts of 3 s and 5 s and its two remarks, queue-intake
    # is not needed: no key leads to the queue itself
    assert proof.bounds.person == 3 * 5 + 3 * 8 + 2 * 3
    # the queue's 5 min, then the number and the message, goodbye; noise may come before
    assert 300 + 120 < proof.bounds.end < 900


@pytest.mark.parametrize(
    ("node", "told"),
    [
        ("  one: {type: say, prompt: a, then: {done: one}}", "one → one"),
        ("  one: {type: say, prompt: a, then: {done: two}}\n  two: {type: menu, prompt: a, then: {1: person, "
         "no_answer: one}}", "one → two → one"),
        ("  one: {type: queue, queue: intake, then: {answered: bye, timeout: two, full: bye}}\n"
         "  two: {type: say, prompt: a, then: {done: one}}", "one → two → one"),
        ("  one: {type: silent_call, prompt: a, then: {speech: bye, key: bye, noise: one, silence: bye}}", "one → one"),
    ],
)  # fmt: skip
def test_a_circle_that_nobody_walks_is_refused(node, told):
    (text,) = faults(flow_of(node))
    assert f": {told};" in text
    assert prove(flow_of(node), seconds).bounds is None


@pytest.mark.parametrize(
    "node",
    [
        "  one: {type: menu, prompt: a, then: {1: person, 9: one, no_answer: bye}}",
        "  one: {type: silent_call, prompt: a, then: {speech: one, key: one, noise: bye, doubt: bye, silence: bye}}",
        "  one: {type: queue, queue: intake, then: {answered: one, timeout: bye, full: bye}}",
        "  one: {type: say, prompt: a, then: {done: bye, failed: one}}",
    ],
)
def test_a_circle_that_somebody_walks_or_a_counter_ends_is_none(node):
    assert faults(flow_of(node)) == []


def test_two_circles_are_both_told():
    one = "  one: {type: menu, prompt: a, then: {1: two, no_answer: one}}"
    two = f"{one}\n  two: {{type: say, prompt: a, then: {{done: two}}}}"
    assert [text.split(": ")[1].split(";")[0] for text in faults(flow_of(two))] == ["one → one", "two → two"]


@pytest.mark.parametrize(
    ("node", "outcome"),
    [
        ("  one: {type: menu, prompt: a, then: {1: person, no_answer: end}}", "no_answer"),
        ("  one: {type: menu, prompt: a, then: {1: end, no_answer: person}}", "1"),
        (
            "  one: {type: silent_call, prompt: a, then: {speech: person, key: bye, noise: bye, silence: end}}",
            "silence",
        ),
        ("  one: {type: queue, queue: intake, then: {answered: end, timeout: end, full: bye}}", "timeout"),
        ("  one: {type: leave_contact, then: {done: end, no_answer: end}}", "no_answer"),
        ("  one: {type: say, prompt: a, then: {done: end, failed: end}}", "failed"),
    ],
)
def test_a_call_that_would_end_without_a_word_is_refused(node, outcome):
    (text,) = faults(flow_of(node))
    assert text.startswith(f"`{outcome}` of node `one` ends the call without a word")


LIMITED = (
    """flow: test
start: one
always: {failed: person}
limits: {person: 10s, end: 1m}
nodes:
  one: {type: menu, prompt: a, tries: 2, then: {1: person, no_answer: bye}}
"""
    + f"{PERSON}\n{BYE}\n"
)


def test_limits_are_held():
    found = prove(parse(LIMITED), seconds)
    assert [(fault.line, fault.text.split(",")[0]) for fault in found.beyond] == [
        (4, "a caller who wants a person may have to wait 19 s for one (one 19 s)"),
        (4, "a call may last 1 min 3 s after the caller has done anything (person 60 s → bye 3 s)"),
    ]
    assert prove(parse(LIMITED.replace("10s", "19s").replace("1m", "63s")), seconds).beyond == []


def test_a_limit_for_a_person_whom_nobody_reaches():
    text = LIMITED.replace("1: person", "1: bye").replace("{failed: person}", "{failed: bye}").replace("10s", "1h")
    assert "no way leads to a person" in prove(parse(text.replace("1h", "10m")), seconds).beyond[0].text


def test_limits_that_are_none_are_told():
    from ivr.faults import Faults

    with pytest.raises(Faults, match="a duration is written like"):
        parse(LIMITED.replace("10s", "soon"))
    with pytest.raises(Faults, match="`agent` is not known in `limits`; known are person, end"):
        parse(LIMITED.replace("person: 10s", "agent: 10s"))


def test_durations():
    assert [duration(one) for one in (0, 59.4, 60, 95, 3600)] == ["0 s", "59 s", "1 min", "1 min 35 s", "60 min"]


def test_a_flow_of_five_thousand_nodes_is_proved():
    leads = [*(f"n{at + 1}" for at in range(5000)), "end"]
    nodes = "\n".join(f"  n{at}: {{type: say, prompt: a, then: {{done: {to}}}}}" for at, to in enumerate(leads))
    text = f"flow: long\nstart: n0\nalways: {{failed: n0}}\nnodes:\n{nodes}\n"
    bounds = prove(parse(text), seconds).bounds
    assert bounds is not None
    assert bounds.end == 5001 * PROMPT


# -- against brute force: random flows, random callers -------------------------------------------

NAMES = ("one", "two", "three", "four", "five")
ENDS = ("person", "bye", "end")


@st.composite
def nodes(draw, backwards: bool):
    """Five nodes that lead on (by keys also back), or anywhere, and a person and a goodbye."""
    lines = []
    for at, name in enumerate(NAMES):
        anywhere = st.sampled_from((*NAMES, *ENDS))
        onwards = anywhere if backwards else st.sampled_from((*NAMES[at + 1 :], *ENDS))
        kind = draw(st.sampled_from(sorted(SHAPES)))
        settings_, outcomes = SHAPES[kind]
        leads = {outcome: draw(onwards) for outcome in outcomes}
        if kind == "end":
            lines.append(f"  {name}: {{type: end}}")
            continue
        if kind == "menu":
            leads |= {str(key): draw(anywhere) for key in range(draw(st.integers(1, 3)))}
        if kind != "subflow" and draw(st.booleans()):
            leads["failed"] = draw(anywhere)
        lines.append(f"  {name}: {{type: {kind}, {settings_}then: {_written(leads)}}}")
    noisy = ", line_noisy: " + draw(st.sampled_from((*NAMES, "bye"))) if draw(st.booleans()) else ""
    return "\n".join(lines), noisy, draw(parts()) if any("type: subflow" in line for line in lines) else ""


@st.composite
def parts(draw):
    """The subflow behind the flow: two nodes, and both its ways back."""
    lines = []
    for name, others in (("first", ("second", "return", "return.other")), ("second", ("return",))):
        kind = draw(st.sampled_from(("gather", "lookup", "say", "set")))
        settings_, outcomes = SHAPES[kind]
        leads = {outcome: draw(st.sampled_from(others)) for outcome in outcomes} | {"failed": "return.other"}
        if name == "first":
            leads[outcomes[0]] = "second"
        lines.append(f"  {name}: {{type: {kind}, {settings_}then: {_written(leads)}}}")
    return f"{BREAK}subflow: part\nstart: first\nnodes:\n" + "\n".join(lines) + "\n"


def _written(leads: dict[str, str]) -> str:
    return "{" + ", ".join(f"{outcome}: {target}" for outcome, target in leads.items()) + "}"


SHAPES = {
    "say": ("prompt: a, ", ("done",)),
    "menu": ("prompt: a, ", ("no_answer",)),
    "silent_call": ("prompt: a, ", ("speech", "key", "noise", "silence")),
    "queue": ("queue: intake, timeout: 40s, ", ("answered", "timeout", "full")),
    "leave_contact": ("", ("done", "no_answer")),
    "survey": ("", ("done", "no_answer")),
    "gather": ("prompt: a, fact: x, ", ("done", "no_answer")),
    "line_check": ("", ("speech", "key", "noise", "silence")),
    "hours": ("calendar: office, ", ("open", "closed", "holiday")),
    "branch": ("fact: x, ", ("gold", '"1*"', "otherwise")),
    "set": ("fact: x, value: gold, ", ("done",)),
    "language": ("language: en, ", ("done",)),
    "lookup": (
        "service: crm, path: /a, facts: {x: tariff}, prompt: a, timeout: 2s, ",
        ("found", "unknown", "unavailable"),
    ),
    "transfer": ("to: manager, prompt: a, timeout: 20s, ", ("answered", "busy", "no_answer", "unavailable")),
    "record": ("prompt: a, limit: 30s, ", ("done",)),
    "callback": ("queue: intake, ", ("done", "no_answer")),
    "end": ("", ()),
    "subflow": ("flow: part, ", ("done", "other")),
}
DOINGS = st.lists(
    st.sampled_from(("1", "2", "0", "7", "12345#", "*", "speech", "noise", "agent 1001", "agentlost", "noagent", "full",
                     "message", "found x=gold", "found x=1", "unknown", "unavailable", "wait 2s", "wait 70s")),
    max_size=12,
)  # fmt: skip


def tried(call: Simulator[Session], word: Word | None) -> None:
    """Does a word where it makes sense."""
    assert word
    if not call.session.ended:
        try:
            call.take(word)
        except Unfit:
            return


STATES = st.lists(st.sampled_from(("open", "closed", "holiday")), min_size=1, max_size=4)


@settings(max_examples=2500, deadline=None)
@given(nodes(backwards=False), DOINGS, STATES)
def test_what_is_passed_ends_within_its_bound_whatever_the_caller_does(made, doings, states):
    flow = flow_of(*made)
    proof = prove(flow, seconds)
    assume(proof.bounds is not None)
    days = itertools.cycle(states)
    call = Simulator(lambda: Session(flow), seconds, calendars=lambda _name, _at: (next(days), ""))
    for doing in doings:
        tried(call, read(doing))
    last = call.at
    for _ in range(MOST_STEPS):
        tried(call, Word("silence"))
    assert call.session.ended
    assert proof.bounds is not None
    assert call.at - last <= proof.bounds.end + SLACK, (call.session.call.path, proof.bounds)
    assert call.session.call.outcome in OUTCOMES
    assert not call.session.handed_over, "it came to its end by itself"
    name, outcome = call.session.call.led[-1]
    if not proof.faults:
        assert outcome in flow.nodes[name].node.farewells, "nobody was there, and nothing was said"
