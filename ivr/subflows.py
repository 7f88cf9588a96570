"""Puts the nodes of subflows in their places: `card.ask` is the node `ask` of the subflow that node `card` enters."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from ivr.faults import Fault
from ivr.flow import END, ENTER, Placed
from ivr.nodes.subflow import Subflow

RETURN = re.compile(r"return(?:\.([\w-]+))?")
"""A target in a subflow that leads back to where it was entered."""
DONE, FAILED = "done", "failed"


@dataclass(frozen=True)
class Part:
    """One subflow as it was read."""

    name: str
    start: str
    nodes: Mapping[str, Placed]
    text: str


class Shelf(Protocol):
    """Where subflows are found."""

    @property
    def names(self) -> list[str]:
        """Those there are."""

    def find(self, name: str) -> Part | None:
        """One by its name; None where there is none."""


class Inliner:
    """One flow's nodes with those of its subflows; `used` are these, in the order in which they were met."""

    def __init__(self, shelf: Shelf, file: str) -> None:
        self._shelf, self._file = shelf, file
        self.used: dict[str, Part] = {}
        self.faults: list[Fault] = []

    def nodes(self, nodes: Mapping[str, Placed]) -> dict[str, Placed]:
        """The nodes, with what each subflow has behind the node that enters it."""
        return {one.name: one for place in nodes.values() for one in self._within(place, ())}

    def _within(self, place: Placed, above: tuple[str, ...]) -> Iterator[Placed]:
        node = place.node
        if not isinstance(node, Subflow):
            yield place
            return
        part = self._part(place, node, above)
        if part is None:
            yield place
            return
        yield replace(place, then={ENTER: f"{place.name}.{part.start}"})
        for inner in part.nodes.values():
            made = replace(inner, name=f"{place.name}.{inner.name}", then=_led(inner, place))
            yield from self._within(made, (*above, part.name))

    def _part(self, place: Placed, node: Subflow, above: tuple[str, ...]) -> Part | None:
        """What a node enters, if it fits there."""
        if node.flow in above:
            way = " → ".join([*above[above.index(node.flow) :], node.flow])
            self._fault(place, f"the subflow `{node.flow}` uses itself ({way}); take it out of one of them")
            return None
        part = self.used.get(node.flow) or self._shelf.find(node.flow)
        if part is None:
            known = ", ".join(self._shelf.names) or "none"
            text = f"node `{place.name}` uses the subflow `{node.flow}`, which is not there"
            self._fault(place, f"{text}; there are: {known}")
            return None
        self.used[node.flow] = part
        return part if self._fits(place, part) else None

    def _fits(self, place: Placed, part: Part) -> bool:
        """Whether the node says where the call goes on after each return, and after no other."""
        back, taken = _back(part), {*place.then} - {FAILED}
        for outcome in sorted(back - taken):
            unsaid = f"node `{place.name}` does not say where the call goes on after `return.{outcome}`"
            self._fault(place, f"{unsaid} of the subflow `{part.name}`; add `{outcome}:` under `then:`")
        for outcome in sorted(taken - back):
            never = f"the subflow `{part.name}` never comes back with `{outcome}`"
            self._fault(place, f"{never}; it comes back with: {', '.join(sorted(back)) or 'nothing'}")
        return back == taken

    def _fault(self, place: Placed, text: str) -> None:
        self.faults.append(Fault(place.file or self._file, *place.settings_at.get("flow", place.at), text))


def _back(part: Part) -> set[str]:
    """The outcomes with which a subflow comes back."""
    targets = (target for place in part.nodes.values() for target in place.then.values())
    return {found[1] or DONE for target in targets if (found := RETURN.fullmatch(target))}


def _led(inner: Placed, outer: Placed) -> dict[str, str]:
    """Where the outcomes of a subflow's node lead, once it stands in its place."""
    then = {}
    for outcome, target in inner.then.items():
        back = RETURN.fullmatch(target)
        then[outcome] = target if target == END else outer.then[back[1] or DONE] if back else f"{outer.name}.{target}"
    if FAILED in outer.then:
        then.setdefault(FAILED, outer.then[FAILED])
    return then
