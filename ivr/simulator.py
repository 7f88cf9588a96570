"""The port on a terminal: a call whose caller, agent and clock are typed words. Seconds pass as told, none are waited.

What the line does by itself (prompts, storing a promise) is carried out at once; the call then stands where
the line waits for somebody: the caller's voice, a key, an agent, a message.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from ivr.calendarask import Calendars, no_calendars, told
from ivr.calltest import BEGIN
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
    DeskLeft,
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
from ivr.script import command_line, event_line
from ivr.words import MARKS, Unfit, Word

KEY, SPEECH, MESSAGE, RING, ANSWER, NUMBER, TALK, LOST = 0.2, 1.0, 10.0, 1.0, 3.0, 6.0, 60.0, 2.0
"""Seconds that a key, a word, a message, and the steps of an agent's answer take."""
LOOKED_UP = 0.5
"""Seconds a service takes to answer."""

AT_ONCE = (PickUp, PauseRecording, StorePromise, AskCalendar, SetLanguage)
"""What takes no time."""
WAITS = {
    Listen: "the line listens to the caller",
    WaitKey: "the line waits for a key",
    JoinQueue: "the caller waits for an agent",
    Record: "the line takes a message",
    Transfer: "a desk's telephones ring",
    LookUp: "the line asks a service",
}
"""Where a call can stand."""


@dataclass(frozen=True)
class Step:
    """One thing that happened or was done, and the seconds since the call rang."""

    at: float
    what: Event | Command


class Engine(Protocol):
    """What the simulator asks of a session."""

    number: int
    ended: bool

    def advance(self, event: Event) -> list[Command]:
        """What the call is told to do next."""


E = TypeVar("E", bound=Engine)


