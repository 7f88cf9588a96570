"""The node that plays a prompt."""

import pytest

from ivr.commands import HangUp, JoinQueue, Say
from ivr.events import Failed
from tests.calling import Caller, flow_of


def test_plays_and_goes_on():
    caller = Caller(flow_of("  one: {type: say, prompt: hello, then: {done: end}}"))
    assert caller.pending == Say(("hello",))
    assert isinstance(caller.answer(), HangUp)


@pytest.mark.parametrize(
    ("settings", "interruptible"),
    [
        ("", True),
        (", interruptible: no", False),
        (", mark: silent", False),
        (", mark: noisy, interruptible: yes", False),
    ],
)
def test_a_phrase_with_a_mark_is_always_heard_out(settings, interruptible):
    caller = Caller(flow_of(f"  one: {{type: say, prompt: hello{settings}, then: {{done: end}}}}"))
    assert caller.pending == Say(("hello",), interruptible)


@pytest.mark.parametrize("mark", ["silent", "noisy"])
def test_the_mark_is_the_outcome_also_of_a_caller_who_does_not_wait_for_the_end(mark):
    caller = Caller(flow_of(f"  one: {{type: say, prompt: hello, mark: {mark}, then: {{done: end}}}}"))
    assert caller.hang_up() == mark


def test_a_prompt_that_cannot_be_played_leads_to_a_person():
    caller = Caller(flow_of("  one: {type: say, prompt: hello, then: {done: end}}"))
    caller.answer(Failed, reason="no such file")
    assert isinstance(caller.pending, JoinQueue)
    assert caller.call.failures == ["one: no such file"]


def test_a_nodes_own_way_out_of_a_failure_comes_first():
    nodes = "  one: {type: say, prompt: hello, then: {done: end, failed: two}}\n"
    caller = Caller(flow_of(nodes + "  two: {type: say, prompt: sorry, then: {done: end}}"))
    caller.answer(Failed, reason="no such file")
    assert caller.pending == Say(("sorry",))
