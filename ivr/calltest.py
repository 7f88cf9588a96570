"""Call scripts as tests of a flow: what differs from what is written, and what no script has walked."""

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ivr.call import ALWAYS, Edge
from ivr.flow import Flow
from ivr.script import ScriptError, play
from ivr.session import Session

BEGIN = 86400.0
"""The moment the call rings: never 0, which means in a record that something did not happen."""


@dataclass(frozen=True)
class Tried:
    """A script, as it is written and as it comes out now; or why it cannot be played."""

    written: str
    found: str
    led: tuple[Edge, ...] = ()
    fault: str = ""

    @property
    def ok(self) -> bool:
        """Whether the flow does what is written."""
        return not self.fault and self.written == self.found

    def difference(self) -> Iterator[str]:
        """The lines that differ, as a diff from what is written to what comes out."""
        lines = difflib.unified_diff(self.written.splitlines(), self.found.splitlines(), lineterm="", n=2)
        return (line for line in lines if not line.startswith(("---", "+++")))


def tried(flow: Flow, script: str) -> Tried:
    """Plays a script's events to a flow; the outcome and path in its comments are held, too."""
    session = Session(flow)
    try:
        body = play(session, script, BEGIN)
    except ScriptError as error:
        return Tried(script, "", fault=str(error))
    led = tuple(session.call.led)
    if not session.ended:
        return Tried(script, body, led, "the script ends before the call does: end it with `hung_up caller`")
    return Tried(script, headed(body, session), led)


def headed(body: str, session: Session) -> str:
    """The script with the outcome and path of its call where its comments have a place for them."""
    path = " ".join(step.node for step in session.call.path)
    body = re.sub(r"^# outcome:.*$", f"# outcome: {session.call.outcome}", body, flags=re.MULTILINE)
    return re.sub(r"^# path:.*$", f"# path: {path}".rstrip(), body, flags=re.MULTILINE)


def edges(flow: Flow) -> list[Edge]:
    """All that scripts can walk: every outcome that leads somewhere, in the flow's order."""
    found = [(place.name, outcome) for place in flow.nodes.values() for outcome in place.then]
    return [*found, *((ALWAYS, outcome) for outcome in flow.always)]


def unwalked(flow: Flow, scripts: Iterable[Tried]) -> list[Edge]:
    """What no script has walked."""
    walked = {edge for one in scripts for edge in one.led}
    return [edge for edge in edges(flow) if edge not in walked]
