"""Where calls can stand, and how they come there: at a node, with values of the facts that nodes ask for.

Of all the values that a fact may have, some of each kind are followed that the flow's nodes tell apart, so that what no
call can meet is not taken for possible. Where that would be too much, values are left out: then more is possible.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import product
from typing import NamedTuple

from ivr.call import ALWAYS, Edge
from ivr.flow import Flow, Node, anything
from ivr.nodes.queue import QueueNode
from ivr.session import MOST_FAILURES

MOST = 10000
"""Places at which calls are followed; in a flow that has more, values are left out."""
CALLER, DIALLED = "13800138000", "95585"
"""A call, where the flow does not tell callers and numbers apart."""
QUEUED = "queue"
"""The stage of a caller in a queue, or in the talk after it."""
STANDS = 8
"""States that a node has without values."""
Value = str | None
"""Of a fact; None where nothing has set it."""
HEARD = frozenset({"line", "line_confidence"})
"""The facts that a listening node sets beside its own: their values are not followed."""


class State(NamedTuple):
    """A place where a call can stand; the values are those of the space's `facts`.

    `keyed`: a key is waiting that nobody has taken; `queued`: the caller was in a queue last, and asked nothing since;
    `served`: an agent was there.
    """

    node: str
    values: tuple[Value, ...] = ()
    keyed: bool = False
    queued: bool = False
    served: bool = False


class Step(NamedTuple):
    """What leads a call on, and to where; behind the last one it stands at `end`.

    `acted`: only the caller or an agent brings it about.
    """

    edge: Edge
    to: State
    acted: bool = False


class Route(NamedTuple):
    """The way of a call from its beginning; `facts` are the names of its states' values.

    Where it is told for the time it takes, that is more than `longer` seconds from the step `since` on.
    """

    facts: tuple[str, ...]
    start: State
    steps: tuple[Step, ...]
    longer: float = 0.0
    since: int = 0


@dataclass(frozen=True)
class Space:
    """All states that calls can come to, each with what leads on from it, in the order of how little must fail."""

    facts: tuple[str, ...]
    steps: dict[State, tuple[Step, ...]]
    came: dict[State, tuple[State, Step] | None] = field(default_factory=dict)
    """From where each was reached first, and by what; None: it is where a call begins."""

    def leading(self, edge: Edge) -> Route | None:
        """How a call comes to be led on so; None where no call can be, or it is not known how."""
        ways = ((state, step) for state, steps in self.steps.items() for step in steps if step.edge == edge)
        return next((self.route(state, step) for state, step in ways), None)

    def alone(self, state: State) -> Iterator[Step]:
        """What leads on from a state to another node without anybody's doing."""
        for step in self.steps[state]:
            chosen = step.acted or step.edge[1] == "failed" or step.edge[0] == ALWAYS
            if not chosen and step.to in self.steps:
                yield step

    def led_alone(self) -> dict[State, list[State]]:
        """Where calls go by themselves, from each state."""
        return {state: [*dict.fromkeys(step.to for step in self.alone(state))] for state in self.steps}

    def route(self, state: State, *more: Step) -> Route | None:
        """How a call comes to a state, and goes on from there; None where that is not known."""
        if state not in self.came:
            return None
        steps = list(more)
        while came := self.came[state]:
            state, step = came
            steps.insert(0, step)
        return Route(self.facts, state, tuple(steps))


def space(flow: Flow, most: int = MOST) -> Space:
    """The states of a flow, reached from its start."""
    facts = tuple(sorted(_asked(flow) - HEARD))
    found = _Explorer(flow, facts).explored(most) or _Explorer(flow, ()).explored(STANDS * len(flow.nodes))
    assert found, "without values there are no more"
    return found


def flat(flow: Flow, names: Iterable[str]) -> Space:
    """Some nodes of a flow, whether calls come there or not, and where they lead; a node is one state."""
    explorer = _Explorer(flow, ())
    states = map(State, names)
    return Space(
        (), {one: tuple(step._replace(to=State(step.to.node)) for step in explorer.steps(one)) for one in states}
    )


def _asked(flow: Flow) -> set[str]:
    return {name for place in flow.nodes.values() for _, name in place.node.wants()}


