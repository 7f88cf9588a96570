"""Finds calls that walk given outcomes of a flow, short ones, and writes them as call scripts.

From each way into a node a breadth-first search looks for the ways out of it: what a node does next depends on what
has happened since it was entered. A session cannot be copied, so each way is run again from its beginning.
"""

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import replace

from ivr.call import ALWAYS, Edge
from ivr.calltest import headed
from ivr.commands import (
    HandOver,
    HangUp,
    JoinQueue,
    PauseRecording,
    Record,
    StorePromise,
    Transfer,
)
from ivr.events import (
    DeskLeft,
    Done,
    HungUp,
    QueueLeft,
    Recorded,
)
from ivr.flow import Flow
from ivr.states import CALLER
from ivr.walks import LAST, Doing, Walk, Way, moves

MOST = 1000
"""Places inside a node from which ways out of it are looked for."""
SHOWN = 50
"""Nodes of a path that is shown; one that goes round at once has thousands."""
ENTRIES = 2
"""Ways into a node that are followed, for each kind of caller: what was before may decide what is possible in it."""
CALLERS = (CALLER, "")
"""Who calls: somebody who can be called back, and somebody without a number."""


def ways(flow: Flow, wanted: list[Edge]) -> dict[Edge, str]:
    """A script for each of the outcomes that can be walked, a short one each."""
    found: dict[Edge, str] = {}
    doing = Doing(noisy=(ALWAYS, "line_noisy") in wanted)
    entered: Counter[tuple[str, str]] = Counter()
    coming: deque[Way] = deque(Way(caller) for caller in CALLERS)
    while coming and len(found) < len(wanted):
        for way, walk in out(flow, coming.popleft(), doing):
            for edge in set(walk.session.call.led).intersection(wanted).difference(found):
                found[edge] = script(way.walk(flow), f"{edge[0]}: {edge[1]}")
            place = (walk.node, way.caller)
            if not isinstance(walk.session.pending, LAST) and entered[place] < ENTRIES:
                entered[place] += 1
                coming.append(way)
    return found


def out(flow: Flow, way: Way, doing: Doing) -> Iterator[tuple[Way, Walk]]:
    """The ways out of the node that a way leads into, the shortest first, each with its call."""
    entry = way.walk(flow)
    inside, since = len(entry.session.call.path), len(entry.steps)
    seen: set[tuple[object, ...]] = set()
    coming = deque([(way, entry)])
    for _ in range(MOST):
        if not coming:
            return
        way, stands = coming.popleft()
        for move in moves(stands.session, doing):
            longer = replace(way, moves=(*way.moves, move))
            walk = longer.walk(flow)
            if isinstance(walk.session.pending, LAST) or len(walk.session.call.path) != inside:
                yield longer, walk
            elif (place := walk.place(since)) not in seen:
                seen.add(place)
                coming.append((longer, walk))


def script(walk: Walk, title: str) -> str:
    """The call as far as it has come, under a title; then the caller hangs up."""
    pending = walk.session.pending
    if isinstance(pending, JoinQueue):
        walk.tell(1.0, QueueLeft, status="hungup")
    elif isinstance(pending, Transfer):
        walk.tell(1.0, DeskLeft, status="hungup")
    elif isinstance(pending, Record):
        walk.tell(1.0, Recorded, path="message.wav", seconds=1.0, ended="hangup")
        while isinstance(walk.session.pending, StorePromise | PauseRecording):
            walk.tell(0.0, Done)
    walk.tell(1.0, HungUp, by="line" if isinstance(walk.session.pending, HangUp | HandOver) else "caller")
    path = "# path:\n" if len(walk.session.call.path) <= SHOWN else ""
    return headed(f"# {title}\n# outcome:\n{path}\n{walk.script}", walk.session)
