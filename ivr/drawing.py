"""What a picture of a flow shows, whoever draws it: nodes by group, lines by target, what each of them is.

What is known of a flow goes in: how many calls took each way, what has changed, what no call script has walked.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from ivr.flow import END, ENTER, Flow, Placed
from ivr.flowdiff import NODES, Change

RING, HANGUP = "a call", "the end"
"""Where the picture begins and ends: no names of nodes, which have no space."""
NEW, GONE, CHANGED, MISSED = "new", "gone", "changed", "missed"
"""What a node or a line can be besides there."""
LONGEST = 22
"""Characters of a prompt that are shown; what it is about is in its beginning."""


@dataclass
class Walked:
    """How many calls went from node to node, and how many callers gave up at a node."""

    edges: Counter[tuple[str, str]] = field(default_factory=Counter)
    given_up: Counter[str] = field(default_factory=Counter)

    def add(self, path: Iterable[str], gave_up: bool) -> None:
        """One call's way; the notices it was told on it are no nodes."""
        nodes = [node for node in path if "/" not in node]
        self.edges.update(pairwise([RING, *nodes, HANGUP]))
        if gave_up and nodes:
            self.edges[nodes[-1], HANGUP] -= 1
            self.given_up[nodes[-1]] += 1


@dataclass(frozen=True)
class Shown:
    """What is drawn into a flow: the calls that walked it, its changes from `before`, what no script has walked."""

    title: str = ""
    walked: Walked | None = None
    before: Flow | None = None
    changes: tuple[Change, ...] = ()
    missed: frozenset[tuple[str, str]] | None = None
    texts: Mapping[str, str] = field(default_factory=dict)
    """What each prompt says."""


@dataclass(frozen=True)
class Edge:
    """The ways from a node to one target, drawn as one line."""

    source: str
    target: str
    outcomes: list[str]
    state: str = ""

    @property
    def rare(self) -> bool:
        """Whether only failures and what no flow names come this way."""
        return self.outcomes in (["failed"], ["ended"])


