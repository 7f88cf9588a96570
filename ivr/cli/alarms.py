"""`ivr alarms`: what a supervisor must have seen, of calls and of the line itself."""

import argparse
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from ivr.cli import _stored, _tell, _when
from ivr.record import iso
from ivr.settings import load

HELP = "list the alarms of this line, oldest first"
EXAMPLES = """examples:
  ivr alarms                 all of them
  ivr alarms --since today   also 2h, 30m, 7d, or a date or time such as 2026-03-01
  ivr alarms --json          for other programs"""

HEAD = ("time", "call", "kind", "alarm")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="a JSON array")
    parser.add_argument("--since", metavar="WHEN", help="today, 2h, 30m, 7d, or a date or time such as 2026-03-01")


def run(options: argparse.Namespace) -> int:
    since = _when.moment(options.since, datetime.now()) if options.since else 0.0
    with _stored.opened(load()) as store:
        found = store.alarms(since) if store else []
    print(_json(found) if options.json else _shown(found))
    return 0


def _json(found: Sequence[dict[str, Any]]) -> str:
    return json.dumps([one | {"at": iso(one["at"])} for one in found], ensure_ascii=False, indent=1)


def _shown(found: Sequence[dict[str, Any]]) -> str:
    rows = [
        (f"{datetime.fromtimestamp(one['at']):%m-%d %H:%M:%S}", one["call"] or "-", _tell.told(one["kind"]),
         _tell.alarm(one["text"]))
        for one in found
    ]  # fmt: skip
    return "\n".join(_tell.table(HEAD, rows)) if rows else _tell.told("no alarms")
