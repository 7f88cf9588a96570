"""Calls that show what a flow does: for the way that a proof found, the events that make a call go it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from ivr.call import ALWAYS, Edge
from ivr.calltest import BEGIN
from ivr.explore import out, script, ways
from ivr.flow import Flow
from ivr.states import CALLER, DIALLED, Route, space
from ivr.walks import ANSWERED, Doing, Walk, Way

TRIES = 100
"""Nodes behind which ways on are looked for."""


def witness(flow: Flow, route: Route, title: str, seconds: Callable[[str], float] | None = None) -> str | None:
    """The call script of a call that goes a route, and then hangs up; None where none was found.

    `seconds` of a prompt are wanted for a route that is told for the time it takes.
    """
    search = _Search(flow, route, seconds if route.longer else None)
    found = search.found()
    if found is None or (route.longer and search.spent(found) <= route.longer):
        return None
    return script(found.walk(flow), title)


def missing(flow: Flow, wanted: list[Edge]) -> tuple[dict[Edge, str], set[Edge]]:
    """A script for each of the outcomes that one is found for, and those that no call can have."""
    found, reached = ways(flow, wanted), space(flow)
    never = set()
    for edge in wanted:
        if edge not in found:
            route = reached.leading(edge)
            if route is None:
                never.add(edge)
            elif way := witness(flow, route, f"{edge[0]}: {edge[1]}"):
                found[edge] = way
    return found, never


@dataclass(frozen=True)
class _Gone:
    """How far a call has come on a route: how many of its steps are behind it."""

    way: Way
    steps: int


class _Search:
    """Depth first, what fits best first: which keys somebody has pressed may show only some nodes later."""

    def __init__(self, flow: Flow, route: Route, seconds: Callable[[str], float] | None) -> None:
        self._flow, self._route, self._seconds = flow, route, seconds
        self._wanted = [step.edge for step in route.steps]
        self._tries = 0

    def found(self) -> Way | None:
        """What has to happen to a call."""
        known = dict(zip(self._route.facts, self._route.start.values, strict=True))
        way = Way(known.get("caller", CALLER) or "", dialled=known.get("dialled", DIALLED) or "")
        ahead = [iter([_Gone(way, self._behind(way.walk(self._flow)))])]
        while ahead and self._tries < TRIES:
            gone = next(ahead[-1], None)
            if gone is None:
                ahead.pop()
            elif gone.steps == len(self._wanted):
                return gone.way
            elif gone.steps >= 0:
                self._tries += 1
                ahead.append(self._further(gone))
        return None

    def spent(self, way: Way) -> float:
        """Seconds from the answer, or from the step on from which they count."""
        walk, since = way.walk(self._flow), self._route.since
        return walk.led[len(self._wanted) - 1] - (walk.led[since - 1] if since else BEGIN + ANSWERED)

    def _further(self, gone: _Gone) -> Iterator[_Gone]:
        """The call at least one step further: without anybody's doing where that does, and with no keys left over."""
        step = self._route.steps[gone.steps]
        values = zip(self._route.facts, step.to.values, strict=True)
        facts = {name: value for name, value in values if value is not None}
        doing = Doing(noisy=step.edge == (ALWAYS, "line_noisy"), facts=facts, seconds=self._seconds)
        if not step.acted:
            yield from self._led(gone, replace(doing, acts=False))
        yield from self._led(gone, doing)

    def _led(self, gone: _Gone, doing: Doing) -> Iterator[_Gone]:
        """One call for each way in which it can stand there."""
        seen: set[object] = set()
        others = []
        found = out(self._flow, gone.way, doing)
        for way, walk in sorted(found, key=lambda one: -one[1].now) if self._seconds else found:
            steps, keys = self._behind(walk), tuple(walk.session.call.keys)
            stands = (steps, keys, repr(walk.session.pending))
            if steps > gone.steps and stands not in seen:
                seen.add(stands)
                if self._fits(steps, keys):
                    yield _Gone(way, steps)
                else:
                    others.append(_Gone(way, steps))
        yield from others

    def _fits(self, steps: int, keys: tuple[str, ...]) -> bool:
        """Whether keys are waiting only where they should."""
        return bool(keys) == self._route.steps[steps - 1].to.keyed

    def _behind(self, walk: Walk) -> int:
        """How many of the wanted steps a call has gone; −1 where it has gone another way."""
        led = walk.session.call.led[: len(self._wanted)]
        return len(led) if led == self._wanted[: len(led)] else -1
