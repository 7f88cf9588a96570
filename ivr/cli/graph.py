"""`ivr graph FLOW`: the flow as a picture, with the calls that walked it."""

import argparse
from datetime import datetime

from ivr.cli import _stored, _when
from ivr.cli._flows import file_of
from ivr.flowfile import load as load_flow
from ivr.graph import Walked, mermaid
from ivr.settings import Settings, load

HELP = "draw a flow as a Mermaid flowchart, with how many calls took each way"
EXAMPLES = """examples:
  ivr graph hotline > hotline.mmd          for any viewer of Mermaid, such as a code forge's pages
  ivr graph hotline --calls 7d             with the calls of the last week on every edge
  ivr graph new.yaml                       a file anywhere

Calls are counted by the names of the nodes they passed, whatever the flow's version was then."""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("flow", metavar="FLOW", help="a flow's name, or the path of a flow file")
    parser.add_argument("--calls", metavar="SINCE", help="today, 2h, 30m, 7d, or a date or time such as 2026-03-01")


def run(options: argparse.Namespace) -> int:
    settings = load()
    flow = load_flow(file_of(options.flow, settings))
    walked = _walked(settings, flow.name, options.calls) if options.calls else None
    print(mermaid(flow, walked), end="")
    return 0


def _walked(settings: Settings, flow: str, since: str) -> Walked:
    walked = Walked()
    with _stored.opened(settings) as store:
        for record in store.calls(_when.moment(since, datetime.now())) if store else ():
            if record["flow"] == flow:
                walked.add(record["path"], record["ended_by"] == "caller")
    return walked
