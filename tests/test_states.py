"""Where calls can stand, with which values of facts, and how they come there."""

import pytest

from ivr.call import ALWAYS
from ivr.flow import OTHER
from ivr.states import CALLER, flat, space
from tests.calling import HOTLINE, flow_of

BRANCH = """
  two: {type: branch, fact: x, then: {gold: three, "1*": four, "13*": five, otherwise: person}}
  three: {type: say, prompt: a, then: {done: end}}
  four: {type: say, prompt: a, then: {done: end}}
  five: {type: say, prompt: a, then: {done: end}}
"""


def led(first: str, node: str = "two") -> set[str]:
    """By which outcomes calls can leave a node."""
    steps = space(flow_of(first + BRANCH)).steps
    return {
        step.edge[1] for state, found in steps.items() if state.node == node for step in found if step.edge[0] == node
    }


@pytest.mark.parametrize(
    ("first", "outcomes"),
    [
        ("  one: {type: set, fact: x, value: gold, then: {done: two}}", {"gold"}),
        ("  one: {type: set, fact: x, value: '12', then: {done: two}}", {"1*"}),
        ("  one: {type: lookup, service: crm, path: /a, facts: {x: t}, then: {found: two, unknown: person, "
         "unavailable: person}}", {"gold", "1*", "13*", "otherwise"}),
        ("  one: {type: gather, prompt: a, fact: x, then: {done: two, no_answer: person}}", {"1*", "13*", "otherwise"}),
        ("  one: {type: gather, prompt: a, fact: x, then: {done: person, no_answer: two}}", {"otherwise"}),
        ("  one: {type: gather, prompt: a, fact: x, most: 1, then: {done: two, no_answer: person}}",
         {"1*", "otherwise"}),
        ("  one: {type: gather, prompt: a, fact: x, end: '1', then: {done: two, no_answer: person}}", {"otherwise"}),
        ("  one: {type: gather, prompt: a, fact: x, least: 13, most: 19, check: luhn, then: {done: two, "
         "no_answer: person}}", {"1*", "13*", "otherwise"}),
        ("  one: {type: gather, prompt: a, fact: x, least: 18, most: 18, check: id, then: {done: two, "
         "no_answer: person}}", {"1*", "13*", "otherwise"}),
    ],
)  # fmt: skip
def test_values_that_a_fact_cannot_have_lead_nowhere(first, outcomes):
    assert led(first) == outcomes


def test_a_value_is_remembered_from_one_branch_to_the_next():
    again = """  one: {type: lookup, service: crm, path: /a, facts: {x: t}, then: {found: zero, unknown: person,
    unavailable: person}}
  zero: {type: branch, fact: x, then: {"13*": two, otherwise: person}}"""
    assert led(again) == {"13*"}


def test_what_is_asked_with_an_empty_fact_is_unknown():
    flow = """  one: {type: gather, prompt: a, fact: card, then: {done: person, no_answer: ask}}
  ask: {type: lookup, service: crm, path: "/{card}", facts: {x: t}, then: {found: two, unknown: person,
    unavailable: person}}"""
    assert led(flow, "ask") == {"unknown"}
    assert led(flow.replace("done: person, no_answer: ask", "done: ask, no_answer: person"), "ask") > {"found"}


def test_a_caller_with_a_number_is_called_back_there():
    states = space(flow_of("  one: {type: callback, queue: intake, then: {done: end, no_answer: person}}"))
    (caller,) = states.facts
    assert caller == "caller"
    asked = {state: steps for state, steps in states.steps.items() if state.node == "one"}
    told = {state.values[0]: {step.edge[1] for step in steps} for state, steps in asked.items()}
    assert "no_answer" not in told[CALLER]
    assert "no_answer" in told[""]


def test_a_key_that_waits_is_heard_by_the_next_node_that_listens():
    flow = """  one: {type: silent_call, prompt: a, then: {speech: person, key: say, noise: person, silence: person}}
  say: {type: say, prompt: a, then: {done: check}}
  check: {type: line_check, then: {speech: person, key: two, noise: person, silence: person}}
  two: {type: say, prompt: a, then: {done: end}}"""
    steps = space(flow_of(flow)).steps
    (found,) = [steps_ for state, steps_ in steps.items() if state.node == "check"]
    assert [step.edge for step in found] == [("check", "key")]


def test_whoever_was_served_and_is_asked_no_more_is_not_queued_again():
    flow = """  one: {type: queue, queue: inquiry, then: {answered: two, timeout: three, full: three}}
  two: {type: survey, then: {done: end, no_answer: end}}
  three: {type: say, prompt: a, then: {done: end}}"""
    steps = space(flow_of(flow)).steps
    failing = {state.node for state, found in steps.items() for step in found if step.edge == (ALWAYS, "failed")}
    assert failing == {"one", "three"}


def test_a_flow_with_too_many_states_is_followed_without_values():
    found = space(flow_of("  one: {type: set, fact: x, value: gold, then: {done: two}}" + BRANCH), most=3)
    assert found.facts == ()
    assert {step.edge[1] for state, steps in found.steps.items() if state.node == "two" for step in steps} == {
        "gold", "1*", "13*", "otherwise",
    }  # fmt: skip


def test_a_way_to_every_node_of_the_shipped_flow():
    found = space(HOTLINE)
    assert {state.node for state in found.steps} == {*HOTLINE.nodes}
    for state in found.steps:
        route = found.route(state)
        assert route
        assert route.start.node == HOTLINE.start
        assert (route.steps[-1].to if route.steps else route.start) == state


def test_of_a_flow_read_in_part_no_way_is_known():
    found = flat(HOTLINE, {"menu"})
    (state,) = found.steps
    assert {step.edge[0] for step in found.steps[state]} <= {"menu", ALWAYS}
    assert found.route(state) is None


def test_no_flow_asks_for_what_stands_for_anything_else():
    assert OTHER not in HOTLINE.text


def test_a_value_that_nobody_asks_for_any_more_is_forgotten():
    """So that as many lookups one after the other as one likes do not multiply the states."""
    asks = "\n".join(
        f"  ask{at}: {{type: lookup, service: crm, path: /a, facts: {{x{at}: t}}, then: {{found: which{at}, "
        f"unknown: person, unavailable: person}}}}\n"
        f"  which{at}: {{type: branch, fact: x{at}, then: {{gold: ask{at + 1}, silver: ask{at + 1}, "
        f"otherwise: ask{at + 1}}}}}"
        for at in range(20)
    )
    found = space(flow_of(f"{asks}\n  ask20: {{type: say, prompt: a, then: {{done: end}}}}", "ask0"))
    assert len(found.facts) == 20
    assert len(found.steps) <= 20 * 4 + 10
