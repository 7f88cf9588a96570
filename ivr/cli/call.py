"""`ivr call ID`: everything about one call, on one timeline."""

import argparse
import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from ivr.cli import _stored, _tell
from ivr.cli._stored import Stored
from ivr.cli.calls import NONE, complete
from ivr.record import iso
from ivr.resume import stored_flow
from ivr.settings import load
from ivr.table import pad
from ivr.timeline import Moment, line, timeline

HELP = "show one call: its timeline to the millisecond, its recording, its promise"
EXAMPLES = """examples:
  ivr call 1795366212.1    by its id, as `ivr calls` shows it
  ivr call 212.1           the end of the id is enough where it fits one call only
  ivr call 212.1 --json    for other programs"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", help="the call's id, or its beginning or end")
    parser.add_argument("--json", action="store_true", help="record, timeline, promise and alarms as one JSON object")


def run(options: argparse.Namespace) -> int:
    settings = load()
    with _stored.opened(settings) as store:
        call = _stored.stored(store, settings, options.id)
        assert store is not None
        moments = timeline(call.events(), call.commands(), stored_flow(store, call.flow_hash))
        promise = next((one for one in store.promises() if one["call"] == call.id), None)
        alarms = [one for one in store.alarms() if one["call"] == call.id]
    told = _object(call, moments, promise, alarms)
    print(json.dumps(told, ensure_ascii=False, indent=1) if options.json else "\n".join(_lines(told, moments)))
    return 0


def _object(
    call: Stored, moments: list[Moment], promise: dict[str, Any] | None, alarms: list[dict[str, Any]]
) -> dict[str, Any]:
    start = call.rows[0].event["at"] if call.rows else 0.0
    return complete(call.record or {"id": call.id, "flow_hash": call.flow_hash}) | {
        "in_progress": call.record is None,
        "changed_event": call.broken,
        "timeline": [
            {"at": iso(one.at), "seconds": round(one.at - start, 3), "kind": one.kind, "text": one.text, **_data(one)}
            for one in moments
        ],
        "promise": promise and promise | {key: iso(promise[key] or 0.0) for key in ("made_at", "kept_at")},
        "alarms": [one | {"at": iso(one["at"])} for one in alarms],
    }


def _data(moment: Moment) -> dict[str, Any]:
    return {moment.kind: moment.data} if moment.kind in ("event", "command") else moment.data


def _lines(told: dict[str, Any], moments: list[Moment]) -> Iterator[str]:
    state = "in progress" if told["in_progress"] else told["outcome"]
    yield _tell.told(f"call {told['id']}: ") + _tell.told(state)
    for name, text in _facts(told):
        yield f"  {pad(_tell.told(name), 10)} {_tell.told(text)}"
    if told["changed_event"] is not None:
        yield f"  {pad(_tell.told('CHANGED'), 10)} {_tell.told(_stored.changed(told['changed_event']))}"
    yield ""
    start = moments[0].at if moments else 0.0
    for moment in moments:
        yield f"{datetime.fromtimestamp(moment.at):%H:%M:%S.%f}"[:-3] + " " + line(moment, start)
    if not moments:
        yield _tell.told("no events: the dialplan served this call alone")


def _facts(told: dict[str, Any]) -> Iterator[tuple[str, str]]:
    name = f" {told['caller_name']}" if told.get("caller_name") else ""
    yield "from", f"{told['caller'] or 'a hidden number'}{name} to {told['dialled'] or NONE}"
    if told["rang_at"]:
        yield (
            "time",
            f"rang {_clock(told['rang_at'])}, answered {_clock(told['answered_at'])}, "
            + (f"ended {_clock(told['ended_at'])} by {_tell.told(told['ended_by'] or NONE)}"),
        )
    yield "flow", f"{told['flow'] or NONE} ({str(told['flow_hash'] or NONE)[:12]})"
    if told["path"]:
        yield "path", " > ".join(told["path"])
    if told["queue"]:
        spans = ((told["wait_s"], "waited"), (told["ring_s"], "rang"), (told["talk_s"], "talked"))
        listed = [
            f"agent {told['agent'] or NONE}",
            *(f"{word} {span:.1f} s" for span, word in spans if span is not None),
        ]
        yield "queue", ", ".join([str(told["queue"]), *map(_tell.told, listed)])
    if told["survey"]:
        yield "survey", str(told["survey"])
    yield from _files(told)
    for failure in told.get("failures") or []:
        yield "failure", _tell.told(failure)
    for alarm in told["alarms"]:
        yield "ALARM", f"{_tell.told(alarm['kind'])}: {_tell.alarm(alarm['text'])}"


def _files(told: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if told["recording_ok"] is not None:
        faults = "; ".join(map(_tell.told, told.get("recording_faults") or ["no reason told"]))
        found = "ok" if told["recording_ok"] else f"FAULTY: {faults}"
        length = f", {told['recording_s']:.1f} s" if told.get("recording_s") else ""
        yield "recording", f"{told['recording'] or 'no file'} ({found}{length}{_step(told)}{_since(told)})"
    if told["message"]:
        yield "message", str(told["message"])
    promise = told["promise"]
    if promise:
        kept = f"kept {_clock(promise['kept_at'])}" if promise["kept_at"] else "not yet kept"
        whole = "" if promise["complete"] else ", hung up during the message"
        queue = f" for {promise['queue']}" if promise["queue"] else ""
        yield "promise", f"call back {promise['number']}{queue}, made {_clock(promise['made_at'])}{whole}, {kept}"


def _step(told: dict[str, Any]) -> str:
    """How far apart its sides are, where there was something to measure."""
    behind = told.get("recording_behind_s")
    if behind is None:
        return ", nothing to be heard of the caller" if told.get("recording_caller_s") == 0 else ""
    return f", caller's side {behind:+.2f} s to the line's"


def _since(told: dict[str, Any]) -> str:
    """What became of the file since it was checked."""
    digest = told.get("recording_sha256")
    if not told["recording"] or not digest:
        return ""
    try:
        with open(told["recording"], "rb") as file:
            same = hashlib.file_digest(file, "sha256").hexdigest() == digest
    except OSError:
        return "; the file is gone: recordings are kept for `keep_days`"
    return "" if same else "; the file was CHANGED since"


def _clock(moment: str | None) -> str:
    return datetime.fromisoformat(moment).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3] if moment else NONE