class Drawing:
    """One flow with what is shown of it."""

    def __init__(self, flow: Flow, shown: Shown) -> None:
        self.flow, self.shown = flow, shown
        before = shown.before.nodes if shown.before else {}
        self.gone = {name: place for name, place in before.items() if name not in flow.nodes and self._taken_out(name)}
        self.main = main_path(flow, shown.walked)

    def groups(self) -> dict[str, list[Placed]]:
        """All nodes, those that were taken out too, by the group they belong to; "" is none."""
        found: dict[str, list[Placed]] = {}
        for place in (*self.flow.nodes.values(), *self.gone.values()):
            found.setdefault(group(place, self.flow), []).append(place)
        return found

    def entered(self, group_: str) -> Placed | None:
        """The node that enters the subflow which a group is, if it is one."""
        place = self.flow.nodes.get(group_)
        return place if place and ENTER in place.then else None

    def text(self, place: Placed) -> str:
        """The beginning of what a node's prompt says; "" where it has none."""
        text = self.shown.texts.get(str(getattr(place.node, "prompt", "")), "")
        return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"

    def changes(self, name: str) -> Iterator[str]:
        """What has changed inside a node, a sentence each; changes of its outcomes are lines."""
        for change in self.shown.changes:
            if change.path[:2] == (NODES, name) and (change.before or change.path[2:3] not in ((), ("then",))):
                yield change.text.partition(": ")[2] or change.text

    def gave_up(self, name: str) -> int:
        """How many callers gave up at a node."""
        return self.shown.walked.given_up[name] if self.shown.walked else 0

    def state(self, name: str) -> str:
        """What a node is: new, gone, changed, missed, or simply there."""
        before, changes = self.shown.before, self.shown.changes
        if name in self.gone:
            return GONE
        if before and any(change.path == (NODES, name) and not change.before for change in changes):
            return NEW
        if any(change.path[:2] == (NODES, name) for change in changes):
            return CHANGED
        return MISSED if any(node == name for node, _ in self.shown.missed or ()) else ""

    def missed(self, source: str, outcome: str) -> bool:
        """Whether no script has walked an outcome."""
        return (source, outcome) in (self.shown.missed or ())

    def edges(self) -> Iterator[Edge]:
        """All lines from node to node and to the end of the call, the one into the flow first."""
        yield Edge(RING, self.flow.start, [])
        for place in self.flow.nodes.values():
            yield from self._of(place)
        for place in self.gone.values():
            for target, outcomes in grouped(place.then).items():
                yield Edge(place.name, target, outcomes, GONE)

    def calls(self, edge: Edge) -> tuple[int, float] | None:
        """How many calls took a line, and which share of all; None where they are not known."""
        walked = self.shown.walked
        if walked is None or edge.state == GONE:
            return None
        calls = walked.edges[edge.source, HANGUP if edge.target == END else edge.target]
        return calls, calls / (walked.edges[RING, self.flow.start] or 1)

    def only(self, edge: Edge) -> bool:
        """Whether a line has all outcomes of its node, and so needs no word."""
        place = self.flow.nodes.get(edge.source)
        return place is not None and len(edge.outcomes) == len(place.then)

    def on_main(self, edge: Edge) -> bool:
        """Whether a line is part of the main path."""
        return edge.state != GONE and (edge.source, edge.target) in pairwise((RING, *self.main))

    def _taken_out(self, name: str) -> bool:
        return any(change.path == (NODES, name) for change in self.shown.changes)

    def _of(self, place: Placed) -> Iterator[Edge]:
        """A node's lines, one per target; outcomes that were led elsewhere before, or never walked, have their own."""
        before = self._before(place.name)
        states: dict[str, dict[str, str]] = {}
        for outcome, target in place.then.items():
            state = NEW if before is not None and before.get(outcome) != target else ""
            state = MISSED if self.missed(place.name, outcome) else state
            states.setdefault(state, {})[outcome] = target
        for state, then in states.items():
            for target, outcomes in grouped(then).items():
                yield Edge(place.name, target, outcomes, state)
        there = {END, *self.flow.nodes, *self.gone}
        for outcome, target in (before or {}).items():
            if place.then.get(outcome) != target and target in there:
                yield Edge(place.name, target, [outcome], GONE)

    def _before(self, name: str) -> Mapping[str, str] | None:
        """Where a node's outcomes led before, by the names that their targets have now."""
        before = self.shown.before
        if before is None:
            return None
        names = {change.before: change.path[1] for change in self.shown.changes if change.before}
        old = next((was for was, now in names.items() if now == name), name)
        place = before.nodes.get(old)
        return {outcome: names.get(to, to) for outcome, to in place.then.items()} if place else {}


def grouped(then: Mapping[str, str]) -> dict[str, list[str]]:
    """The outcomes that lead to each target."""
    found: dict[str, list[str]] = {}
    for outcome, target in then.items():
        found.setdefault(target, []).append(outcome)
    return found


def main_path(flow: Flow, walked: Walked | None = None) -> tuple[str, ...]:
    """The way most calls take; where none are known, the way of a caller who is served, by the first outcomes."""
    way: list[str] = []
    name = flow.start
    while name in flow.nodes and name not in way:
        way.append(name)
        node, then = flow.nodes[name].node, flow.nodes[name].then
        likely = [to for outcome, to in then.items() if outcome not in (*node.chance, "failed") and to not in way]
        if walked and likely:
            likely.sort(key=lambda to: -walked.edges[way[-1], HANGUP if to == END else to])
        name = likely[0] if likely else END
    return (*way, END) if name == END else tuple(way)


def group(place: Placed, flow: Flow) -> str:
    """Where a node belongs: a subflow; the greeting, with goodbyes that have a mark; queues and who leads to them."""
    node = place.node
    entered = place.name.partition(".")[0]
    if entered in flow.nodes and ENTER in flow.nodes[entered].then:
        return entered
    if node.stage == "greeting" or getattr(node, "mark", None):
        return "greeting"
    ahead = {target for outcome, target in place.then.items() if outcome != "failed"}
    to_queue = bool(ahead) and all(to in flow.nodes and flow.nodes[to].node.stage == "queue" for to in ahead)
    return "queue" if node.stage == "queue" or (to_queue and not node.stage) else ""
