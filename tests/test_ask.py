"""The questions nodes ask: one command each, one answer each."""

from collections import deque

import pytest

from ivr import ask
from ivr.ask import CommandFailed
from ivr.call import Call
from ivr.commands import Command, JoinQueue, Listen, PauseRecording, Record, Say, StorePromise, WaitKey
from ivr.events import Done, Failed, Heard, KeyPressed, QueueLeft, Recorded

BROKEN = Failed(1.0, 1, "it broke")


def run(question, *answers):
    """The commands a question gives, and what it returns."""
    commands: list[Command] = []
    answer, waiting = None, iter(answers)
    try:
        while True:
            commands.append(question.send(answer))
            answer = next(waiting)
    except StopIteration as stop:
        assert next(waiting, None) is None, "an answer was left over"
        return commands, stop.value


@pytest.mark.parametrize(
    "question",
    [
        lambda call: ask.say(call, "a"),
        lambda call: ask.listen(call, ("a",), 2.0),
        lambda call: ask.key(call, 5.0),
        lambda call: ask.gather(call, 5, 8.0, 4.0),
        lambda call: ask.join_queue(JoinQueue("intake")),
        lambda call: ask.record(9.0, 5.0),
        lambda call: ask.store_promise("1", "", "", True),
    ],
)
def test_a_command_that_fails_is_told_to_the_node(question):
    with pytest.raises(CommandFailed, match="it broke"):
        run(question(Call()), BROKEN)


def test_say():
    assert run(ask.say(Call(), "a", "b"), Done(1.0)) == ([Say(("a", "b"))], None)
    assert run(ask.say(Call())) == ([], None)
    assert run(ask.say(Call(keys=deque("1")), "a")) == ([], None)
    assert run(ask.say(Call(keys=deque("1")), "a", interruptible=False), Done(1.0)) == ([Say(("a",), False)], None)


@pytest.mark.parametrize("sound", ["silence", "speech", "noise"])
def test_listen_hears(sound):
    call = Call()
    assert run(ask.listen(call, ("a",), 2.0), Heard(1.0, 1, sound, 0.987)) == ([Listen(("a",), 2.0)], sound)
    assert call.facts == {"line": sound, "line_confidence": "0.99"}


def test_listen_and_a_key():
    call = Call(keys=deque("1"))
    assert run(ask.listen(call, ("a",), 2.0)) == ([], "key")
    call = Call()
    question = ask.listen(call, ("a",), 2.0)
    next(question)
    call.keys.append("1")
    with pytest.raises(StopIteration) as stop:
        question.send(KeyPressed(1.0, "1"))
    assert stop.value.value == "key"
    assert call.keys == deque("1")


def test_key():
    assert run(ask.key(Call(keys=deque("12")), 5.0)) == ([], "1")
    assert run(ask.key(Call(), 5.0), Done(1.0)) == ([WaitKey(5.0)], "")


@pytest.mark.parametrize(
    ("keys", "digits", "left"),
    [("123#", "123", ""), ("12345#", "12345", ""), ("123456", "12345", "6"), ("#1", "", "1"),
     ("1#2#", "1", "2#")],
)  # fmt: skip
def test_gather_takes_its_own_keys_and_leaves_the_next_ones(keys, digits, left):
    call = Call(keys=deque(keys))
    assert run(ask.gather(call, 5, 8.0, 4.0)) == ([], digits)
    assert "".join(call.keys) == left


def test_gather_waits_a_moment_for_the_key_that_ends_a_number_as_long_as_can_be():
    """So that it is no answer to what is asked next; where no key ends numbers, and where one is there, it does not."""
    assert run(ask.gather(Call(keys=deque("12345")), 5, 8.0, 4.0), Done(1.0)) == ([WaitKey(ask.ENDED)], "12345")
    assert run(ask.gather(Call(keys=deque("12345")), 5, 8.0, 4.0, end="")) == ([], "12345")
    call = Call(keys=deque("12345"))
    question = ask.gather(call, 5, 8.0, 4.0)
    assert next(question) == WaitKey(ask.ENDED)
    call.keys.append("#")
    with pytest.raises(StopIteration) as stop:
        question.send(KeyPressed(1.0, "#"))
    assert (stop.value.value, call.keys) == ("12345", deque())


def test_gather_waits_longer_for_the_first_digit():
    assert run(ask.gather(Call(), 5, 8.0, 4.0), Done(1.0)) == ([WaitKey(8.0)], "")
    assert run(ask.gather(Call(keys=deque("1")), 5, 8.0, 4.0), Done(1.0)) == ([WaitKey(4.0)], "1")


def test_queue_and_recorder_answer_in_kind_or_have_failed():
    left, taken = QueueLeft(1.0), Recorded(1.0)
    assert run(ask.join_queue(JoinQueue("a")), left) == ([JoinQueue("a")], left)
    assert run(ask.record(9.0, 5.0), taken) == ([Record(9.0, 5.0)], taken)
    for question in (ask.join_queue(JoinQueue("a")), ask.record(9.0, 5.0)):
        with pytest.raises(CommandFailed, match="answered with"):
            run(question, Done(1.0))
    assert run(ask.store_promise("1", "q", "m", False), Done(1.0))[0] == [StorePromise("1", "q", "m", False)]


def test_privately():
    on, off = PauseRecording(True), PauseRecording(False)

    def inner():
        yield Say(("a",))
        return "given"

    assert run(ask.privately(inner()), Done(1.0), Done(1.0), Done(1.0)) == ([on, Say(("a",)), off], "given")
    with pytest.raises(CommandFailed, match="it broke"):
        run(ask.privately(ask.say(Call(), "a")), Done(1.0), BROKEN, Done(1.0))
    with pytest.raises(CommandFailed, match="it broke"):
        run(ask.privately(inner()), BROKEN)
