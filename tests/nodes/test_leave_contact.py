"""A number and a message, and the promise to call back."""

import pytest

from ivr.commands import HangUp, PauseRecording, Record, Say, StorePromise, WaitKey
from ivr.events import Failed, Heard, QueueLeft, Recorded
from tests.calling import HOTLINE, Caller

OWN = "13800138000"
OFFER = Say(("offer-number", *(f"number/{digit}" for digit in OWN), "confirm-number"))


def at_contact(number: str = OWN) -> Caller:
    """A caller whom no agent of `inquiry` could take, once the recording is paused."""
    caller = Caller(HOTLINE, number)
    caller.answer(Heard, sound="speech")
    caller.keys("2")
    caller.answer()
    caller.answer()
    caller.answer(QueueLeft, status="empty")
    assert caller.pending == Say(("all-busy",))
    caller.answer()
    assert caller.pending == PauseRecording(True)
    caller.answer()
    return caller


def at_message(caller: Caller) -> Caller:
    assert caller.pending == PauseRecording(False)
    caller.answer()
    assert caller.pending == Say(("leave-message",), interruptible=False)
    assert caller.answer() == Record(120.0, 5.0)
    return caller


def confirmed() -> Caller:
    caller = at_contact()
    assert caller.pending == OFFER
    caller.keys("1")
    caller.answer()
    return at_message(caller)


@pytest.mark.parametrize("ended", ["key", "silence", "timeout"])
def test_the_own_number_confirmed_and_a_message(ended):
    caller = confirmed()
    caller.answer(Recorded, path="m.wav", seconds=9.0, ended=ended)
    assert caller.pending == StorePromise(OWN, "inquiry", "m.wav", True)
    assert caller.answer() == Say(("contact-stored",))
    caller.answer()
    assert caller.pending == Say(("closing",), interruptible=False)
    assert isinstance(caller.answer(), HangUp)
    assert caller.hang_up("line") == "left_contact"
    assert (caller.call.contact, caller.call.message) == (OWN, "m.wav")


@pytest.mark.parametrize("keys", ["295585#", "20755123456#", "2123456789012345#", "255555#"])
def test_another_number(keys):
    caller = at_contact()
    caller.answer()
    caller.keys(keys[0])
    assert caller.pending == Say(("enter-number",))
    caller.keys(keys[1:])
    caller.answer()
    at_message(caller)
    assert caller.call.contact == keys[1:].rstrip("#")


def test_thirteen_digits_keyed_in_one_go_while_the_offer_is_read():
    caller = at_contact()
    caller.keys("2" + "8613800138001" + "#")
    caller.answer()
    at_message(caller)
    assert caller.call.contact == "8613800138001"


@pytest.mark.parametrize("wrong", ["1234#", "*#", "12*45#", "#"])
def test_a_number_that_cannot_be_called_is_asked_for_again(wrong):
    caller = at_contact()
    caller.keys("2")
    caller.answer()
    caller.keys(wrong)
    caller.answer()
    assert caller.pending == Say(("number-wrong",))
    caller.answer()
    caller.keys("95585#")
    caller.answer()
    at_message(caller)
    assert caller.call.contact == "95585"


def test_who_keys_nothing_is_called_back_on_the_own_number():
    caller = at_contact()
    while caller.pending != PauseRecording(False):
        assert isinstance(caller.pending, Say | WaitKey)
        caller.answer()
    at_message(caller)
    assert caller.call.contact == OWN
    assert caller.said().count("enter-number") == 3


@pytest.mark.parametrize("number", ["", "1234", "anonymous", "1234567890123456", "²²²²²²"])
def test_a_caller_without_a_number_is_asked_for_one_at_once(number):
    caller = at_contact(number)
    assert caller.pending == Say(("enter-number",))
    caller.keys("95585#")
    caller.answer()
    at_message(caller)
    assert caller.call.contact == "95585"


def test_a_number_from_abroad_is_read_without_its_plus_and_kept_with_it():
    caller = at_contact("+8613800138000")
    assert caller.pending.prompts[1:3] == ("number/8", "number/6")
    caller.keys("1")
    caller.answer()
    at_message(caller)
    assert caller.call.contact == "+8613800138000"


def test_an_unknown_caller_who_keys_nothing_is_told_goodbye_without_a_promise():
    caller = at_contact("")
    while caller.pending != PauseRecording(False):
        caller.answer()
    caller.answer()
    assert caller.pending == Say(("closing",), interruptible=False)
    assert not any(isinstance(command, StorePromise) for command in caller.told)


def test_hanging_up_in_the_message_keeps_the_promise_but_leaves_no_contact():
    caller = confirmed()
    caller.answer(Recorded, path="m.wav", seconds=3.0, ended="hangup")
    assert caller.pending == StorePromise(OWN, "inquiry", "m.wav", complete=False)
    assert caller.answer() == HangUp("normal")
    assert caller.hang_up() == "hung_up_message"
    assert caller.call.message == "m.wav"


def test_hanging_up_once_the_promise_is_complete_leaves_a_contact():
    caller = confirmed()
    caller.answer(Recorded, path="m.wav", seconds=3.0)
    caller.answer()
    assert caller.hang_up() == "left_contact"


@pytest.mark.parametrize("steps", range(4))
def test_hanging_up_before_the_message(steps):
    caller = at_contact()
    for _ in range(steps):
        caller.answer()
    assert caller.hang_up() == "hung_up_message"


def test_a_message_that_cannot_be_recorded_does_not_lose_the_number():
    caller = confirmed()
    caller.answer(Failed, reason="the disk is full")
    assert caller.pending == StorePromise(OWN, "inquiry", "", True)
    caller.answer()
    assert caller.hang_up() == "left_contact"
    assert caller.call.failures == ["message: the disk is full"]


def test_the_recording_pauses_while_the_number_is_given_and_not_in_the_message():
    caller = confirmed()
    ((begun, ended),) = caller.call.pauses
    assert begun < ended < caller.now
