"""Proves of a flow what no single call can show: that it ends, with whom, and how long that takes at the longest.

A call is a walk along edges `node -outcome-> node`. Outcomes that somebody brings about (a key, a word, an agent)
may lead in a circle, since the caller may ask again; the others may not. Failures are left out: the engine counts
them and hands the call to a person after the fifth.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from heapq import heappop, heappush
from math import inf

from ivr.check import fault_at, reachable
from ivr.faults import Fault
from ivr.flow import END, KEYS, Flow, Placed

Length = Callable[[str], float]
"""Seconds of a prompt."""
LIMITS = {
    "person": "a caller who wants a person may have to wait {found} for one",
    "end": "a call may last {found} after the caller has done anything",
}
"""What a flow may limit, and what is said where it is exceeded."""


@dataclass(frozen=True)
class Bounds:
    """Seconds at the longest, prompts included, the talk with an agent not.

    `person`: from the answer until a caller who wants one waits in a queue or is asked for a number; None where no way
    leads to one. `end`: until the call is over once its caller does nothing more, wherever they are.
    """

    person: float | None
    end: float


@dataclass(frozen=True)
class Proof:
    """The bounds, where there are any; what the flow gets wrong; and its limits that the bounds go beyond."""

    bounds: Bounds | None
    faults: list[Fault]
    beyond: list[Fault] = field(default_factory=list)


def prove(flow: Flow, length: Length) -> Proof:
    """Holds for every call through the flow, whatever the caller does."""
    return _Prover(flow, reachable(flow)).proof(length)


def partly(flow: Flow) -> list[Fault]:
    """The circles, and the ends without a word, that show in what could be read of a flow."""
    known = {name for name, place in flow.nodes.items() if not place.closed}
    return _Prover(flow, known).faults()


class _Prover:
    """One flow, of which only some nodes count."""

    def __init__(self, flow: Flow, names: set[str]) -> None:
        self._flow = flow
        self._places = {name: place for name, place in flow.nodes.items() if name in names}
        self._alone = {name: _alone(place) & self._places.keys() for name, place in self._places.items()}
        self._longest: dict[str, float] = {}

    def faults(self) -> list[Fault]:
        return sorted([*self._wordless(), *self._circles()])

    def proof(self, length: Length) -> Proof:
        circles = list(self._circles())
        faults = sorted([*self._wordless(), *circles])
        if circles:
            return Proof(None, faults)
        self._longest = {name: place.node.longest(length) for name, place in self._places.items()}
        person = self._to_person()
        bounds = Bounds(None if person == inf else round(person, 3), round(self._to_end(), 3))
        return Proof(bounds, faults, sorted(self._beyond(bounds)))

    # -- what can go wrong -----------------------------------------------------------------------

    def _wordless(self) -> Iterator[Fault]:
        """Outcomes that end a call in which nothing was said, promised or asked of an agent."""
        for name, place in self._places.items():
            for outcome, target in place.then.items():
                if target == END and outcome not in place.node.farewells:
                    text = f"`{outcome}` of node `{name}` ends the call without a word: lead it to a `say` that says"
                    yield self._fault(name, f"{text} goodbye, or to a person")

    def _circles(self) -> Iterator[Fault]:
        """Ways round that nobody's doing and no counter ends; each is cut once it has been told."""
        edges = {name: set(targets) for name, targets in self._alone.items()}
        while True:
            try:
                TopologicalSorter(edges).prepare()
            except CycleError as error:
                # the sorter goes from a target to what leads to it
                way = list(reversed(error.args[1]))
                edges[way[0]].discard(way[1])
                first = way.index(min(way[:-1]))
                way = [*way[first:-1], *way[: first + 1]]
                text = (
                    f"the call goes round without anybody doing anything: {' → '.join(way)}; lead one of these nodes'"
                )
                yield self._fault(way[0], f"{text} outcomes out of the circle")
            else:
                return

    def _beyond(self, bounds: Bounds) -> Iterator[Fault]:
        for what, limit in self._flow.limits.items():
            found = bounds.person if what == "person" else bounds.end
            if found is None:
                text = "no way leads to a person, for whom `limits` sets a time: lead an outcome to a queue"
                yield Fault(self._flow.file, *limit.at, text)
            elif found > limit.seconds:
                allowed = f"and `limits` allows {duration(limit.seconds)}: shorten waits or tries, or allow more"
                yield Fault(self._flow.file, *limit.at, f"{LIMITS[what].format(found=duration(found))}, {allowed}")

    def _fault(self, name: str, text: str) -> Fault:
        return fault_at(self._flow, self._places[name], "", text)

    # -- how long --------------------------------------------------------------------------------

    def _to_person(self) -> float:
        """The shortest way by the caller's own choices, every node on it taking its longest.

        What the world decides (hours, the value of a fact) may come out the longest way that leads to a person at all.
        Dijkstra from the persons backwards: such a node is settled with the last of its ways, others with the first.
        """
        ways = {name: self._chosen(place) for name, place in self._places.items()}
        before = _turned(ways)
        persons = {name for name, place in self._places.items() if place.node.person}
        leading = _behind(persons, before)
        waiting = {name: len(ways[name] & leading) for name in leading}
        best: dict[str, float] = {}
        ahead = [(0.0, name) for name in persons]
        while ahead:
            spent, name = heappop(ahead)
            if name in best:
                continue
            best[name] = spent
            for one in before[name] & leading - best.keys():
                waiting[one] -= 1
                if not waiting[one] or not self._places[one].node.world:
                    heappush(ahead, (spent + self._longest[one], one))
        return best.get(self._flow.start, inf)

    def _chosen(self, place: Placed) -> set[str]:
        """Where the call may go by the caller's or the world's choice; what chance brings is left out."""
        chance = place.node.chance | {"failed"}
        return {target for outcome, target in place.then.items() if outcome not in chance} & self._places.keys()

    def _to_end(self) -> float:
        """The longest way on its own from anywhere; noise in the middle of it may lead away once."""
        ways: dict[str, float] = {}
        for name in TopologicalSorter(self._alone).static_order():
            ways[name] = self._longest[name] + max((ways[target] for target in self._alone[name]), default=0.0)
        return max(ways.values()) + ways.get(self._flow.always.get("line_noisy", ""), 0.0)


def _turned(ways: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """From where each node is led to."""
    before: dict[str, set[str]] = {name: set() for name in ways}
    for name, targets in ways.items():
        for target in targets:
            before[target].add(name)
    return before


def _behind(names: set[str], before: Mapping[str, set[str]]) -> set[str]:
    """These nodes, and all from which some way leads to one of them."""
    found, ahead = set(names), list(names)
    while ahead:
        more = before[ahead.pop()] - found
        found |= more
        ahead += more
    return found


def _alone(place: Placed) -> set[str]:
    """Where the call may go on its own, without anybody's doing."""
    node = place.node
    done = node.acts | {"failed"} | (KEYS if node.keys_lead else frozenset())
    return {target for outcome, target in place.then.items() if outcome not in done}


def duration(seconds: float) -> str:
    """`1 min 35 s`."""
    minutes, rest = divmod(round(seconds), 60)
    return " ".join([*([f"{minutes} min"] if minutes else []), *([f"{rest} s"] if rest or not minutes else [])])
