"""Digits into a fact, with the recording paused for private ones."""

import re

import pytest

from ivr.ask import ENDED
from ivr.commands import JoinQueue, PauseRecording, Say, WaitKey
from ivr.events import Failed
from ivr.faults import Faults
from tests.calling import Caller, flow_of


def gathering(settings: str = "least: 3, most: 5") -> Caller:
    then = "then: {done: end, no_answer: person}"
    return Caller(flow_of(f"  one: {{type: gather, prompt: enter-number, fact: number, {settings}, {then}}}"))


@pytest.mark.parametrize("keys", ["123#", "1234#", "12345#"])
def test_digits_up_to_the_hash_or_as_many_as_fit(keys):
    caller = gathering()
    caller.answer()
    caller.keys(keys)
    assert caller.call.facts["number"] == keys.rstrip("#")


def test_digits_keyed_ahead_while_the_line_is_busy_all_count_in_order():
    caller = gathering("least: 13, most: 13")
    caller.keys("1234567890123#")
    caller.answer()
    assert caller.call.facts["number"] == "1234567890123"
    assert not caller.call.keys


def test_a_pause_after_the_last_digit_ends_the_number():
    caller = gathering("wait: 7s, between: 3s")
    caller.answer()
    assert caller.pending == WaitKey(7.0)
    caller.keys("8")
    assert caller.pending == WaitKey(3.0)
    caller.answer()
    assert caller.call.facts["number"] == "8"


@pytest.mark.parametrize("wrong", ["12#", "#", "1*3#", "1A3#", ""])
def test_a_number_that_does_not_fit_is_asked_for_three_times_and_then_a_person(wrong):
    caller = gathering()
    for _ in range(3):
        caller.until(WaitKey)
        caller.keys(wrong) if wrong else caller.answer()
    assert isinstance(caller.pending, JoinQueue)
    assert caller.said() == ["enter-number", "number-wrong", "enter-number", "number-wrong", "enter-number"]
    assert caller.call.facts["number"] == ""


def test_the_recording_pauses_while_private_digits_are_keyed():
    caller = gathering("private: yes")
    assert caller.pending == PauseRecording(True)
    caller.answer()
    begun = caller.now
    caller.keys("123#")
    caller.answer()
    assert caller.pending == PauseRecording(False)
    assert "number" not in caller.call.facts
    caller.answer()
    assert caller.call.pauses == [(begun, caller.now)]
    assert caller.call.facts["number"] == "123"


def test_public_digits_are_recorded():
    caller = gathering()
    caller.answer()
    caller.keys("123#")
    assert not any(isinstance(command, PauseRecording) for command in caller.told)


def test_the_recording_goes_on_where_a_prompt_fails_in_private():
    caller = gathering("private: yes")
    caller.answer()
    caller.answer(Failed, reason="no such prompt")
    assert caller.pending == PauseRecording(False)
    caller.answer()
    assert isinstance(caller.pending, JoinQueue)
    assert caller.call.pauses[0][1]


def test_private_digits_are_not_asked_for_where_the_recording_cannot_pause():
    caller = gathering("private: yes")
    caller.answer(Failed, reason="AMI is gone")
    assert isinstance(caller.pending, JoinQueue)
    assert Say(("enter-number",)) not in caller.told


def test_another_key_may_end_the_number():
    caller = gathering('end: "*", most: 6')
    caller.answer()
    caller.keys("123*")
    assert caller.call.facts["number"] == "123"


def test_what_was_keyed_is_said_back_and_counts_once_confirmed():
    caller = gathering("confirm: yes")
    caller.answer()
    caller.keys("123#")
    caller.until(WaitKey)
    assert caller.said()[-5:] == ["you-keyed", "number/1", "number/2", "number/3", "confirm-keyed"]
    caller.keys("2")
    caller.until(WaitKey)
    assert caller.said()[-1] == "enter-number", "nothing was wrong with it"
    caller.keys("456#")
    caller.until(WaitKey)
    caller.keys("1")
    assert caller.call.facts["number"] == "456"


def test_a_number_as_long_as_can_be_needs_no_key_that_ends_it():
    caller = gathering("least: 11, most: 11")
    caller.answer()
    caller.keys("13800138000")
    assert caller.pending == WaitKey(ENDED)
    caller.answer()
    assert caller.call.facts["number"] == "13800138000"


def test_a_number_that_is_ended_although_it_is_as_long_as_can_be_is_confirmed():
    """The key that ends it is no answer to what is said back."""
    caller = gathering("least: 11, most: 11, confirm: yes")
    caller.answer()
    caller.keys("13800138000#")
    assert caller.pending == Say(("you-keyed", *(f"number/{one}" for one in "13800138000"), "confirm-keyed"))
    assert not caller.call.keys


def test_a_slip_of_the_finger_is_asked_for_again():
    caller = gathering("least: 16, most: 16, check: luhn")
    caller.answer()
    caller.keys("4539578763621487#")
    assert caller.said()[-1] == "number-wrong"
    caller.until(WaitKey)
    caller.keys("4539578763621486#")
    assert caller.call.facts["number"] == "4539578763621486"


def test_an_identity_number_may_end_with_x_keyed_as_a_star():
    caller = gathering("least: 18, most: 18, check: id, confirm: yes")
    caller.answer()
    caller.keys("11010519491231002*#")
    assert caller.pending == Say(("you-keyed", *(f"number/{one}" for one in "11010519491231002x"), "confirm-keyed"))
    caller.keys("1")
    caller.answer()
    assert caller.call.facts["number"] == "11010519491231002X"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ("least: 3, most: 10, check: id", "`check: id` wants 18 digits"),
        ('least: 18, most: 18, check: id, end: "*"', "needs the key `*` for an X"),
        ("check: mod97", "write luhn or id"),
        ("end: 12", "write one key: 0 to 9, * or #"),
    ],
)
def test_settings_that_do_not_fit_are_refused(settings, words):
    with pytest.raises(Faults, match=re.escape(words)):
        gathering(settings)
