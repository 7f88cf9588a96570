"""The one question after the talk."""

import pytest

from ivr.commands import HangUp, JoinQueue, Say, WaitKey
from ivr.events import Failed
from tests.calling import HOTLINE, Caller, flow_of
from tests.nodes.test_queue import TWICE, queued


def surveyed() -> Caller:
    caller = queued()
    assert caller.talk() == Say(("survey",))
    return caller


@pytest.mark.parametrize("mark", "12345")
@pytest.mark.parametrize("waiting", [False, True])
def test_a_mark_is_kept_and_thanked_for(mark, waiting):
    caller = surveyed()
    if waiting:
        assert caller.answer() == WaitKey(6.0)
    caller.keys(mark)
    if not waiting:
        caller.answer()
    assert caller.pending == Say(("survey-thanks",))
    assert caller.answer() == Say(("closing",), interruptible=False)
    assert isinstance(caller.answer(), HangUp)
    assert caller.hang_up("line") == "served"
    assert caller.call.survey == int(mark)


@pytest.mark.parametrize("key", ["0", "6", "9", "*", "#", "A", None])
def test_nobody_is_asked_twice(key):
    caller = surveyed()
    caller.answer()
    caller.keys(key) if key else caller.answer()
    assert caller.pending == Say(("closing",), interruptible=False)
    assert caller.call.survey is None


@pytest.mark.parametrize("steps", range(4))
def test_hanging_up_in_the_survey_is_still_served(steps):
    caller = surveyed()
    for _ in range(steps):
        caller.answer()
    assert caller.hang_up() == "served"
    assert caller.call.ended_by == "agent"


@pytest.mark.parametrize("broken", range(3))
def test_what_fails_after_the_talk_ends_the_call_and_queues_nobody_again(broken):
    """The question, the wait for the mark, or the goodbye."""
    caller = surveyed()
    for _ in range(broken):
        caller.answer()
    assert caller.answer(Failed, reason="no such file") == HangUp("normal")
    assert caller.hang_up("line") == "served"
    assert caller.call.failures == [f"{'goodbye' if broken == 2 else 'survey'}: no such file"]


def test_a_failure_of_a_queue_after_a_talk_still_leads_to_a_person():
    caller = Caller(flow_of(TWICE))
    assert caller.talk() == JoinQueue("complaint", 300.0)
    assert caller.answer(Failed, reason="no such queue").queue == "intake"


def test_the_flow_asks_after_every_queue():
    for queue in ("intake", "inquiry", "complaint"):
        assert HOTLINE.nodes[queue].then["answered"] == "survey"
