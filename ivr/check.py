"""What a well-formed flow can still get wrong: prompts and queues that do not exist, nodes nobody reaches."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ivr.faults import Fault
from ivr.flow import END, Desk, Flow, HalfRead, Language, Placed, Prompt, Queue, Service
from ivr.promptlengths import UNBUILT
from ivr.settingtypes import settings_of

DESKS = frozenset({"coordinator", "leader", "expert"})
QUEUES = frozenset({"intake", "inquiry", "complaint"})
_UNLED = "no path leads to node `{}`; lead an outcome to it or take it out"
_NO_QUEUE = "node `{node}` has `{setting}: {name}`, but there is no such queue; there are {known}"
_NO_DESK = "node `{node}` has `{setting}: {name}`, but extensions.conf has no such desk; there are {known}"
_NO_SERVICE = "node `{node}` asks the service `{name}`, which the setting `services` does not name; there are: {known}"


@dataclass(frozen=True)
class House:
    """What a flow may name: prompts by language, queues, desks, services. `language`: the one that calls begin in."""

    prompts: Mapping[str, frozenset[str]] = field(default_factory=dict)
    language: str = "zh"
    queues: frozenset[str] = QUEUES
    desks: frozenset[str] = DESKS
    services: frozenset[str] = frozenset()
    seconds: Callable[[frozenset[str]], Callable[[str], float]] = lambda _languages: lambda _prompt: UNBUILT
    """How long each prompt takes, the longest of some languages."""


def check(flow: Flow, house: House) -> list[Fault]:
    """Every mistake, in the order of the file."""
    faults = [*strange(flow, house)]
    reached = reachable(flow)
    for place in flow.nodes.values():
        if place.name not in reached:
            faults.append(fault_at(flow, place, "", _UNLED.format(place.name)))
    return sorted(faults)


def strange(flow: Flow, house: House) -> Iterator[Fault]:
    """What nodes name that the house does not have: each tells it by itself, however broken the rest of the flow is."""
    yield from _silent(flow, house)
    for kind, known, text in (
        (Queue, house.queues, _NO_QUEUE),
        (Desk, house.desks, _NO_DESK),
        (Service, house.services, _NO_SERVICE),
    ):
        yield from _absent(flow, kind, known, text)


def fault_at(flow: Flow, place: Placed, setting: str, text: str) -> Fault:
    """A fault at a node's setting, or at the node itself where that is not written."""
    return Fault(place.file or flow.file, *place.settings_at.get(setting, place.at), text)


def spoken(flow: Flow, own: str) -> frozenset[str]:
    """The languages that callers may hear: the line's own, and those the flow changes to."""
    return frozenset({own, *(language for _, _, language in settings_typed(flow, Language))})


def _silent(flow: Flow, house: House) -> Iterator[Fault]:
    """Languages without prompts, and prompts that are not there in a language that the flow speaks."""
    for place, setting, language in settings_typed(flow, Language):
        if language not in house.prompts:
            known = ", ".join(sorted(house.prompts))
            text = f"node `{place.name}` has `{setting}: {language}`, but ivr/prompts has no such language; "
            yield fault_at(flow, place, setting, f"{text}there are {known}")
    yield from unspoken(flow, house, spoken(flow, house.language) & {*house.prompts, house.language})


def unspoken(flow: Flow, house: House, languages: frozenset[str]) -> Iterator[Fault]:
    """Prompts that are not there in one of these languages."""
    for place, setting, prompt in settings_typed(flow, Prompt):
        lacking = sorted(one for one in languages if prompt not in house.prompts.get(one, frozenset()))
        if lacking:
            known = any(prompt in one for one in house.prompts.values())
            where = f"{', '.join(lacking)} has" if known else "ivr/prompts has"
            text = f"node `{place.name}` plays `{prompt}`, but {where} no such prompt; add it or name another"
            yield fault_at(flow, place, setting, text)


def _absent(flow: Flow, kind: object, known: frozenset[str], text: str) -> Iterator[Fault]:
    """What settings of a kind name and the house does not have, told in the words of `text`."""
    there = ", ".join(sorted(known)) or "none"
    for place, setting, name in settings_typed(flow, kind):
        if name not in known:
            yield fault_at(flow, place, setting, text.format(node=place.name, setting=setting, name=name, known=there))


def unled(read: HalfRead) -> Iterator[Fault]:
    """Of a flow that could be read in part: nodes to which no other leads, as far as it is written.

    Nodes behind these are left out: a name that is wrong in one place would be told for each of them.
    """
    flow = read.flow
    led = {flow.start, *flow.always.values()}
    for name, targets in read.leads.items():
        led |= targets - {name}
    for place in flow.nodes.values():
        if place.name not in led:
            yield fault_at(flow, place, "", _UNLED.format(place.name))


def settings_typed(flow: Flow, kind: object) -> Iterator[tuple[Placed, str, str]]:
    """Each node's settings of a type, with their names and values; those left empty are none."""
    for place in flow.nodes.values():
        for name, type_, value in _values(place):
            if type_ is kind and value:
                yield place, name, value


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
