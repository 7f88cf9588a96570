"""`ivr promises`: the promises to call back, and that one was kept."""

import argparse
import json
import time
from collections.abc import Sequence
from typing import Any

from ivr.cli import Sorry, _stored, _tell
from ivr.record import iso
from ivr.settings import load

HELP = "list the promises to call back; mark one as kept"
EXAMPLES = """examples:
  ivr promises                     those still to be kept, oldest first
  ivr promises --all --json        all of them, for other programs
  ivr promises kept 1795366212.1   the caller of this call has been called back"""

HEAD = ("made", "call", "number", "queue", "message", "kept")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", nargs="?", choices=("kept",), help="mark the promise of a call as kept")
    parser.add_argument("call", nargs="?", metavar="CALL", help="the call's id")
    parser.add_argument("--all", action="store_true", help="kept ones too")
    parser.add_argument("--json", action="store_true", help="a JSON array")


def run(options: argparse.Namespace) -> int:
    with _stored.opened(load()) as store:
        if options.action:
            if not options.call:
                raise Sorry("say which call's promise was kept: `ivr promises kept CALL`")
            if store is None or not store.keep_promise(options.call, time.time()):
                raise Sorry(f"no promise of the call `{options.call}` waits to be kept: `ivr promises` lists them")
            print(_tell.told(f"kept: {options.call}"))
            return 0
        found = [one for one in (store.promises() if store else []) if options.all or not one["kept_at"]]
    print(_json(found) if options.json else _shown(found))
    return 0


def _json(found: Sequence[dict[str, Any]]) -> str:
    moments = [one | {"made_at": iso(one["made_at"]), "kept_at": iso(one["kept_at"] or 0.0)} for one in found]
    return json.dumps(moments, ensure_ascii=False, indent=1)


def _shown(found: Sequence[dict[str, Any]]) -> str:
    rows = [
        (_time(one["made_at"]), one["call"], one["number"], one["queue"] or "-", one["message"] or "-",
         _time(one["kept_at"] or 0.0))
        for one in found
    ]  # fmt: skip
    return "\n".join(_tell.table(HEAD, rows, ())) if rows else _tell.told("no promise waits to be kept")


def _time(moment: float) -> str:
    return (iso(moment) or "-")[:16].replace("T", " ")
