"""`ivr calls`: the calls of this line, as a table or as JSON."""

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from ivr.cli import _stored, _tell, _when
from ivr.outcomes import OUTCOMES
from ivr.settings import load

HELP = "list the calls of this line, oldest first"
EXAMPLES = """examples:
  ivr calls                            all calls
  ivr calls --since today              those of today; also 2h, 30m, 7d
  ivr calls --since "2026-03-01 14:30" those since a moment
  ivr calls --json                     full records, for other programs"""

FIELDS = (
    "id", "caller", "dialled", "rang_at", "answered_at", "queued_at", "agent_rang_at", "agent_answered_at",
    "connected_at", "ended_at", "ended_by", "outcome", "path", "flow", "flow_hash", "queue", "agent", "wait_s",
    "ring_s", "talk_s", "survey", "recording", "recording_ok", "message",
)  # fmt: skip
"""What every record has, whoever wrote it."""

HEAD = ("time", "id", "caller", "outcome", "queue", "agent", "wait", "talk", "survey", "recording")
RIGHT = ("wait", "talk", "survey")
NONE = "-"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="the full records as a JSON array")
    parser.add_argument("--since", metavar="WHEN", help="today, 2h, 30m, 7d, or a date or time such as 2026-03-01")


def run(options: argparse.Namespace) -> int:
    since = _when.moment(options.since, datetime.now()) if options.since else 0.0
    with _stored.opened(load()) as store:
        records = [complete(record) for record in store.calls(since)] if store else []
        running = sum(call[3] >= since for call in store.open_calls()) if store else 0
    print("\n".join(_json(records) if options.json else _shown(records, running)))
    return 0


def complete(record: dict[str, Any]) -> dict[str, Any]:
    """The record with every field that is promised; null where nothing is known."""
    return dict.fromkeys(FIELDS) | record


def calls_table(records: Sequence[dict[str, Any]]) -> list[str]:
    """The lines of the table, without the sum."""
    return _tell.table(HEAD, [_row(record) for record in records], RIGHT)


def total(records: Iterable[dict[str, Any]]) -> str:
    """`3 calls offered = served 2 + silent 1`: every call has exactly one outcome."""
    counted = Counter(str(record["outcome"]) for record in records)
    known = [name for name in OUTCOMES if name in counted]
    names = [*known, *sorted(counted.keys() - set(known))]
    parts = [f"{_tell.told(name)} {counted[name]}" for name in names]
    offered = sum(counted.values())
    told = _tell.told(f"{offered} call{'' if offered == 1 else 's'} offered")
    return told + (f" = {' + '.join(parts)}" if parts else "")


def _json(records: Sequence[dict[str, Any]]) -> list[str]:
    """One record per line, so that line tools can read it too."""
    lines = [json.dumps(record, ensure_ascii=False) for record in records]
    return ["[", ",\n".join(lines), "]"] if lines else ["[]"]


def _shown(records: Sequence[dict[str, Any]], running: int) -> list[str]:
    lines = [*calls_table(records), ""] if records else []
    lines.append(total(records))
    if running:
        lines.append(_tell.told(f"{running} more in progress"))
    return lines


def _row(record: dict[str, Any]) -> list[str]:
    return [
        _time(record["rang_at"]),
        str(record["id"]),
        record["caller"] or NONE,
        _tell.told(str(record["outcome"])),
        record["queue"] or NONE,
        record["agent"] or NONE,
        _seconds(record["wait_s"]),
        _seconds(record["talk_s"]),
        str(record["survey"] or NONE),
        _recording(record),
    ]


def _time(moment: str | None) -> str:
    return datetime.fromisoformat(moment).strftime("%m-%d %H:%M:%S") if moment else NONE


def _seconds(span: float | None) -> str:
    return NONE if span is None else f"{span:.0f} s"


def _recording(record: dict[str, Any]) -> str:
    if record["recording_ok"] is None:
        return NONE
    return _tell.told("ok" if record["recording_ok"] else "FAULTY")