class _Explorer:
    """Follows calls through one flow."""

    def __init__(self, flow: Flow, facts: tuple[str, ...]) -> None:
        self._flow, self._facts = flow, facts
        self._readers = {name: [one for one in _nodes(flow) if name in _wanted(one)] for name in facts}
        self._starts = {
            name: sorted({start[:size] for node in nodes for start in node.beginnings() for size in _sizes(start)})
            for name, nodes in self._readers.items()
        }

        self._live = _live(flow) if facts else {}
        self._seen: dict[tuple[str, str, str, Value], list[Value]] = {}
        self._kind_of: dict[tuple[str, str], int] = {}
        self._numbers: dict[object, int] = {}

    def explored(self, most: int) -> Space | None:
        """Dijkstra over failures, then steps; None where there are more states than that."""
        found = Space(self._facts, {})
        ahead: list[tuple[int, int, int, State, tuple[State, Step] | None]] = []
        for state in self._beginnings():
            heappush(ahead, (0, 0, len(ahead), state, None))
        number = len(ahead)
        while ahead:
            failed, long, _, state, came = heappop(ahead)
            if state in found.came:
                continue
            found.came[state] = came
            if state.node not in self._flow.nodes:
                continue
            if len(found.steps) == most:
                return None
            steps = found.steps[state] = tuple(self.steps(state))
            for step in steps:
                failures = failed + (step.edge[1] == "failed")
                if failures < MOST_FAILURES and step.to not in found.came:
                    number += 1
                    heappush(ahead, (failures, long + 1, number, step.to, (state, step)))
        return found

    def steps(self, state: State) -> Iterator[Step]:
        """What can lead on from a state."""
        place, always = self._flow.nodes[state.node], self._flow.always
        for outcome, target in place.then.items():
            if self._possible(place.node, outcome, state):
                yield from self._led(state, (place.name, outcome), outcome, target)
        if not _fails(place.node, state):
            return
        over = state.served and state.queued and place.node.stage != QUEUED
        if "failed" not in place.then and always.get("failed", place.name) != place.name and not over:
            yield from self._led(state, (ALWAYS, "failed"), "failed", always["failed"])
        if "line_noisy" in always and not state.queued:
            yield from self._led(state, (ALWAYS, "line_noisy"), "", always["line_noisy"])

    def _led(self, state: State, edge: Edge, outcome: str, target: str) -> Iterator[Step]:
        """The steps of an outcome, which is empty where the call leaves the node in the middle."""
        node, to = self._flow.nodes[state.node].node, self._flow.nodes.get(target)
        keyed = (node.hears and outcome == "key") or (state.keyed and node.keeps_keys)
        queued = to.node.stage == QUEUED if to and to.node.stage else state.queued
        served = state.served or (isinstance(node, QueueNode) and outcome in node.acts)
        acted = outcome in node.acted(_known(node, self._facts, state))
        ways = self._after(state.node, outcome, state.values) if outcome else iter((state.values,))
        for values in dict.fromkeys(self._wanted_at(target, values) for values in ways):
            yield Step(edge, State(target, values, keyed, queued, served), acted)

    def _wanted_at(self, name: str, values: tuple[Value, ...]) -> tuple[Value, ...]:
        """Without the values that no node asks for any more, on whatever way."""
        wanted = self._live.get(name, frozenset())
        return tuple(value if fact in wanted else None for fact, value in zip(self._facts, values, strict=True))

    def _possible(self, node: Node, outcome: str, state: State) -> bool:
        if state.keyed and node.hears:
            return outcome == "key"
        if outcome == "failed":
            return _fails(node, state)
        known = _known(node, self._facts, state)
        possible = node.possible(known) if known else None
        return possible is None or outcome in possible

    def _beginnings(self) -> Iterator[State]:
        """What is known of a call when it rings."""
        known = {"caller": (CALLER,), "dialled": (DIALLED,)}
        ways: list[list[Value]] = []
        for name in self._facts:
            if name in known:
                ways.append(self._kinds(name, (*known[name], *anything(self._starts[name]))))
            else:
                ways.append(["" if name in ("queue", "language") else None])
        start = self._flow.start
        queued = self._flow.nodes[start].node.stage == QUEUED
        return (State(start, self._wanted_at(start, values), queued=queued) for values in product(*ways))

    def _after(self, name: str, outcome: str, values: tuple[Value, ...]) -> Iterator[tuple[Value, ...]]:
        """The values behind an outcome of a node."""
        return product(*(self._led_to(name, outcome, *one) for one in zip(self._facts, values, strict=True)))

    def _led_to(self, name: str, outcome: str, fact: str, before: Value) -> list[Value]:
        """What becomes of one fact's value."""
        key = (name, outcome, fact, before)
        if key not in self._seen:
            values = self._flow.nodes[name].node.values(fact, outcome, before, self._starts[fact])
            self._seen[key] = self._kinds(fact, values)
        return self._seen[key]

    def _kinds(self, name: str, values: Iterable[Value]) -> list[Value]:
        """One value of each kind that nodes tell apart, the first there is."""
        kinds: dict[object, Value] = {}
        for value in values:
            kinds.setdefault((value is None, self._kind(name, value or "")), value)
        return list(kinds.values())

    def _kind(self, name: str, value: str) -> int:
        """A number for all values of a fact of which the nodes that ask for it make the same."""
        if (name, value) not in self._kind_of:
            possible = (node.possible(lambda _name: value) for node in self._readers[name])
            told = (name, *(one if one is None else frozenset(one) for one in possible))
            self._kind_of[name, value] = self._numbers.setdefault(told, len(self._numbers))
        return self._kind_of[name, value]


def _live(flow: Flow) -> dict[str, frozenset[str]]:
    """The facts that are asked for at each node or behind it, before they are set anew (live variables)."""
    live = {name: frozenset(_wanted(place.node)) for name, place in flow.nodes.items()}
    before: dict[str, set[str]] = {name: set() for name in flow.nodes}
    for name, place in flow.nodes.items():
        for target in {*place.then.values(), *flow.always.values()} & flow.nodes.keys():
            before[target].add(name)
    ahead = [*live]
    while ahead:
        for name in before[ahead.pop()]:
            place = flow.nodes[name]
            ways = [*place.then.items(), *(("failed", target) for target in flow.always.values())]
            now = live[name].union(*(live.get(to, frozenset()) - place.node.gives(outcome) for outcome, to in ways))
            if now != live[name]:
                live[name] = now
                ahead.append(name)
    return live


def _known(node: Node, facts: tuple[str, ...], state: State) -> Callable[[str], str] | None:
    followed = _wanted(node) <= {*facts}
    return (lambda name: state.values[facts.index(name)] or "") if followed else None


def _fails(node: Node, state: State) -> bool:
    """Whether something can go wrong in it there."""
    return node.fails and not (state.keyed and node.skipped)


def _nodes(flow: Flow) -> Iterator[Node]:
    return (place.node for place in flow.nodes.values())


def _wanted(node: Node) -> set[str]:
    return {name for _, name in node.wants()}


def _sizes(text: str) -> range:
    return range(1, len(text) + 1)
