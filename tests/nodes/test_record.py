"""What the caller says, into a file that is kept with the call."""

from ivr.commands import JoinQueue, Record
from ivr.events import Failed, Recorded
from tests.calling import Caller, flow_of


def recording() -> Caller:
    caller = Caller(flow_of("  one: {type: record, prompt: leave-message, fact: said, limit: 30s, silence: 3s, "
                            "then: {done: bye}}\n  bye: {type: end}"))  # fmt: skip
    caller.until(Record)
    return caller


def test_it_is_kept_with_the_call_and_its_path_is_a_fact():
    caller = recording()
    assert caller.pending == Record(30.0, 3.0)
    caller.answer(Recorded, path="a.wav", seconds=7.0, ended="silence")
    assert (caller.call.message, caller.call.facts["said"], caller.path) == ("a.wav", "a.wav", ["one", "bye"])


def test_a_message_that_is_there_already_stays_the_calls():
    caller = recording()
    caller.call.message = "first.wav"
    caller.answer(Recorded, path="a.wav", seconds=7.0, ended="key")
    assert (caller.call.message, caller.call.facts["said"]) == ("first.wav", "a.wav")


def test_a_key_that_ended_it_is_no_answer_to_what_comes_next():
    caller = recording()
    caller.keys("#")
    caller.answer(Recorded, path="a.wav", seconds=7.0, ended="key")
    assert not caller.call.keys


def test_a_caller_who_hangs_up_meanwhile_is_kept_too():
    caller = recording()
    caller.answer(Recorded, path="a.wav", seconds=7.0, ended="hangup")
    assert caller.path == ["one"]
    assert caller.hang_up() == "hung_up_message"
    assert caller.call.message == "a.wav"


def test_what_cannot_be_recorded_goes_to_a_person():
    caller = recording()
    caller.answer(Failed, reason="the disk is full")
    assert isinstance(caller.pending, JoinQueue)
