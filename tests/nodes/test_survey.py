"""The one question after the talk."""

import pytest

from ivr.commands import HangUp, Say, WaitKey
from tests.calling import HOTLINE, Caller
from tests.nodes.test_queue import queued


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


def test_the_flow_asks_after_every_queue():
    for queue in ("intake", "inquiry", "complaint"):
        assert HOTLINE.nodes[queue].then["answered"] == "survey"
