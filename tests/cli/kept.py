"""Calls that a line would have kept: simulated word by word, then journalled as the driver does."""

from typing import Any

import msgspec

from ivr import ENGINE
from ivr.calltest import BEGIN
from ivr.commands import StorePromise
from ivr.driver import Journal, keep_promise
from ivr.events import Event, QueueLeft
from ivr.flow import Flow
from ivr.record import record
from ivr.session import Session
from ivr.simulator import Simulator
from ivr.store import Store
from ivr.words import read
from tests.calling import HOTLINE

SERVED = ("speech", "1", "agent 1001", "5")
SILENT = ("silence", "silence", "silence")
LEFT = ("3", "full", "1", "message")
GONE = ("2", "wait 20s", "hangup")


def happened(words: tuple[str, ...], since: float, flow: Flow = HOTLINE, caller: str = "13800138000") -> list[Event]:
    """The events of a call that rang at `since`."""
    simulator = Simulator(lambda: Session(flow), lambda _prompt: 3.0, caller)
    for word in words:
        simulator.take(read(word))
    return [moved(step.what, since - BEGIN) for step in simulator.steps if isinstance(step.what, Event)]


def moved(event: Event, by: float) -> Event:
    """The event at another time of day."""
    if isinstance(event, QueueLeft):
        moments = {name: getattr(event, name) for name in ("rang", "answered", "connected")}
        event = msgspec.structs.replace(event, **{name: at + by for name, at in moments.items() if at})
    return msgspec.structs.replace(event, at=event.at + by)


def keep(
    store: Store, id_: str, words: tuple[str, ...], since: float, flow: Flow = HOTLINE, caller: str = "13800138000"
) -> dict[str, Any] | None:
    """Keeps a call in the database; its record, None where the words do not end it."""
    session, journal = Session(flow), Journal(store, id_)
    store.keep_flow(flow.hash, flow.name, flow.text)
    store.open_call(id_, ENGINE, flow.hash, since)
    for event in happened(words, since, flow, caller):
        commands = session.advance(event)
        journal.write(event, commands)
        for command in commands:
            if isinstance(command, StorePromise):
                keep_promise(journal, command, event.at, session.number)
    if not session.ended:
        return None
    made = record(id_, session.call, flow)
    store.save_call(made, session.call.rang_at, session.call.ended_at)
    return made
