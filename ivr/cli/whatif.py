"""`ivr whatif FLOW`: which of the calls that have been would have ended otherwise under a changed flow."""

import argparse
import json
import time
from collections.abc import Iterator
from datetime import datetime

from ivr.cli import Sorry, _stored, _tell, _when
from ivr.cli._flows import file_of
from ivr.commands import Command
from ivr.events import Event
from ivr.flowfile import load as load_flow
from ivr.settings import load
from ivr.store import Store
from ivr.whatif import Again, Happened, again, groups
from ivr.wire import Unreadable, reader

HELP = "run the calls that have been through a changed flow: which would have ended otherwise?"
EXAMPLES = """examples:
  ivr whatif new.yaml               all calls, under the flow of a file
  ivr whatif hotline --since 7d     those of the last week, under the flow as it is now
  ivr whatif new.yaml --json        for other programs

What a caller would have done where the flow asks something it never asked is not known, and is not guessed."""
SHOWN = 3
"""Calls named as examples in each group."""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("flow", metavar="FLOW", help="a flow's name, or the path of a flow file")
    parser.add_argument("--since", metavar="WHEN", help="today, 2h, 30m, 7d, or a date or time such as 2026-03-01")
    parser.add_argument("--json", action="store_true", help="an object with counts and groups")


def run(options: argparse.Namespace) -> int:
    settings = load()
    flow = load_flow(file_of(options.flow, settings))
    since = _when.moment(options.since, datetime.now()) if options.since else 0.0
    unread: list[str] = []
    with _stored.opened(settings) as store:
        if store is None:
            raise Sorry(f"no call was ever stored in {settings.database}: there is nothing to try the flow on")
        began = time.perf_counter()
        found = [again(flow, *call) for call in calls_of(store, since, unread)]
    took = time.perf_counter() - began
    print(_json(found, unread, took) if options.json else "\n".join(map(_tell.told, _text(found, unread, took))))
    return 0


def calls_of(store: Store, since: float, unread: list[str]) -> Iterator[tuple[str, str, list[Happened]]]:
    """Each ended call with its outcome and what happened in it; what this version cannot read is named."""
    events, commands = reader(Event), reader(Command, many=True)
    for id_, outcome, rows in store.journals(since):
        try:
            yield id_, outcome, [(events(event), commands(told)) for event, told in rows]
        except Unreadable:
            unread.append(id_)


def _counts(found: list[Again], unread: list[str]) -> dict[str, int]:
    otherwise = sum(one.known and one.outcome != one.before for one in found)
    unknown = sum(not one.known for one in found)
    return {
        "calls": len(found) + len(unread), "same_end": len(found) - otherwise - unknown, "otherwise": otherwise,
        "unknown": unknown, "unreadable": len(unread),
    }  # fmt: skip


def _text(found: list[Again], unread: list[str], took: float) -> Iterator[str]:
    counts = _counts(found, unread)
    yield f"{counts['calls']} calls tried in {took:.1f} s ({len(found) / max(took, 1e-9):,.0f} a second)"
    yield f"  {counts['same_end']} would have ended as they did"
    yield f"  {counts['otherwise']} would have ended otherwise"
    yield f"  {counts['unknown']} cannot be told: the flow would ask or wait otherwise than it did"
    if unread:
        yield f"  {len(unread)} do not fit this version of the engine and were left out"
    rows = [
        (str(len(some)), before, after, cause, " ".join(one.call for one in some[:SHOWN]))
        for (before, after, cause), some in groups(found)
    ]
    if rows:
        yield ""
        yield from _tell.table(("calls", "ended as", "would end", "where, or why", "such as"), rows, ("calls",))


def _json(found: list[Again], unread: list[str], took: float) -> str:
    listed = [
        {"before": before, "after": after, "cause": cause, "calls": [one.call for one in some]}
        for (before, after, cause), some in groups(found)
    ]
    return json.dumps({**_counts(found, unread), "seconds": round(took, 3), "groups": listed}, ensure_ascii=False)
