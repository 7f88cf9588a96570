"""What happened in one call, in order: events, commands, nodes entered, and what the agent's phone did."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ivr.commands import Command
from ivr.events import Event, QueueLeft
from ivr.flow import Flow
from ivr.masking import masked
from ivr.script import command_line, event_line
from ivr.session import Session


@dataclass(frozen=True)
class Moment:
    """One line: when (Unix seconds), its kind, the text, and the event or command itself.

    Kinds: `event` happened to the call, `command` is what the line then did, `node` was entered, `agent`
    is what an agent's phone did.
    """

    at: float
    kind: str
    text: str
    data: dict[str, Any]


MARKS = {"event": "<", "command": ">", "node": "@", "agent": "*"}


def timeline(events: Sequence[Event], commands: Sequence[Sequence[Command]], flow: Flow | None) -> list[Moment]:
    """The moments of a call; without the nodes where its flow is not known any more. What is private is masked."""
    moments: list[Moment] = []
    start = now = events[0].at if events else 0.0
    session = Session(flow) if flow else None
    for happened, led in zip(events, commands, strict=True):
        now = max(now, happened.at)
        nodes = _entered(session, happened) if session else []
        event, told = masked(happened, led, session) if session else (happened, led)
        moments += _agent(event)
        moments.append(Moment(now, "event", _text(event_line(event, start), "<"), event.to_json()))
        moments += [Moment(now, "node", _node(name, flow), {"node": name}) for name in nodes]
        moments += [Moment(now, "command", _text(command_line(one, now, start), ">"), one.to_json()) for one in told]
    return sorted(moments, key=lambda moment: moment.at)


def line(moment: Moment, start: float) -> str:
    """`    3.120 < key_pressed 1`, as in a call script."""
    return f"{moment.at - start:9.3f} {MARKS[moment.kind]} {moment.text}"


def _entered(session: Session, event: Event) -> list[str]:
    """The nodes that an event led into, found by running the call again."""
    before = len(session.call.path)
    session.advance(event)
    return [step.node for step in session.call.path[before:]]


def _agent(event: Event) -> Iterator[Moment]:
    if not isinstance(event, QueueLeft):
        return
    happened = (
        (event.rang, "phone rings"),
        (event.answered, "answered, the caller hears the number"),
        (event.connected, "and the caller talk"),
    )
    for at, words in happened:
        if at:
            yield Moment(at, "agent", f"agent {event.agent} {words}", {"agent": event.agent})


def _node(name: str, flow: Flow | None) -> str:
    return f"node {name} ({flow.nodes[name].node.type})" if flow and name in flow.nodes else f"node {name}"


def _text(script_line: str, arrow: str) -> str:
    """A line of a call script without its time."""
    return script_line.partition(f" {arrow} ")[2]
