"""Events and commands in plain words, with what the prompts say, as the simulator shows them."""

from collections.abc import Iterator

from ivr.audio.catalogue import Catalogue
from ivr.commands import (
    AskCalendar,
    Command,
    HandOver,
    HangUp,
    JoinQueue,
    Listen,
    LookUp,
    PauseRecording,
    PickUp,
    Record,
    Say,
    SetLanguage,
    StorePromise,
    Transfer,
    WaitKey,
)
from ivr.events import (
    CalendarTold,
    Done,
    Event,
    Heard,
    HungUp,
    KeyPressed,
    LineNoisy,
    LookedUp,
    Offered,
    QueueLeft,
    Recorded,
)

Line = tuple[float, str, str]
"""How many seconds ago, who, and what they did."""

LEFT = {
    "agent_lost": "the agent is gone before they can talk",
    "timeout": "nobody answered in time",
    "full": "the queue is full",
}


class Said:
    """Knows what each prompt says."""

    def __init__(self, catalogue: Catalogue, language: str) -> None:
        self._catalogue, self._own = catalogue, language
        self.goes_on_in(language)

    def goes_on_in(self, language: str) -> None:
        """The language of what is said from here on; empty: the line's own."""
        self._prompts = self._catalogue.languages.get(language or self._own, {})

    def lines(self, what: Event | Command) -> Iterator[Line]:
        """What was done, in order; nothing for what needs no word."""
        return self._happened(what) if isinstance(what, Event) else self._told(what)

    def _happened(self, event: Event) -> Iterator[Line]:
        match event:
            case Offered():
                yield 0.0, "caller", f"{event.caller or 'a hidden number'} calls {event.dialled}"
            case KeyPressed():
                yield 0.0, "caller", f"presses {event.key}"
            case Heard():
                yield 0.0, "caller", {"speech": "says something", "noise": "noise", "silence": "silence"}[event.sound]
            case LineNoisy():
                yield 0.0, "caller", "noise: cannot be understood any more"
            case LookedUp():
                told = "".join(f", {name} {value}" for name, value in event.facts.items())
                yield 0.0, "line", f"is told: {event.status}{told}"
            case CalendarTold():
                yield 0.0, "line", f"is told: {event.state}{event.day and f' ({event.day})'}"
            case Recorded():
                yield 0.0, "caller", f"message of {event.seconds:.0f} s"
            case QueueLeft():
                yield from _left(event)
            case HungUp(by="caller"):
                yield 0.0, "caller", "hangs up"
            case Done():
                return

    def _told(self, command: Command) -> Iterator[Line]:
        match command:
            case PickUp():
                yield 0.0, "line", "answers"
            case Say():
                yield 0.0, "line", self._words(command.prompts)
            case Listen():
                yield 0.0, "line", f"{self._words(command.prompts)}, listening {command.window:g} s more"
            case WaitKey():
                yield 0.0, "line", f"waits {command.timeout:g} s for a key"
            case JoinQueue():
                head = ", at its head" if command.position else ""
                yield 0.0, "line", f"puts the caller into the queue {command.queue}{head}"
            case Record():
                yield 0.0, "line", "beeps and takes a message"
            case SetLanguage():
                self.goes_on_in(command.language)
                yield 0.0, "line", f"goes on in the language {command.language}"
            case AskCalendar():
                yield 0.0, "line", f"asks the calendar {command.calendar}"
            case LookUp():
                yield 0.0, "line", f"asks the service {command.service} for {command.path}"
            case Transfer():
                yield 0.0, "line", f"rings the desk {command.desk}"
            case PauseRecording():
                yield 0.0, "line", "pauses the recording" if command.on else "takes the recording up again"
            case StorePromise():
                yield 0.0, "line", f"promises to call {command.number} back"
            case HangUp():
                yield 0.0, "line", "hangs up"
            case HandOver():
                yield 0.0, "line", "hands the call over to a person (the dialplan's own queue)"

    def _words(self, prompts: tuple[str, ...]) -> str:
        texts = [self._prompts[one].text or one for one in prompts if one in self._prompts]
        return f"“{''.join(texts)}” ({' '.join(prompts)})"


def _left(event: QueueLeft) -> Iterator[Line]:
    if event.answered:
        yield event.at - event.rang, "agent", f"{event.agent}'s phone rings"
        yield event.at - event.answered, "agent", f"{event.agent} answers; the caller hears the number"
    if event.connected:
        yield event.at - event.connected, "agent", f"{event.agent} and the caller talk"
        if event.status == "answered":
            ends = f"ends the call with the {event.mark} phrase" if event.mark else "hangs up"
            yield 0.0, "agent", f"{event.agent} {ends}"
    if event.status in LEFT:
        yield 0.0, "queue", LEFT[event.status]