class Simulator(Generic[E]):
    """One simulated call; `take` does a word and returns what came of it."""

    def __init__(
        self,
        engine: Callable[[], E],
        seconds: Callable[[str], float],
        caller: str = "13800138000",
        begin: float = BEGIN,
        calendars: Calendars = no_calendars,
    ) -> None:
        self._engine, self._seconds, self._caller, self.begin = engine, seconds, caller, begin
        self._calendars = calendars
        self._begin()

    def _begin(self) -> None:
        self.session = self._engine()
        self.words: list[Word] = []
        self.steps: list[Step] = []
        self._now = self._begun = self.begin
        self._agents, self._staffed_at = "", self.begin
        self._command: Command | None = None
        self._tell(Offered(self._now, self._caller, "", "95585"))
        self._settle()

    @property
    def at(self) -> float:
        """Seconds since the call rang."""
        return self._now - self.begin

    @property
    def now(self) -> float:
        """The virtual clock, in Unix seconds."""
        return self._now

    @property
    def agents(self) -> str:
        """The agent who answers whoever waits; empty while nobody does."""
        return self._agents

    @property
    def waits(self) -> str:
        """What the line waits for, in words; empty once the call has ended."""
        return "" if self.session.ended or not self._command else WAITS[type(self._command)]

    @property
    def left(self) -> float:
        """Seconds until the line stops waiting."""
        return self._deadline() - self._now

    def take(self, word: Word) -> list[Step]:
        """Does a word; raises Unfit, with nothing done, where it makes no sense."""
        before = len(self.steps)
        if self.session.ended:
            raise Unfit("the call has ended: write undo or quit")
        _WORDS[word.name](self, word)
        self._settle()
        self.words.append(word)
        return self.steps[before:]

    def undo(self) -> Word:
        """Takes the last word back, by running the call again without it."""
        if not self.words:
            raise Unfit("there is nothing to undo: this is where the call begins")
        *kept, last = self.words
        self._begin()
        for word in kept:
            self.take(word)
        return last

    @property
    def script(self) -> str:
        """All that has happened and was told, as a call script."""
        lines = []
        for step in self.steps:
            at, what = self.begin + step.at, step.what
            lines.append(
                event_line(what, self.begin) if isinstance(what, Event) else command_line(what, at, self.begin)
            )
        return "\n".join(lines) + "\n"

    # -- the line's side -------------------------------------------------------------------------

    def _tell(self, event: Event) -> None:
        self._now = max(self._now, event.at)
        self.steps.append(Step(self.at, event))
        for command in self.session.advance(event):
            self.steps.append(Step(self.at, command))
            self._command, self._begun = command, self._now

    def _instant(self) -> None:
        """Carries out what takes no time."""
        while isinstance(self._command, AT_ONCE) and not self.session.ended:
            self._tell(self._answered_at_once(self._command))

    def _answered_at_once(self, command: Command) -> Event:
        number = self.session.number
        if isinstance(command, AskCalendar):
            return told(self._calendars, command, self._now, number)
        return Done(self._now, number)

    def _settle(self) -> None:
        """Carries out all that needs nobody, to the place where the line waits."""
        self._instant()
        while not self.session.ended and isinstance(self._command, Say | HangUp | HandOver):
            if isinstance(self._command, Say):
                self._tell(Done(max(self._now, self._deadline()), self.session.number))
            else:
                self._tell(HungUp(self._now, "line"))
            self._instant()

    def _deadline(self) -> float:
        """When the command ends if nobody does anything."""
        command = self._command
        spoken = sum(map(self._seconds, getattr(command, "prompts", ())))
        match command:
            case Listen():
                spoken += command.window
            case JoinQueue() if self._agents and command.timeout > RING + ANSWER:
                return max(self._begun, self._staffed_at) + RING + ANSWER + NUMBER + TALK
            case WaitKey() | JoinQueue() | Transfer():
                spoken += command.timeout
            case LookUp():
                spoken += command.tries * command.timeout
            case Record():
                spoken += min(command.limit, command.silence)
        return self._begun + spoken

    def _expire(self) -> None:
        """Nobody did anything for as long as the line waits."""
        now, number = self._deadline(), self.session.number
        match self._command:
            case Listen():
                self._tell(Heard(now, number, "silence"))
            case WaitKey():
                self._tell(Done(now, number))
            case JoinQueue(timeout=timeout) if self._agents and timeout > RING + ANSWER:
                self._answered(max(self._begun, self._staffed_at), self._agents)
            case JoinQueue():
                self._tell(QueueLeft(now, number, "timeout"))
            case LookUp():
                self._tell(LookedUp(now, number))
            case Transfer(desk=desk):
                self._tell(DeskLeft(now, number, "no_answer", desk, self._begun + RING))
            case Record():
                self._tell(Recorded(now, number, "message.wav", now - self._begun, "silence"))

    # -- the words -------------------------------------------------------------------------------

    def _keys(self, word: Word) -> None:
        for key in word.text:
            saying = isinstance(self._command, Say) and self._command.interruptible
            self._tell(KeyPressed(self._now + KEY, key))
            if isinstance(self._command, Record) and key in "#*":
                self._tell(Recorded(self._now, self.session.number, "message.wav", self._now - self._begun, "key"))
            elif saying and isinstance(self._command, Say):
                self._tell(Done(self._now, self.session.number))
            self._instant()
            if self.session.ended:
                return

    def _wait(self, word: Word) -> None:
        until = self._now + word.seconds
        while not self.session.ended and self._command and self._deadline() <= until:
            self._expire()
            self._settle()
        self._now = max(self._now, until)

    def _silence(self, _word: Word) -> None:
        self._expire()

    def _speech(self, word: Word) -> None:
        if isinstance(self._command, Record):
            self._message(word)
            return
        self._hear("speech")

    def _noise(self, _word: Word) -> None:
        if isinstance(self._command, Listen):
            self._hear("noise")
        else:
            self._tell(LineNoisy(self._now + SPEECH))

    def _hear(self, sound: str) -> None:
        if not isinstance(self._command, Listen):
            raise Unfit(f"nobody listens for a voice here: {self.waits}")
        self._tell(Heard(self._now + SPEECH, self.session.number, sound))

    def _message(self, _word: Word) -> None:
        if not isinstance(self._command, Record):
            raise Unfit(f"a message can be left only where the line takes one: {self.waits}")
        self._tell(Recorded(self._now + MESSAGE, self.session.number, "message.wav", MESSAGE, "silence"))

    def _agent(self, word: Word) -> None:
        if isinstance(self._command, Transfer):
            self._desk(self._command.desk, word.how)
            return
        self._answered(self._queued(), word.text, word.how)

    def _answered(self, since: float, agent: str, how: str = "") -> None:
        """The agent's phone rings, the agent answers, they talk."""
        rang = since + RING
        answered = rang + ANSWER
        met = answered + NUMBER
        end, mark = met + TALK, how if how in MARKS else ""
        status = "hungup" if how == "hangup" else "answered"
        self._tell(QueueLeft(end, self.session.number, status, agent, rang, answered, met, mark))
        if how == "hangup":
            self._tell(HungUp(end, "caller"))

    def _desk(self, desk: str, how: str) -> None:
        """The desk answers, they talk; who hangs up first is told."""
        rang = self._now + RING
        met, status = rang + ANSWER, "hungup" if how == "hangup" else "answered"
        self._tell(DeskLeft(met + TALK, self.session.number, status, desk, rang, met, met))
        if how == "hangup":
            self._tell(HungUp(self._now, "caller"))

    def _looked_up(self, word: Word) -> None:
        if not isinstance(self._command, LookUp):
            raise Unfit(f"no service is asked here: {self.waits}")
        wanted = dict(self._command.facts)
        given = dict(part.split("=", 1) for part in word.text.split())
        if unknown := given.keys() - wanted.keys():
            raise Unfit(
                f"the flow takes no `{min(unknown)}` from the answer; it takes {', '.join(wanted) or 'nothing'}"
            )
        self._tell(LookedUp(self._now + LOOKED_UP, self.session.number, word.name, given))

    def _staffed(self, word: Word) -> None:
        self._agents, self._staffed_at = word.text, self._now

    def _agent_lost(self, _word: Word) -> None:
        rang = self._queued() + RING
        answered = rang + ANSWER
        self._tell(QueueLeft(answered + LOST, self.session.number, "agent_lost", "1001", rang, answered))

    def _no_agent(self, _word: Word) -> None:
        self._queued()
        self._agents, before = "", self._agents
        self._expire()
        self._agents = before

    def _full(self, _word: Word) -> None:
        self._tell(QueueLeft(self._queued(), self.session.number, "full"))

    def _queued(self) -> float:
        if not isinstance(self._command, JoinQueue):
            raise Unfit(f"an agent can answer only a caller in a queue: {self.waits}")
        return self._now

    def _hang_up(self, _word: Word) -> None:
        if isinstance(self._command, JoinQueue):
            self._tell(QueueLeft(self._now, self.session.number, "hungup"))
        if isinstance(self._command, Transfer):
            self._tell(DeskLeft(self._now, self.session.number, "hungup", self._command.desk))
        if isinstance(self._command, Record):
            self._tell(Recorded(self._now, self.session.number, "message.wav", self._now - self._begun, "hangup"))
            self._instant()
        self._tell(HungUp(self._now, "caller"))


_WORDS: dict[str, Callable[[Simulator[Any], Word], None]] = {
    "keys": Simulator._keys,
    "wait": Simulator._wait,
    "silence": Simulator._silence,
    "speech": Simulator._speech,
    "noise": Simulator._noise,
    "message": Simulator._message,
    "agent": Simulator._agent,
    "agents": Simulator._staffed,
    "agentlost": Simulator._agent_lost,
    "noagent": Simulator._no_agent,
    "full": Simulator._full,
    "found": Simulator._looked_up,
    "unknown": Simulator._looked_up,
    "unavailable": Simulator._looked_up,
    "hangup": Simulator._hang_up,
}
