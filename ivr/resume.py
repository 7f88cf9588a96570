"""A call taken up again after its controller died: its session rebuilt by replaying its journal."""

from dataclasses import dataclass

from ivr import ENGINE
from ivr.commands import Command
from ivr.driver import Journal
from ivr.events import Event
from ivr.faults import Faults
from ivr.flow import Flow
from ivr.flowfile import parse
from ivr.session import Session
from ivr.store import Store


@dataclass(frozen=True)
class Left:
    """What a dead controller left of a call: the session as it was, and the journal to go on with."""

    session: Session
    journal: Journal


def rebuild(store: Store, call: str) -> Left | None:
    """The call as it was; None when its journal does not fit this engine, and the call goes to a person."""
    known = {id_: (engine, flow) for id_, engine, flow, _ in store.open_calls()}
    engine, hash_ = known.get(call, (0, ""))
    flow = stored_flow(store, hash_)
    if engine != ENGINE or flow is None or store.broken_link(call) is not None:
        return None
    rows = store.events(call)
    if not rows:
        return None
    session = Session(flow)
    for row in rows:
        try:
            event, told = Event.from_json(row.event), [Command.from_json(one) for one in row.commands]
        except ValueError:
            return None
        if session.advance(event) != told:
            return None
    return Left(session, Journal(store, call, len(rows)))


def stored_flow(store: Store, hash_: str) -> Flow | None:
    """A flow by its hash, as it was when calls ran through it."""
    kept = store.flow(hash_)
    if kept is None:
        return None
    try:
        return parse(kept[1], kept[0])
    except Faults:
        return None
