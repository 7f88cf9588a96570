"""`ivr replay ID`: runs a call's stored events through the engine again and compares what it does."""

import argparse
import difflib
import json
from collections.abc import Iterator
from pathlib import Path

from ivr.cli import Sorry, _stored, _tell
from ivr.cli._flowtexts import text_of
from ivr.cli._stored import Stored
from ivr.commands import Command
from ivr.driver import replay
from ivr.events import Event
from ivr.flow import Flow
from ivr.flowfile import load as load_flow
from ivr.flowfile import parse
from ivr.masking import masked
from ivr.record import record
from ivr.script import command_line, event_line
from ivr.session import Session
from ivr.settings import Settings, load
from ivr.store import Store
from ivr.versions import Versions

HELP = "run a call's events through the engine again; says what differs"
EXAMPLES = """examples:
  ivr replay 212.1                what the flow that runs today would do with that call
  ivr replay 212.1 --as-called    with the flow as it was when the call came
  ivr replay 212.1 --with 7       with a published version, draft:3, file, or the path of a flow file

exit code: 0 when the call runs exactly as it did, 1 when anything differs"""

COMPARED = ("outcome", "ended_by", "path", "queue", "agent", "survey", "message", "wait_s", "ring_s", "talk_s")
"""What the record must say as the events do."""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", help="the call's id, or its beginning or end")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--as-called", action="store_true", help="with the flow as it was when the call came")
    which.add_argument("--with", dest="other", metavar="WHAT", help="with a version's number, draft:N, file, or a path")


def run(options: argparse.Namespace) -> int:
    settings = load()
    with _stored.opened(settings) as store:
        call = _stored.stored(store, settings, options.id)
        assert store is not None
        if not call.rows:
            raise Sorry(f"call {call.id} has no events: the dialplan served it alone, there is nothing to replay")
        called = _as_called(store, call)
        flow = called if options.as_called else _other(settings, store, called, options.other)
    events = call.events()
    session = Session(flow)
    lines = _transcript(flow, events, replay(session, events))
    print("\n".join(lines))
    faults = [*_differences(call, called, flow), *_record(call, session)]
    diff = _diff(_transcript(flow, events, call.commands()), lines, "as it was", "as it is now")
    for text in [*faults, *diff]:
        print(_tell.told(text))
    same = not faults and not diff
    print(_tell.told(f"call {call.id}: " + ("the same" if same else "different")))
    return 0 if same else 1


def _as_called(store: Store, call: Stored) -> Flow:
    kept = store.flow(call.flow_hash)
    if kept is None:
        raise Sorry(f"the flow of call {call.id} (hash {call.flow_hash[:12]}) is not in the database")
    return parse(kept[1], f"{kept[0]} {call.flow_hash[:12]}")


def _other(settings: Settings, store: Store, called: Flow, word: str | None) -> Flow:
    """The flow that is named; else what is published and runs, on a trial what runs beside it; else the file."""
    versions = Versions(store)
    if word is None and (release := versions.running(called.name)):
        word = str(release.beside or release.version)
    if word is None:
        return _as_now(settings, called)
    named = text_of(word, called.name, versions, settings)
    return parse(named.text, named.label)


def _as_now(settings: Settings, called: Flow) -> Flow:
    path = settings.flows / f"{called.name}.yaml"
    return load_flow(path if path.exists() else _named(settings, called.name))


def _named(settings: Settings, name: str) -> Path:
    if settings.flow_file.exists() and load_flow(settings.flow_file).name == name:
        return settings.flow_file
    raise Sorry(f"there is no {settings.flows / name}.yaml any more: use --as-called")


def _transcript(flow: Flow, events: list[Event], commands: list[list[Command]]) -> list[str]:
    """The call as a script; what is private in this flow is masked."""
    start, now = events[0].at, 0.0
    lines, session = [], Session(flow)
    for event, led in zip(events, commands, strict=True):
        now = max(now, event.at)
        session.advance(event)
        shown, told = masked(event, led, session)
        lines.append(event_line(shown, start))
        lines += [command_line(one, now, start) for one in told]
    return lines


def _differences(call: Stored, called: Flow, flow: Flow) -> Iterator[str]:
    if call.broken is not None:
        yield f"difference: {_stored.changed(call.broken)}"
    if flow.hash != called.hash:
        yield f"difference: the flow {called.name} was changed since ({called.hash[:12]}, now {flow.hash[:12]}):"
        yield from _diff(called.text.splitlines(), flow.text.splitlines(), "flow as called", str(flow.file))


def _record(call: Stored, session: Session) -> Iterator[str]:
    """Where the call's record tells otherwise than its events."""
    if call.record is None:
        return
    if session.handed_over:  # the dialplan went on alone and wrote the rest of the record
        return
    if not session.ended:
        yield "difference: the call has ended, but its last event is missing"
        return
    made = json.loads(json.dumps(record(call.id, session.call, session.flow)))
    for name in COMPARED:
        if made[name] != call.record.get(name):
            yield f"difference: {name} is {_word(made[name])}, the record has {_word(call.record.get(name))}"


def _diff(before: list[str], after: list[str], was: str, is_: str) -> list[str]:
    return list(difflib.unified_diff(before, after, was, is_, "", "", n=2, lineterm=""))


def _word(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
