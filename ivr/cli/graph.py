"""`ivr graph FLOW`: the flow as a picture, with the calls that walked it, what was changed, what is untested."""

import argparse
from contextlib import closing
from dataclasses import replace
from datetime import datetime

from ivr.cli import _drawing, _stored, _when
from ivr.cli._flows import file_of
from ivr.cli._flowtexts import text_of
from ivr.cli.test import tested
from ivr.drawing import Shown, Walked
from ivr.flow import Flow
from ivr.flowdiff import changes
from ivr.flowfile import load as load_flow
from ivr.flowfile import parse
from ivr.settings import Settings, load
from ivr.store import Store
from ivr.versions import Versions

HELP = "draw a flow: as SVG, PNG or Mermaid, with calls, changes, or what no call script has walked"
EXAMPLES = """examples:
  ivr graph hotline --svg hotline.svg           a picture for a browser (--png: for a document)
  ivr graph hotline --png calls.png --calls 7d  how many calls took each way, and where callers gave up
  ivr graph hotline --png new.png --diff 6 7    what changed between versions; also file, draft:3, a path
  ivr graph hotline --svg c.svg --coverage      what no call script has walked, in red
  ivr graph hotline > hotline.mmd               Mermaid, for a code forge's pages (with all of these too)

Calls are counted by the names of the nodes they passed, whatever the flow's version was then."""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("flow", metavar="FLOW", help="a flow's name, or the path of a flow file")
    parser.add_argument("--calls", metavar="SINCE", help="today, 2h, 30m, 7d, or a date or time such as 2026-03-01")
    parser.add_argument("--diff", metavar=("A", "B"), nargs=2, help="two versions: 6, draft:3, file, or a path")
    parser.add_argument("--coverage", action="store_true", help="mark what no call script has walked")
    _drawing.arguments(parser)


def run(options: argparse.Namespace) -> int:
    settings = load()
    if options.diff:
        flow, shown = _difference(options, settings)
    else:
        flow = load_flow(file_of(options.flow, settings))
        shown = Shown(flow.name)
    if options.calls:
        walked = _walked(settings, flow.name, options.calls)
        shown = replace(shown, walked=walked, title=f"{shown.title} · {options.calls}")
    if options.coverage:
        shown = replace(shown, missed=frozenset(tested(file_of(options.flow, settings), None).unwalked))
    shown = replace(shown, texts=_drawing.texts(settings))
    if _drawing.wanted(options):
        _drawing.write(flow, shown, options)
    else:
        print(_drawing.told(flow, shown, options), end="")
    return 0


def _difference(options: argparse.Namespace, settings: Settings) -> tuple[Flow, Shown]:
    with closing(Store(settings.database)) as store:
        before, after = (text_of(word, options.flow, Versions(store), settings) for word in options.diff)
    old, new = parse(before.text, before.label), parse(after.text, after.label)
    found = tuple(changes(before.text, after.text))
    return new, Shown(f"{new.name}: {before.label} → {after.label}", before=old, changes=found)


def _walked(settings: Settings, flow: str, since: str) -> Walked:
    walked = Walked()
    with _stored.opened(settings) as store:
        for record in store.calls(_when.moment(since, datetime.now())) if store else ():
            if record["flow"] == flow:
                walked.add(record["path"], record["ended_by"] == "caller")
    return walked
