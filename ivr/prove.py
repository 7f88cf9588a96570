"""Proves of a flow what no single call can show: that it ends, with whom, and how long that takes at the longest.

A call is a walk along edges `node -outcome-> node`. Outcomes that somebody brings about (a key, a word, an agent)
may lead in a circle, since the caller may ask again; the others may not. Failures are left out: the engine counts
them and hands the call to a person after the fifth.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from heapq import heappop, heappush
from itertools import pairwise
from typing import TypeVar

from ivr.call import ALWAYS
from ivr.check import fault_at
from ivr.checkfacts import unset
from ivr.faults import Fault
from ivr.flow import END, Flow
from ivr.states import Route, Space, State, Step, flat, space

Length = Callable[[str], float]
"""Seconds of a prompt."""
LIMITS = {
    "person": "a caller who wants a person may have to wait {found} for one ({way})",
    "end": "a call may last {found} after the caller has done anything ({way})",
}
"""What a flow may limit, and what is said where it is exceeded."""
SHOWN = 6
"""Nodes of the longest way that are told, those where most of the time goes."""
T = TypeVar("T")


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
    """The bounds, where there are any; what the flow gets wrong; and its limits that the bounds go beyond.

    `shown` has for faults the way of a call that meets them, `length` the seconds of prompts that count in it.
    """

    flow: Flow
    bounds: Bounds | None
    faults: list[Fault]
    beyond: list[Fault] = field(default_factory=list)
    shown: Mapping[Fault, Route] = field(default_factory=dict)
    length: Length | None = None


def prove(flow: Flow, length: Length, reached: Space | None = None) -> Proof:
    """Holds for every call through the flow, whatever the caller does; `reached` are the states they can stand in."""
    return _Prover(flow, reached or space(flow)).proof(length)


def partly(flow: Flow) -> list[Fault]:
    """The circles, ends without a word and facts that nothing sets that show in what could be read of a flow."""
    known = {name for name, place in flow.nodes.items() if not place.closed}
    return sorted(_Prover(flow, flat(flow, known)).wrong())


def partly_shown(flow: Flow) -> dict[Fault, Route]:
    """The ways of calls that meet these, as far as calls come there through what could be read."""
    wrong = _Prover(flow, space(flow)).wrong() if flow.start in flow.nodes else {}
    return {fault: route for fault, route in wrong.items() if route}


class _Prover:
    """One flow, and the states in which calls through it can stand."""

    def __init__(self, flow: Flow, reached: Space) -> None:
        self._flow, self._space = flow, reached
        names = {state.node for state in reached.steps}
        self._places = {name: place for name, place in flow.nodes.items() if name in names}
        self._alone = {state: [*dict.fromkeys(step.to for step in self._unasked(state))] for state in reached.steps}
        self._longest: dict[str, float] = {}

    def wrong(self) -> dict[Fault, Route | None]:
        """Every fault, with the way of a call that meets it."""
        return self._wrong(self._circles())

    def proof(self, length: Length) -> Proof:
        circles = list(self._circles())
        wrong = self._wrong(circles)
        faults, shown = sorted(wrong), {fault: route for fault, route in wrong.items() if route}
        if circles:
            return Proof(self._flow, None, faults, [], shown)
        self._longest = {name: place.node.longest(length) for name, place in self._places.items()}
        person, end = self._to_person(), self._to_end()
        bounds = Bounds(self._spent(person[:-1]) if person else None, self._spent([state.node for state in end]))
        beyond = dict(self._beyond(bounds, person, end))
        shown |= {fault: route for fault, route in beyond.items() if route}
        return Proof(self._flow, bounds, faults, sorted(beyond), shown, length)

    def _unasked(self, state: State) -> Iterator[Step]:
        """What leads on from a state without anybody's doing."""
        for step in self._space.steps[state]:
            chosen = step.acted or step.edge[1] == "failed" or step.edge[0] == ALWAYS
            if not chosen and step.to.node in self._places:
                yield step

    # -- what can go wrong -----------------------------------------------------------------------

    def _wrong(self, circles: Iterable[list[State]]) -> dict[Fault, Route | None]:
        unread = unset(self._flow, self._space if self._space.came else None)
        return unread | dict([*self._wordless(), *map(self._round, circles)])

    def _wordless(self) -> Iterator[tuple[Fault, Route | None]]:
        """Outcomes that end a call in which nothing was said, promised or asked of an agent."""
        told: set[tuple[str, str]] = set()
        for state, steps in self._space.steps.items():
            for step in steps:
                (name, outcome), place = step.edge, self._places[state.node]
                wordless = step.to.node == END and name != ALWAYS and outcome not in place.node.farewells
                if wordless and step.edge not in told:
                    told.add(step.edge)
                    text = f"`{outcome}` of node `{name}` ends the call without a word: lead it to a `say` that says"
                    yield self._fault(name, f"{text} goodbye, or to a person"), self._space.route(state, step)

    def _circles(self) -> Iterator[list[State]]:
        """Ways round that nobody's doing and no counter ends; each is cut once it has been told."""
        edges = dict(self._alone)
        while True:
            try:
                TopologicalSorter(edges).prepare()
            except CycleError as error:
                # the sorter goes from a target to what leads to it
                way: list[State] = list(reversed(error.args[1]))
                for state in [state for state in edges if state.node == way[0].node]:
                    edges[state] = [target for target in edges[state] if target.node != way[1].node]
                names = [state.node for state in way[:-1]]
                first = names.index(min(names))
                yield [*way[first:-1], *way[: first + 1]]
            else:
                return

    def _round(self, circle: list[State]) -> tuple[Fault, Route | None]:
        way = " → ".join(state.node for state in circle)
        text = f"the call goes round without anybody doing anything: {way}; lead one of these nodes' outcomes out of"
        steps = [next(step for step in self._unasked(state) if step.to == target) for state, target in pairwise(circle)]
        return self._fault(circle[0].node, f"{text} the circle"), self._space.route(circle[0], *steps)

    def _beyond(self, bounds: Bounds, person: list[str], end: list[State]) -> Iterator[tuple[Fault, Route | None]]:
        for what, limit in self._flow.limits.items():
            found = bounds.person if what == "person" else bounds.end
            if found is None:
                text = "no way leads to a person, for whom `limits` sets a time: lead an outcome to a queue"
                yield Fault(self._flow.file, *limit.at, text), None
            elif found > limit.seconds:
                allowed = f"and `limits` allows {duration(limit.seconds)}: shorten waits or tries, or allow more"
                way = person[:-1] if what == "person" else [state.node for state in end]
                said = LIMITS[what].format(found=duration(found), way=self._told(way))
                route = self._along(person) if what == "person" else self._ending(end)
                longer = route._replace(longer=limit.seconds) if route else None
                yield Fault(self._flow.file, *limit.at, f"{said}, {allowed}"), longer

    def _along(self, way: list[str]) -> Route | None:
        """A call that goes these nodes, as somebody chooses them."""
        first = next(state for state, came in self._space.came.items() if came is None)
        ahead: dict[State, tuple[Step, ...]] = {first: ()}
        for name in way[1:]:
            ahead = {
                step.to: (*steps, step) for state, steps in ahead.items() for step in self._space.steps[state]
                if step.to.node == name and step.edge[0] != ALWAYS and step.edge[1] != "failed"
            }  # fmt: skip
        return next((self._space.route(first, *steps) for steps in ahead.values()), None)

    def _ending(self, way: list[State]) -> Route | None:
        """A call that comes to where its longest end begins, and then goes on by itself until it is over."""
        steps: list[Step] = []
        for state, to in pairwise(way):
            if (step := next((one for one in self._unasked(state) if one.to == to), None)) is None:
                break
            steps.append(step)
        last = steps[-1].to if steps else way[0]
        steps += [step for step in self._space.steps[last] if step.to.node == END and not step.acted][:1]
        route = self._space.route(way[0], *steps)
        return route._replace(since=len(route.steps) - len(steps)) if route else None

    def _spent(self, way: list[str]) -> float:
        return round(sum(self._longest[name] for name in way), 3)

    def _told(self, way: list[str]) -> str:
        """Where the time of a way goes, in the order of the way."""
        most = sorted(range(len(way)), key=lambda at: -self._longest[way[at]])[:SHOWN]
        return " → ".join(f"{way[at]} {self._longest[way[at]]:.0f} s" for at in sorted(most) if self._longest[way[at]])

    def _fault(self, name: str, text: str) -> Fault:
        return fault_at(self._flow, self._places[name], "", text)

    # -- how long --------------------------------------------------------------------------------

    def _to_person(self) -> list[str]:
        """The nodes up to a person, on the shortest way by the caller's choices, every one taking its longest.

        What the world decides (hours, the value of a fact) may come out the longest way that leads to a person at all.
        Dijkstra from the persons backwards: such a node is settled with the last of its ways, others with the first.
        """
        ways = self._chosen()
        before = _turned(ways)
        persons = {name for name, place in self._places.items() if place.node.person}
        leading = _behind(persons, before)
        waiting = {name: len(ways[name] & leading) for name in leading}
        behind: dict[str, str] = {}
        ahead = [(0.0, name, "") for name in persons]
        while ahead:
            spent, name, to = heappop(ahead)
            if name in behind:
                continue
            behind[name] = to
            for one in before[name] & leading - behind.keys():
                waiting[one] -= 1
                if not waiting[one] or not self._places[one].node.world:
                    heappush(ahead, (spent + self._longest[one], one, name))
        return _way(behind, self._flow.start) if self._flow.start in behind else []

    def _chosen(self) -> dict[str, set[str]]:
        """Where calls may go from each node by the caller's or the world's choice; what chance brings is left out."""
        ways: dict[str, set[str]] = {name: set() for name in self._places}
        for state, steps in self._space.steps.items():
            chance = self._places[state.node].node.chance | {"failed"}
            chosen = (step for step in steps if step.edge[0] != ALWAYS and step.edge[1] not in chance)
            ways[state.node] |= {step.to.node for step in chosen} & self._places.keys()
        return ways

    def _to_end(self) -> list[State]:
        """The longest way on its own from anywhere; noise in the middle of it may lead away once."""
        ways: dict[State, float] = {}
        behind: dict[State, State] = {}
        for state in TopologicalSorter(self._alone).static_order():
            ways[state] = self._longest[state.node]
            if targets := self._alone[state]:
                behind[state] = max(targets, key=ways.__getitem__)
                ways[state] += ways[behind[state]]
        noisy = [state for state in ways if state.node == self._flow.always.get("line_noisy")]
        longest = [max(some, key=ways.__getitem__) for some in (ways.keys(), noisy) if some]
        return [state for first in longest for state in _way(behind, first)]


def _way(behind: Mapping[T, T], at: T) -> list[T]:
    """From one on, what is behind it, and behind that."""
    way = [at]
    while to := behind.get(way[-1]):
        way.append(to)
    return way


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


def duration(seconds: float) -> str:
    """`1 min 35 s`."""
    minutes, rest = divmod(round(seconds), 60)
    return " ".join([*([f"{minutes} min"] if minutes else []), *([f"{rest} s"] if rest or not minutes else [])])
