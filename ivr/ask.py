"""Typed questions for nodes: each yields one command and returns its one answer."""

from collections.abc import Generator

from ivr.call import NOISY, Call
from ivr.commands import (
    AskCalendar,
    Command,
    JoinQueue,
    Listen,
    LookUp,
    PauseRecording,
    Record,
    Say,
    SetLanguage,
    StorePromise,
    Transfer,
    WaitKey,
)
from ivr.events import CalendarTold, DeskLeft, Event, Failed, Heard, LookedUp, QueueLeft, Recorded

Run = Generator[Command, Event, str]
"""What a node's `run` is: commands out, their answers in, and an outcome at the end."""

KEYED = frozenset({Listen, WaitKey})
"""The commands that a key answers; all others are answered by an Answer with their number only."""


ENDED = 1.0
"""Seconds in which the key that ends a number may still follow the last of its digits."""


class CommandFailed(Exception):
    """A command could not be carried out; leads to the `failed` outcome unless a node catches it."""


def say(call: Call, *prompts: str, interruptible: bool = True) -> Generator[Command, Event, None]:
    """Plays prompts; a caller who has already keyed ahead is not made to listen."""
    if prompts and not (interruptible and call.keys):
        _unfailed((yield Say(prompts, interruptible)))


def listen(call: Call, prompts: tuple[str, ...], window: float) -> Generator[Command, Event, str]:
    """Plays prompts and hears the caller at once: key, speech, noise or silence."""
    if call.keys:
        return "key"
    answer = _unfailed((yield Listen(prompts, window)))
    if isinstance(answer, Heard) and not call.keys:
        call.facts["line"] = answer.sound
        call.facts["line_confidence"] = f"{answer.confidence:.2f}"
        return answer.sound
    return "key"


def doubted(call: Call, sound: str, sure: float) -> str:
    """`doubt`, with a note for the agent's phone, for noise that is less sure than wanted; else what was heard."""
    if sound == "noise" and float(call.facts["line_confidence"]) < sure:
        call.note = NOISY
        return "doubt"
    return sound


def nothing() -> Generator[Command, Event, None]:
    """What a node asks that needs no command: its `run` is a generator all the same."""
    yield from ()


def key(call: Call, timeout: float) -> Generator[Command, Event, str]:
    """The next key, keyed ahead or awaited; empty when none came in `timeout`."""
    if not call.keys:
        _unfailed((yield WaitKey(timeout)))
    return call.keys.popleft() if call.keys else ""


def gather(call: Call, most: int, first: float, between: float, end: str = "#") -> Generator[Command, Event, str]:
    """Digits until `end`, `most` of them, or a pause of `between` seconds after the last one.

    Behind the last of `most` digits `end` is waited for a moment, as VoiceXML's `termtimeout` has it: from a caller who
    keys it all the same it would else be the answer to what is asked next.
    """
    digits = ""
    while len(digits) < most:
        pressed = yield from key(call, between if digits else first)
        if not pressed or pressed == end:
            break
        digits += pressed
    if len(digits) == most and end:
        if not call.keys:
            _unfailed((yield WaitKey(ENDED)))
        if call.keys and call.keys[0] == end:
            call.keys.popleft()
    return digits


def join_queue(command: JoinQueue) -> Generator[Command, Event, QueueLeft]:
    """Waits for an agent and talks; what came of it."""
    answer = _unfailed((yield command))
    if not isinstance(answer, QueueLeft):
        raise CommandFailed(f"the queue answered with {answer}")
    return answer


def transfer(desk: str, timeout: float) -> Generator[Command, Event, DeskLeft]:
    """Rings a desk and talks; what came of it."""
    answer = _unfailed((yield Transfer(desk, timeout)))
    if not isinstance(answer, DeskLeft):
        raise CommandFailed(f"the desk answered with {answer}")
    return answer


def record(limit: float, silence: float) -> Generator[Command, Event, Recorded]:
    """Takes a message."""
    answer = _unfailed((yield Record(limit, silence)))
    if not isinstance(answer, Recorded):
        raise CommandFailed(f"the recorder answered with {answer}")
    return answer


def store_promise(number: str, queue: str, message: str, complete: bool) -> Generator[Command, Event, None]:
    """Keeps a promise to call back; not `complete` when the caller hung up before the end of the message."""
    _unfailed((yield StorePromise(number, queue, message, complete)))


def ask_calendar(call: Call, calendar: str) -> Generator[Command, Event, str]:
    """What a calendar says of this moment: open, closed or holiday; the day's name is the fact `day`."""
    answer = _unfailed((yield AskCalendar(calendar)))
    if not isinstance(answer, CalendarTold):
        raise CommandFailed(f"the calendar answered with {answer}")
    call.facts["day"] = answer.day
    return answer.state


def look_up(command: LookUp) -> Generator[Command, Event, LookedUp]:
    """Asks a service; what it answered."""
    answer = _unfailed((yield command))
    if not isinstance(answer, LookedUp):
        raise CommandFailed(f"the service answered with {answer}")
    return answer


def speak(call: Call, language: str) -> Generator[Command, Event, None]:
    """Goes on in another language."""
    _unfailed((yield SetLanguage(language)))
    call.language = language


def privately(run: Run) -> Run:
    """Stops the recording while the caller gives private data; takes it up again also when that fails."""
    _unfailed((yield PauseRecording(True)))
    try:
        given = yield from run
    except CommandFailed:
        yield PauseRecording(False)
        raise
    _unfailed((yield PauseRecording(False)))
    return given


def announced(call: Call, prompts: tuple[str, ...], run: Run) -> Run:
    """Says notices before a node runs, also to who has keyed ahead; one that cannot be played holds up nobody."""
    answer = yield Say(prompts)
    if type(answer) is Failed:
        call.failures.append(f"{' '.join(prompts)}: {answer.reason}")
    return (yield from run)


def _unfailed(answer: Event) -> Event:
    if type(answer) is Failed:
        raise CommandFailed(answer.reason)
    return answer
