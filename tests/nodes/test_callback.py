"""A promise to call back instead of a wait, without a message."""

from ivr.commands import PauseRecording, Record, StorePromise, WaitKey
from tests.calling import Caller, flow_of


def calling(number: str = "13800138000") -> Caller:
    return Caller(flow_of("  one: {type: callback, queue: inquiry, then: {done: bye, no_answer: bye}}\n"
                          "  bye: {type: end}"), number)  # fmt: skip


def played(caller: Caller, until: type) -> None:
    while not isinstance(caller.pending, until):
        caller.answer()


def test_the_callers_own_number_confirmed_with_1():
    caller = calling()
    played(caller, WaitKey)
    caller.keys("1")
    played(caller, StorePromise)
    assert caller.pending == StorePromise("13800138000", "inquiry", "", True)
    caller.answer()
    assert "contact-stored" in caller.said()
    caller.answer()
    assert caller.path == ["one", "bye"]
    assert caller.hang_up("line") == "left_contact"
    assert not any(isinstance(one, Record) for one in caller.told)


def test_another_number_is_keyed_and_the_recording_pauses_meanwhile():
    caller = calling()
    played(caller, WaitKey)
    caller.keys("2")
    played(caller, WaitKey)
    caller.keys("02161234567#")
    assert isinstance(caller.pending, PauseRecording)
    played(caller, StorePromise)
    assert caller.pending.number == "02161234567"


def test_without_any_number_nothing_is_promised():
    caller = calling("")
    for _ in range(3):
        played(caller, WaitKey)
        caller.answer()
    caller.answer()
    assert caller.path == ["one", "bye"]
    assert not any(isinstance(one, StorePromise) for one in caller.told)
