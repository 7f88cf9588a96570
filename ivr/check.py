"""What a well-formed flow can still get wrong: prompts and queues that do not exist, nodes nobody reaches."""

from collections.abc import Iterator
from typing import Any

from ivr.faults import Fault
from ivr.flow import END, Flow, Placed, Prompt, Queue
from ivr.settingtypes import settings_of

QUEUES = frozenset({"intake", "inquiry", "complaint"})


def check(flow: Flow, prompts: frozenset[str], queues: frozenset[str] = QUEUES) -> list[Fault]:
    """Every mistake, in the order of the file."""
    faults = []
    for place in flow.nodes.values():
        for name, kind, value in _values(place):
            if kind is Prompt and value and value not in prompts:
                text = (
                    f"node `{place.name}` plays `{value}`, but ivr/prompts has no such prompt; add it or name another"
                )
                faults.append(Fault(flow.file, place.lines.get(name, place.line), 1, text))
            if kind is Queue and value not in queues:
                known = ", ".join(sorted(queues))
                text = f"node `{place.name}` has `{name}: {value}`, but there is no such queue; there are {known}"
                faults.append(Fault(flow.file, place.lines.get(name, place.line), 1, text))
    reached = reachable(flow)
    for place in flow.nodes.values():
        if place.name not in reached:
            text = f"no path leads to node `{place.name}`; lead an outcome to it or take it out"
            faults.append(Fault(flow.file, place.line, 1, text))
    return sorted(faults)


def reachable(flow: Flow) -> set[str]:
    """The nodes that some path from the start, or from `always`, enters."""
    reached: set[str] = set()
    ahead = [flow.start, *flow.always.values()]
    while ahead:
        name = ahead.pop()
        if name == END or name in reached or name not in flow.nodes:
            continue
        reached.add(name)
        ahead.extend(flow.nodes[name].then.values())
    return reached


def _values(place: Placed) -> Iterator[tuple[str, Any, str]]:
    for name, setting in settings_of(type(place.node)).items():
        yield name, setting.type, str(getattr(place.node, name))
