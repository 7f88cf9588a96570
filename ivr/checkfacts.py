"""Facts that a node reads and that nothing has set on some way to it."""

from collections.abc import Iterator

from ivr.call import KNOWN
from ivr.check import fault_at
from ivr.faults import Fault
from ivr.flow import Flow, Placed
from ivr.states import HEARD, Route, Space


def unset(flow: Flow, reached: Space | None = None) -> dict[Fault, Route | None]:
    """Every such reading, with the way of a call to it; those that no call can come to are none.

    Without the states that calls can reach, each way there is counts.
    """
    return {
        _fault(flow, place, setting, name): _way(reached, place, name)
        for place, setting, name in _suspected(flow)
        if reached is None or name not in reached.facts or _way(reached, place, name)
    }


def _way(reached: Space | None, place: Placed, name: str) -> Route | None:
    """How a call comes to a node without having the fact."""
    if reached is None or name not in reached.facts:
        return None
    at = reached.facts.index(name)
    states = (state for state in reached.steps if state.node == place.name and state.values[at] is None)
    return next((reached.route(state) for state in states), None)


def _fault(flow: Flow, place: Placed, setting: str, name: str) -> Fault:
    text = f"node `{place.name}` reads the fact `{name}`, which nothing sets on some way to it; "
    more = ", ".join(sorted({*KNOWN, *_facts(flow)}))
    return fault_at(flow, place, setting, f"{text}set it before (facts there are: {more})")


def _suspected(flow: Flow) -> Iterator[tuple[Placed, str, str]]:
    """Nodes that read what is not set on every way to them, each with the setting and the fact."""
    known = {} if any(place.closed for place in flow.nodes.values()) else _known(flow)
    for place in flow.nodes.values():
        for setting, name in place.node.wants():
            if place.name in known and name not in known[place.name]:
                yield place, setting, name


def _known(flow: Flow) -> dict[str, frozenset[str]]:
    """The facts that every way to each reachable node has set; a node that failed may have set nothing."""
    begun = frozenset(KNOWN)
    known = {name: begun for name in (flow.start, *flow.always.values()) if name in flow.nodes}
    ahead = list(known)
    while ahead:
        place = flow.nodes[ahead.pop()]
        before = known[place.name]
        heard = before | (HEARD if place.node.hears else frozenset())
        for outcome, target in place.then.items():
            if target in flow.nodes:
                told = before if outcome == "failed" else heard | place.node.gives(outcome)
                now = known[target] & told if target in known else told
                if known.get(target) != now:
                    known[target] = now
                    ahead.append(target)
    return known


def _facts(flow: Flow) -> set[str]:
    return {name for place in flow.nodes.values() for outcome in place.then for name in place.node.gives(outcome)}
