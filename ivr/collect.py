"""Calls that ended without a controller: those the dialplan served alone, and those it died under."""

import json
from pathlib import Path
from typing import Any

from ivr.call import Call
from ivr.commands import Record, StorePromise
from ivr.driver import keep_promise, replay
from ivr.events import Event, HungUp, QueueLeft, Recorded
from ivr.flow import Flow
from ivr.outcomes import outcome
from ivr.pbx import caller
from ivr.pbx.messages import latest, length
from ivr.record import record
from ivr.resume import Left, rebuild, stored_flow
from ivr.session import Session
from ivr.store import Store

_LATER = (
    "queue", "agent", "agent_rang_at", "agent_answered_at", "connected_at", "wait_s", "ring_s", "talk_s", "ended_at",
    "ended_by", "outcome",
)  # fmt: skip
"""What the dialplan knows better than a flow that handed the call over."""


def from_spool(store: Store, data: Path) -> list[tuple[str, Call]]:
    """Takes the records that the dialplan left in the spool of a data folder into the database; the calls, by id.

    The dialplan leaves one for each call that ended without a controller: served by the dialplan alone
    (IVR_FALLBACK), or hung up while the controller was dead.
    """
    taken = []
    for path in sorted((data / "fallback").glob("*.json")):
        try:
            left = json.loads(path.read_text())
            call = _call(store, left, data)
        except (ValueError, KeyError, TypeError):
            path.rename(path.with_suffix(".damaged"))
            continue
        store.save_call(_record(store, left["id"], call), call.rang_at, call.ended_at)
        path.unlink()
        taken.append((str(left["id"]), call))
    return taken


def abandoned(store: Store, data: Path, running: set[str], by: str = "caller") -> list[tuple[str, Call]]:
    """Closes journals of calls that no longer exist and left nothing in the spool either; the calls, by id.

    `by` is who ended them: the caller, while nobody looked; the line, if its Asterisk has died.
    """
    closed = []
    for id_, _, hash_, since in store.open_calls():
        if id_ in running:
            continue
        left = rebuild(store, id_)
        if left:
            session = left.session
            if not session.ended:
                _keep_message(left, data, max(session.call.now, since))
                event = HungUp(max(session.call.now, since), by)
                left.journal.write(event, session.advance(event))
            call, flow = session.call, session.flow
            store.save_call(record(id_, call, flow), call.rang_at, call.ended_at)
        else:
            call = Call(rang_at=since, ended_at=since, ended_by="line")
            call.outcome = outcome(call)
            made = _bare(id_, call, hash_)
            store.save_call(made, since, since)
        closed.append((id_, call))
    return closed


def unfinished(store: Store, since: float) -> list[tuple[str, Call]]:
    """The ended calls, by id, whose recording a controller that died then has not finished; from their journals."""
    found = []
    for made in list(store.calls(since)):
        if made["answered_at"] and made["recording_ok"] is None and (call := _ended(store, made)):
            found.append((str(made["id"]), call))
    return found


def _keep_message(left: Left, data: Path, at: float) -> None:
    """Keeps what was said of a message whose end nobody saw, and promises, as where the caller hangs up in it."""
    session, journal = left.session, left.journal
    file = latest(data / "messages", journal.call)
    known = {session.call.message, *session.call.facts.values()}
    if file is None or str(file) in known or not isinstance(session.pending, Record):
        return
    event: Event | None = Recorded(at, session.number, str(file), length(file), "hangup")
    while event:
        commands = session.advance(event)
        journal.write(event, commands)
        promises = [one for one in commands if isinstance(one, StorePromise)]
        event = keep_promise(journal, promises[0], at, session.number) if promises else None


def _ended(store: Store, made: dict[str, Any]) -> Call | None:
    """The call of a record, as its journal tells it; None where that is not to be read, or the dialplan had it last."""
    flow = stored_flow(store, made["flow_hash"])
    if flow is None:
        return None
    session = Session(flow)
    try:
        replay(session, [Event.from_json(row.event) for row in store.events(made["id"])])
    except ValueError:
        return None
    return session.call if session.ended and not session.handed_over else None


def _call(store: Store, left: dict[str, Any], data: Path) -> Call:
    """The call as its journal tells it up to where the dialplan took over, and as the dialplan tells it from there."""
    kept = rebuild(store, left["id"])
    call = kept.session.call if kept else Call()
    number, name = caller.decode(left["IVR_FROM"] or "")
    if not kept:
        call.caller, call.name, call.dialled = number, name, left["IVR_DIALLED"] or ""
        call.rang_at = float(str(left["id"]).split(".")[0])
    call.answered_at = call.answered_at or _moment(left["IVR_ANSWERED"])
    call.queued_at = call.queued_at or _moment(left["IVR_QUEUED_AT"])
    call.queue = left["IVR_QUEUE"] or call.queue
    connected = _moment(left["IVR_CONNECTED"])
    if kept and not connected:
        _keep_message(kept, data, float(left["ended"]))
    if left["IVR_AGENT"] or not call.talk:
        call.talk = QueueLeft(
            left["ended"], 0, "answered" if connected else "hungup", left["IVR_AGENT"] or "",
            _moment(left["IVR_AGENT_RANG"]), _moment(left["IVR_AGENT_ANSWERED"]), connected,
        )  # fmt: skip
    call.ended_at, call.ended_by = float(left["ended"]), "caller"
    if left.get("IVR_FALLBACK", "1") == "1":
        call.marks.insert(0, "fallback")
    elif left.get("IVR_MARK"):
        call.marks.append(left["IVR_MARK"])
    call.outcome = outcome(call)
    return call


def _record(store: Store, id_: str, call: Call) -> dict[str, Any]:
    kept = rebuild(store, id_)
    if kept:
        return record(id_, call, kept.session.flow)
    made = _bare(id_, call, "")
    # A call that the flow handed over has a record already: the dialplan adds what came after.
    before = {name: value for name, value in (store.call(id_) or {}).items() if value is not None}
    return made | before | {name: made[name] for name in _LATER if made[name] is not None}


def _bare(id_: str, call: Call, hash_: str) -> dict[str, Any]:
    """The record of a call that no flow can tell about."""
    return record(id_, call, Flow("", "", {}, {}, hash=hash_))


def _moment(text: str | None) -> float:
    try:
        return float(text or 0)
    except ValueError:
        return 0.0
