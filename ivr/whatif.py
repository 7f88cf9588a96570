"""What would a changed flow have done with calls that have been? The events of each are run through it again.

An answer fits while the flow asks what was asked then. Where it asks something else, or waits otherwise, nobody knows
what the caller would have done: there the call is given up as unknown, at that node and for that reason.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import msgspec

from ivr.commands import Command, HandOver, HangUp, JoinQueue, Listen, LookUp, Say, WaitKey
from ivr.events import Answer, Done, Event, Heard, HungUp, KeyPressed, QueueLeft
from ivr.flow import Flow
from ivr.session import Session

Happened = tuple[Event, Sequence[Command]]
"""An event and the commands it led to then."""
LAST = (HangUp, HandOver)


@dataclass(frozen=True)
class Again:
    """One call run again: how it ended then and would now; `outcome` is empty where that is unknown, `why` says it."""

    call: str
    before: str
    outcome: str
    path: tuple[str, ...]
    node: str = ""
    why: str = ""

    @property
    def known(self) -> bool:
        """Whether it can be told how the call would have ended."""
        return not self.why


class _Unknown(Exception):
    """Why nobody knows how the call would have gone on."""


def again(flow: Flow, call: str, before: str, happened: Iterable[Happened]) -> Again:
    """A call, which ended as `before`, under another flow."""
    session, then = Session(flow), _Then()
    asked: tuple[str, ...] = ()
    try:
        for event, commands in happened:
            fitted = _fitted(event, session, then)
            _same_question(event, asked, then)
            asked = _said(session.advance(fitted), asked)
            then.told(event, commands)
        if not session.ended:
            raise _Unknown("the call would go on")
    except _Unknown as unknown:
        path = _path(session)
        return Again(call, before, "", path, path[-1] if path else "", str(unknown))
    return Again(call, before, session.call.outcome, _path(session))


def _path(session: Session) -> tuple[str, ...]:
    return tuple([step.node for step in session.call.path])


class _Then:
    """What the line was doing in the call as it was: the command, its number, since when; what it last said."""

    def __init__(self) -> None:
        self.number, self.since = 0, 0.0
        self.command: Command | None = None
        self.said: tuple[str, ...] = ()

    def told(self, event: Event, commands: Sequence[Command]) -> None:
        """The event led to these commands then."""
        if commands:
            self.number += len(commands)
            self.command, self.since = commands[-1], event.at
            self.said = _said(commands, self.said)


def _said(commands: Sequence[Command], before: tuple[str, ...]) -> tuple[str, ...]:
    for one in commands:
        if type(one) is Say:
            return one.prompts
    return before


def _same_question(event: Event, asked: tuple[str, ...], then: _Then) -> None:
    """A key, or none, is an answer to what was said before it."""
    if asked == then.said:
        return
    if type(event) is KeyPressed or (type(event) is Done and type(then.command) is WaitKey):
        raise _Unknown(f"the caller would be asked `{' '.join(asked)}`, not `{' '.join(then.said)}`")


def _fitted(event: Event, session: Session, then: _Then) -> Event:
    """The event as it would have happened now; raises _Unknown."""
    now = session.pending
    if isinstance(event, Answer):
        if event.to != then.number:
            return msgspec.structs.replace(event, to=0)  # came too late then, and would now
        _same(now, then.command)
        _waited(event, now, then)
        return event if event.to == session.number else msgspec.structs.replace(event, to=session.number)
    if isinstance(event, KeyPressed) and isinstance(now, WaitKey) and isinstance(then.command, WaitKey):
        _in_time(event.at - then.since, now.timeout, "a key")
    if isinstance(event, HungUp) and event.by == "line" and now is not None and not isinstance(now, LAST):
        raise _Unknown(f"the line would not have hung up but {_doing(now)}")
    return event


def _same(now: Command | None, then: Command | None) -> None:
    if now is None or then is None:
        raise _Unknown("nothing is asked any more")
    if type(now) is not type(then):
        raise _Unknown(f"the line would {_doing(now)} where it did {_doing(then)}")
    if isinstance(now, JoinQueue) and isinstance(then, JoinQueue) and now.queue != then.queue:
        raise _Unknown(f"the caller would wait for other agents: queue {now.queue}, not {then.queue}")
    if isinstance(now, LookUp) and isinstance(then, LookUp) and _asked(now) != _asked(then):
        raise _Unknown(f"the service {now.service} would be asked something else")


def _asked(command: LookUp) -> tuple[object, ...]:
    return (command.service, command.path, command.facts)


def _waited(answer: Answer, now: Command | None, then: _Then) -> None:
    """Whether what came, or did not come, would still have been waited for."""
    if type(answer) is Done and type(now) is not WaitKey:
        return  # most answers
    before = then.command
    if isinstance(answer, Done) and isinstance(now, WaitKey) and isinstance(before, WaitKey):
        _not_longer(now.timeout, before.timeout, "a key")
    elif isinstance(answer, Heard) and isinstance(now, Listen) and isinstance(before, Listen):
        if answer.sound == "silence":
            _not_longer(now.window, before.window, "the caller")
        elif now.window < before.window:
            raise _Unknown(f"the line would listen for {now.window:g} s, not {before.window:g} s")
    elif isinstance(answer, QueueLeft) and isinstance(now, JoinQueue) and isinstance(before, JoinQueue):
        if answer.status == "timeout":
            _not_longer(now.timeout, before.timeout, "an agent")
        else:
            _in_time((answer.answered or answer.at) - then.since, now.timeout, "an agent")


def _not_longer(now: float, then: float, what: str) -> None:
    if now > then:
        raise _Unknown(f"the line would wait {now:g} s for {what}, not {then:g} s")


def _in_time(took: float, now: float, what: str) -> None:
    if took > now:
        raise _Unknown(f"{what} came later than the {now:g} s that the line would wait")


def _doing(command: Command) -> str:
    return command.tag.replace("_", " ")


def groups(found: Iterable[Again]) -> Iterator[tuple[tuple[str, str, str], list[Again]]]:
    """The calls that would have ended otherwise or are unknown, by (before, after, cause), most first."""
    by: dict[tuple[str, str, str], list[Again]] = {}
    for one in found:
        if not one.known:
            by.setdefault((one.before, "unknown", f"{one.node}: {one.why}"), []).append(one)
        elif one.outcome != one.before:
            by.setdefault((one.before, one.outcome, " > ".join(one.path)), []).append(one)
    return iter(sorted(by.items(), key=lambda item: -len(item[1])))
