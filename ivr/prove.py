"""Proves of a flow what no single call can show: that it ends, and not without a word; how long that takes at the most.

A call is a walk along edges `node -outcome-> node`. Outcomes that somebody brings about (a key, a word, an agent)
may lead in a circle, since the caller may ask again; the others may not. Failures are left out: the engine counts
them and hands the call to a person after the fifth.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from ivr.bounds import Bounds, Length, Times
from ivr.call import ALWAYS
from ivr.check import fault_at
from ivr.checkfacts import unset
from ivr.faults import Fault
from ivr.flow import END, Flow
from ivr.states import Route, Space, State, flat, space


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

    def wrong(self) -> dict[Fault, Route | None]:
        """Every fault, with the way of a call that meets it."""
        return self._wrong(self._circles())

    def proof(self, length: Length) -> Proof:
        circles = list(self._circles())
        wrong = self._wrong(circles)
        faults, shown = sorted(wrong), {fault: route for fault, route in wrong.items() if route}
        if circles:
            return Proof(self._flow, None, faults, [], shown)
        times = Times(self._flow, self._space, length)
        beyond = dict(times.beyond())
        shown |= {fault: route for fault, route in beyond.items() if route}
        return Proof(self._flow, times.bounds, faults, sorted(beyond), shown, length)

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
        edges = self._space.led_alone()
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
        steps = [
            next(step for step in self._space.alone(state) if step.to == target) for state, target in pairwise(circle)
        ]
        return self._fault(circle[0].node, f"{text} the circle"), self._space.route(circle[0], *steps)

    def _fault(self, name: str, text: str) -> Fault:
        return fault_at(self._flow, self._places[name], "", text)
