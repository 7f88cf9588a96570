"""Typed questions for nodes: each yields one command and returns its one answer."""

from collections.abc import Generator

from ivr.call import Call
from ivr.commands import Command, JoinQueue, Listen, PauseRecording, Record, Say, StorePromise, WaitKey
from ivr.events import Answer, Event, Failed, Heard, KeyPressed, QueueLeft, Recorded

Run = Generator[Command, Event, str]
"""What a node's `run` is: commands out, their answers in, and an outcome at the end."""

Ask = Generator[Command, Event, Event]


class CommandFailed(Exception):
    """A command could not be carried out; leads to the `failed` outcome unless a node catches it."""


def _ask(command: Command) -> Ask:
    answer = yield command
    if isinstance(answer, Failed):
        raise CommandFailed(answer.reason)
    return answer


def say(call: Call, *prompts: str, interruptible: bool = True) -> Generator[Command, Event, None]:
    """Plays prompts; a caller who has already keyed ahead is not made to listen."""
    if prompts and not (interruptible and call.keys):
        yield from _ask(Say(prompts, interruptible))


def listen(call: Call, prompts: tuple[str, ...], window: float) -> Generator[Command, Event, str]:
    """Plays prompts and hears the caller at once: key, speech, noise or silence."""
    if call.keys:
        return "key"
    answer = yield from _ask(Listen(prompts, window))
    if isinstance(answer, Heard) and not call.keys:
        call.facts["line"] = answer.sound
        call.facts["line_confidence"] = f"{answer.confidence:.2f}"
        return answer.sound
    return "key"


def key(call: Call, timeout: float) -> Generator[Command, Event, str]:
    """The next key, keyed ahead or awaited; empty when none came in `timeout`."""
    if not call.keys:
        yield from _ask(WaitKey(timeout))
    return call.keys.popleft() if call.keys else ""


def gather(call: Call, most: int, first: float, between: float, end: str = "#") -> Generator[Command, Event, str]:
    """Digits until `end`, `most` of them, or a pause of `between` seconds after the last one."""
    digits = ""
    while len(digits) < most:
        pressed = yield from key(call, between if digits else first)
        if not pressed or pressed == end:
            break
        digits += pressed
    if len(digits) == most and call.keys and call.keys[0] == end:
        call.keys.popleft()
    return digits


def join_queue(call: Call, command: JoinQueue) -> Generator[Command, Event, QueueLeft]:
    """Waits for an agent and talks; what came of it."""
    answer = yield from _ask(command)
    if not isinstance(answer, QueueLeft):
        raise CommandFailed(f"the queue answered with {answer}")
    return answer


def record(limit: float, silence: float) -> Generator[Command, Event, Recorded]:
    """Takes a message."""
    answer = yield from _ask(Record(limit, silence))
    if not isinstance(answer, Recorded):
        raise CommandFailed(f"the recorder answered with {answer}")
    return answer


def store_promise(number: str, queue: str, message: str, complete: bool) -> Generator[Command, Event, None]:
    """Keeps a promise to call back; not `complete` when the caller hung up before the end of the message."""
    yield from _ask(StorePromise(number, queue, message, complete))


def private(call: Call, on: bool) -> Generator[Command, Event, None]:
    """Stops (or takes up again) the recording while the caller gives private data."""
    yield from _ask(PauseRecording(on))


ANSWERS: dict[type[Command], tuple[type[Event], ...]] = {
    Listen: (Answer, KeyPressed),
    WaitKey: (Answer, KeyPressed),
}
"""What answers a command; where it is not named, only an Answer with the command's number."""
