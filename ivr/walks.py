"""One call on its way through a flow, step by step, and all that can happen to it where it stands."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

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
    Answer,
    CalendarTold,
    DeskLeft,
    Done,
    Event,
    Failed,
    Heard,
    HungUp,
    KeyPressed,
    LineNoisy,
    LookedUp,
    Offered,
    QueueLeft,
    Recorded,
)
from ivr.flow import KEYS, Flow
from ivr.nodes.gather import Gather
from ivr.script import command_line, event_line
from ivr.session import Session
from ivr.states import CALLER, DIALLED

ANSWERED = 0.5
"""Seconds until a call is answered."""
APART, JUST = 0.25, 0.01
"""Seconds between keys, and before the line stops waiting for one."""
DIGITS = ("1", "#")
NUMBER = f"{CALLER}#"
"""What is keyed where digits are asked for, and a number as long as is wanted."""
QUEUED = "queued"
LAST = (HangUp, HandOver, type(None))
"""What is pending when the flow is through with a call."""
Move = Callable[["Walk"], None]


class Walk:
    """One call on its way; `led` are the moments (Unix seconds) at which each outcome led it on."""

    def __init__(self, flow: Flow, caller: str, dialled: str = DIALLED) -> None:
        self.session = Session(flow)
        self.steps: list[tuple[Event, list[Command]]] = []
        self.led: list[float] = []
        self.now = BEGIN
        self.tell(0.0, Offered, caller=caller, dialled=dialled)
        self.tell(ANSWERED, Done)

    def tell(self, after: float, kind: type[Event], **fields: Any) -> None:  # noqa: ANN401 - an event's fields
        """Lets an event happen; an answer answers the running command. Nothing happens to a call that has ended."""
        if self.session.ended:
            return
        self.now = round(self.now + after, 3)
        answered = {"to": self.session.number} if issubclass(kind, Answer) else {}
        event = kind(at=self.now, **answered, **fields)
        self.steps.append((event, self.session.advance(event)))
        self.led += [self.now] * (len(self.session.call.led) - len(self.led))

    @property
    def script(self) -> str:
        """All that has happened and was told, as a call script."""
        lines = []
        for event, told in self.steps:
            lines += [event_line(event, BEGIN), *(command_line(one, event.at, BEGIN) for one in told)]
        return "\n".join(lines) + "\n"

    @property
    def node(self) -> str:
        """Where the call is."""
        path = self.session.call.path
        return path[-1].node if path else ""

    def place(self, since: int) -> tuple[object, ...]:
        """How the call stands inside its node: all that the node has told since a step, in short.

        A queue that is joined again and again is the same place.
        """
        told = [QUEUED if isinstance(one, JoinQueue) else repr(one) for _, all_ in self.steps[since:] for one in all_]
        kept = [one for one, before in zip(told, ["", *told], strict=False) if one != QUEUED or one != before]
        return (*kept, len(self.session.call.keys))


@dataclass(frozen=True)
class Way:
    """What happens to a call, in order."""

    caller: str
    moves: tuple[Move, ...] = ()
    dialled: str = DIALLED

    def walk(self, flow: Flow) -> Walk:
        """The call to which all of it has happened."""
        walk = Walk(flow, self.caller, self.dialled)
        for move in self.moves:
            move(walk)
        return walk


@dataclass(frozen=True)
class Doing:
    """What may happen to a call: noise in the middle of a node; whether a caller or an agent does anything.

    `facts` are values that are tried where a node takes some. With the `seconds` of prompts all happens as late as can
    be; without, soon.
    """

    noisy: bool = False
    acts: bool = True
    facts: Mapping[str, str] = field(default_factory=dict)
    seconds: Callable[[str], float] | None = None

    def spoken(self, prompts: tuple[str, ...], else_: float = 3.0) -> float:
        """Seconds of prompts."""
        return sum(map(self.seconds, prompts)) if self.seconds else else_

    def late(self, most: float, soon: float) -> float:
        """When something happens for which the line waits so long."""
        return most if self.seconds else soon


def moves(session: Session, doing: Doing) -> Iterator[Move]:
    """What can happen where the call stands; what ends soonest first."""
    pending = session.pending
    if pending is not None:
        yield from _MOVES[type(pending)](session, doing)
    if doing.noisy:
        yield _happens(1.0, LineNoisy)


def _happens(after: float, kind: type[Event], **fields: Any) -> Move:  # noqa: ANN401 - an event's fields
    return lambda walk: walk.tell(after, kind, **fields)


def _keyed(doing: Doing, keys: str) -> Move:
    def move(walk: Walk) -> None:
        for key in keys:
            pending = walk.session.pending
            last = pending.timeout - JUST if isinstance(pending, WaitKey) else APART
            walk.tell(doing.late(last, APART), KeyPressed, key=key)

    return move


def _picked_up(_session: Session, _doing: Doing) -> Iterator[Move]:
    yield _happens(0.0, Done)


def _done(_session: Session, _doing: Doing) -> Iterator[Move]:
    yield _happens(0.0, Done)
    yield _FAILS


def _said(session: Session, doing: Doing) -> Iterator[Move]:
    yield _happens(doing.spoken(getattr(session.pending, "prompts", ())), Done)
    yield _FAILS


def _listened(session: Session, doing: Doing) -> Iterator[Move]:
    pending = session.pending
    assert isinstance(pending, Listen)
    if doing.acts:
        yield _happens(1.0, Heard, sound="speech")
        yield from map(partial(_keyed, doing), dict.fromkeys([_keys(session, doing)[0], *DIGITS]))
    yield _happens(1.0, Heard, sound="noise")
    yield _happens(1.0, Heard, sound="noise", confidence=0.6)
    yield _happens(doing.spoken(pending.prompts, 6.0 - pending.window) + pending.window, Heard, sound="silence")
    yield _FAILS


def _waited(session: Session, doing: Doing) -> Iterator[Move]:
    if doing.acts:
        yield from map(partial(_keyed, doing), _keys(session, doing))
    pending = session.pending
    yield _happens(pending.timeout if isinstance(pending, WaitKey) else 5.0, Done)


def _queued(session: Session, doing: Doing) -> Iterator[Move]:
    def talk(walk: Walk, mark: str = "") -> None:
        rang = walk.now + 1.0
        walk.tell(
            40.0, QueueLeft, status="answered", agent="1001", rang=rang, answered=rang + 3.0, connected=rang + 9.0,
            mark=mark,
        )  # fmt: skip

    def lost(walk: Walk) -> None:
        walk.tell(6.0, QueueLeft, status="agent_lost", agent="1001", rang=walk.now + 1.0, answered=walk.now + 4.0)

    if doing.acts:
        yield talk
        yield partial(talk, mark="silent")
    yield _happens(0.1, QueueLeft, status="full")
    yield _happens(doing.late(getattr(session.pending, "timeout", 30.0), 30.0), QueueLeft, status="timeout")
    yield lost
    yield _FAILS


def _transferred(session: Session, doing: Doing) -> Iterator[Move]:
    def talk(walk: Walk) -> None:
        rang = walk.now + 1.0
        walk.tell(40.0, DeskLeft, status="answered", agent="desk", rang=rang, answered=rang + 3.0, connected=rang + 3.0)

    if doing.acts:
        yield talk
    for status in ("busy", "no_answer", "unavailable"):
        yield _happens(doing.late(getattr(session.pending, "timeout", 10.0), 10.0), DeskLeft, status=status)
    yield _FAILS


def _recorded(session: Session, doing: Doing) -> Iterator[Move]:
    taken = doing.late(getattr(session.pending, "limit", 8.0), 8.0)
    yield _happens(taken, Recorded, path="message.wav", seconds=taken, ended="key")
    yield _happens(8.0, Recorded, path="message.wav", seconds=8.0, ended="hangup")
    yield _FAILS


def _calendar_told(_session: Session, doing: Doing) -> Iterator[Move]:
    for state in ("open", "closed", "holiday"):
        yield _happens(0.0, CalendarTold, state=state, day=doing.facts.get("day", ""))
    yield _FAILS


def _looked_up(session: Session, doing: Doing) -> Iterator[Move]:
    pending = session.pending
    names = [name for name, _ in pending.facts] if isinstance(pending, LookUp) else []
    told = {name: doing.facts.get(name, "1") for name in names}
    yield _happens(0.5, LookedUp, status="found", facts=told)
    for place in session.flow.nodes.values():
        for name in {name for _, name in place.node.wants()}.intersection(names):
            for value in getattr(place.node, "choices", ()):
                yield _happens(0.5, LookedUp, status="found", facts=told | {name: value.removesuffix("*")})
    yield _happens(0.5, LookedUp, status="unknown")
    waited = pending.tries * pending.timeout if isinstance(pending, LookUp) else 6.0
    yield _happens(doing.late(waited, 6.0), LookedUp, status="unavailable")
    yield _FAILS


def _left(_session: Session, _doing: Doing) -> Iterator[Move]:
    yield _happens(0.0, HungUp, by="line")


def _keys(session: Session, doing: Doing) -> list[str]:
    """The keys that lead somewhere and one that does not; digits where digits are asked for."""
    path = session.call.path
    place = session.flow.nodes.get(path[-1].node) if path else None
    if place and place.node.keys_lead:
        leading = [key for key in place.then if key in KEYS]
        return [*leading, *sorted(KEYS - set(leading))[:1]]
    if place and isinstance(place.node, Gather):
        number = doing.facts.get(place.node.fact) or next(place.node.numbers(()), "")
        return [place.node.keyed(number), *DIGITS]
    return [*DIGITS, NUMBER]


_FAILS = _happens(1.0, Failed, reason="it did not work")
_MOVES: dict[type[Command], Callable[[Session, Doing], Iterator[Move]]] = {
    PickUp: _picked_up,
    PauseRecording: _done,
    SetLanguage: _done,
    StorePromise: _done,
    Say: _said,
    Listen: _listened,
    WaitKey: _waited,
    JoinQueue: _queued,
    Record: _recorded,
    AskCalendar: _calendar_told,
    LookUp: _looked_up,
    Transfer: _transferred,
    HangUp: _left,
    HandOver: _left,
}
