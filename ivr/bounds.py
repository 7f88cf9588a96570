"""How long a call through a flow can take at the most: until a person is reached, and until it is over."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from heapq import heappop, heappush
from itertools import pairwise
from typing import TypeVar

from ivr.call import ALWAYS
from ivr.faults import Fault
from ivr.flow import END, Flow
from ivr.states import Route, Space, State, Step

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


class Times:
    """The longest ways through a flow in which no call goes round by itself."""

    def __init__(self, flow: Flow, reached: Space, length: Length) -> None:
        self._flow, self._space = flow, reached
        self._places = {state.node: flow.nodes[state.node] for state in reached.steps}
        self._longest = {name: place.node.longest(length) for name, place in self._places.items()}
        self._person, self._end = self._to_person(), self._to_end()
        person = self._spent(self._person[:-1]) if self._person else None
        self.bounds = Bounds(person, self._spent([state.node for state in self._end]))

    def beyond(self) -> Iterator[tuple[Fault, Route | None]]:
        """The limits of the flow that are exceeded, each with a call that takes longer, if it is known."""
        for what, limit in self._flow.limits.items():
            found = self.bounds.person if what == "person" else self.bounds.end
            if found is None:
                text = "no way leads to a person, for whom `limits` sets a time: lead an outcome to a queue"
                yield Fault(self._flow.file, *limit.at, text), None
            elif found > limit.seconds:
                allowed = f"and `limits` allows {duration(limit.seconds)}: shorten waits or tries, or allow more"
                way = self._person[:-1] if what == "person" else [state.node for state in self._end]
                said = LIMITS[what].format(found=duration(found), way=self._told(way))
                route = self._along(self._person) if what == "person" else self._ending(self._end)
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
            if (step := next((one for one in self._space.alone(state) if one.to == to), None)) is None:
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
        alone = self._space.led_alone()
        for state in TopologicalSorter(alone).static_order():
            ways[state] = self._longest[state.node]
            if targets := alone[state]:
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
