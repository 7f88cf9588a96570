"""The line's side of a simulated call: a session, a virtual clock, and all that the line does by itself.

Prompts are said and promises stored at once; the call then stands where the line waits for somebody.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

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
from ivr.events import DeskLeft, Done, Event, Heard, HungUp, LookedUp, Offered, QueueLeft, Recorded
from ivr.script import command_line, event_line
from ivr.words import MARKS

RING, ANSWER, NUMBER, TALK = 1.0, 3.0, 6.0, 60.0
"""Seconds that the steps of an agent's answer take."""

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


class SimulatedLine(Generic[E]):
    """One simulated call as the line sees it: `now` is the virtual clock in Unix seconds, `agents` the agent who
    answers whoever waits (empty while nobody does), `steps` all that happened and was told.
    """

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
        self.begin_again()

    def begin_again(self) -> None:
        """The call rings."""
        self.session = self._engine()
        self.steps: list[Step] = []
        self.now = self.begun = self.begin
        self.agents, self.staffed_at = "", self.begin
        self.command: Command | None = None
        self.tell(Offered(self.now, self._caller, "", "95585"))
        self.settle()

    @property
    def at(self) -> float:
        """Seconds since the call rang."""
        return self.now - self.begin

    @property
    def waits(self) -> str:
        """What the line waits for, in words; empty once the call has ended."""
        return "" if self.session.ended or not self.command else WAITS[type(self.command)]

    @property
    def left(self) -> float:
        """Seconds until the line stops waiting."""
        return self.deadline() - self.now

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

    def tell(self, event: Event) -> None:
        """Something happens; what the call is told to do next begins."""
        self.now = max(self.now, event.at)
        self.steps.append(Step(self.at, event))
        for command in self.session.advance(event):
            self.steps.append(Step(self.at, command))
            self.command, self.begun = command, self.now

    def instant(self) -> None:
        """Carries out what takes no time."""
        while isinstance(self.command, AT_ONCE) and not self.session.ended:
            self.tell(self._answered_at_once(self.command))

    def _answered_at_once(self, command: Command) -> Event:
        number = self.session.number
        if isinstance(command, AskCalendar):
            return told(self._calendars, command, self.now, number)
        return Done(self.now, number)

    def settle(self) -> None:
        """Carries out all that needs nobody, to the place where the line waits."""
        self.instant()
        while not self.session.ended and isinstance(self.command, Say | HangUp | HandOver):
            if isinstance(self.command, Say):
                self.tell(Done(max(self.now, self.deadline()), self.session.number))
            else:
                self.tell(HungUp(self.now, "line"))
            self.instant()

    def deadline(self) -> float:
        """When the command ends if nobody does anything."""
        command = self.command
        spoken = sum(map(self._seconds, getattr(command, "prompts", ())))
        match command:
            case Listen():
                spoken += command.window
            case JoinQueue() if self.agents and command.timeout > RING + ANSWER:
                return max(self.begun, self.staffed_at) + RING + ANSWER + NUMBER + TALK
            case WaitKey() | JoinQueue() | Transfer():
                spoken += command.timeout
            case LookUp():
                spoken += command.tries * command.timeout
            case Record():
                spoken += min(command.limit, command.silence)
        return self.begun + spoken

    def expire(self) -> None:
        """Nobody did anything for as long as the line waits."""
        now, number = self.deadline(), self.session.number
        match self.command:
            case Listen():
                self.tell(Heard(now, number, "silence"))
            case WaitKey():
                self.tell(Done(now, number))
            case JoinQueue(timeout=timeout) if self.agents and timeout > RING + ANSWER:
                self.answered(max(self.begun, self.staffed_at), self.agents)
            case JoinQueue():
                self.tell(QueueLeft(now, number, "timeout"))
            case LookUp():
                self.tell(LookedUp(now, number))
            case Transfer(desk=desk):
                self.tell(DeskLeft(now, number, "no_answer", desk, self.begun + RING))
            case Record():
                self.tell(Recorded(now, number, "message.wav", now - self.begun, "silence"))

    def answered(self, since: float, agent: str, how: str = "") -> None:
        """The agent's phone rings, the agent answers, they talk."""
        rang = since + RING
        answered = rang + ANSWER
        met = answered + NUMBER
        end, mark = met + TALK, how if how in MARKS else ""
        status = "hungup" if how == "hangup" else "answered"
        self.tell(QueueLeft(end, self.session.number, status, agent, rang, answered, met, mark))
        if how == "hangup":
            self.tell(HungUp(end, "caller"))

    def desk(self, desk: str, how: str) -> None:
        """The desk answers, they talk; who hangs up first is told."""
        rang = self.now + RING
        met, status = rang + ANSWER, "hungup" if how == "hangup" else "answered"
        self.tell(DeskLeft(met + TALK, self.session.number, status, desk, rang, met, met))
        if how == "hangup":
            self.tell(HungUp(self.now, "caller"))
