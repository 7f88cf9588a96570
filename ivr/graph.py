"""A flow as a picture: a Mermaid flowchart, with the calls that walked each edge where they are known."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from ivr.call import ALWAYS
from ivr.flow import END, Flow, Placed

RING, HANGUP = "ring", "hangup"
"""Where the picture begins and ends."""


@dataclass
class Walked:
    """How many calls went from node to node, and how many callers gave up at a node."""

    edges: Counter[tuple[str, str]] = field(default_factory=Counter)
    given_up: Counter[str] = field(default_factory=Counter)

    def add(self, path: Iterable[str], gave_up: bool) -> None:
        """One call's way; the notices it was told on it are no nodes."""
        nodes = [node for node in path if "/" not in node]
        self.edges.update(pairwise([RING, *nodes, HANGUP]))
        if gave_up and nodes:
            self.edges[nodes[-1], HANGUP] -= 1
            self.given_up[nodes[-1]] += 1


def mermaid(flow: Flow, walked: Walked | None = None) -> str:
    """The flowchart; edges with the same target are one, failures are dotted."""
    return "\n".join(["flowchart TD", *_nodes(flow, walked), *_edges(flow, walked)]) + "\n"


def _nodes(flow: Flow, walked: Walked | None) -> Iterator[str]:
    yield f'    {RING}(["a call"]) --> {_id(flow.start)}'
    for place in flow.nodes.values():
        lines = [place.name, f"{place.node.type}: {_what(place)}".removesuffix(": ")]
        if walked and walked.given_up[place.name]:
            lines.append(f"{walked.given_up[place.name]} gave up here")
        yield f'    {_id(place.name)}["{"<br/>".join(lines)}"]'
    yield f'    {HANGUP}(["end"])'


def _edges(flow: Flow, walked: Walked | None) -> Iterator[str]:
    for place in flow.nodes.values():
        for target, outcomes in grouped(place.then).items():
            label, end = ", ".join(outcomes), _id(target) if target != END else HANGUP
            if walked:
                label += f": {walked.edges[place.name, target if target != END else HANGUP]}"
            arrow = "-.->" if outcomes == ["failed"] else "-->"
            yield f"    {_id(place.name)} {arrow}|{label}| {end}"
    if flow.always:
        yield f'    {ALWAYS}(["from anywhere"])'
    for outcome, target in flow.always.items():
        yield f"    {ALWAYS} -.->|{outcome}| {_id(target)}"


def grouped(then: Mapping[str, str]) -> dict[str, list[str]]:
    """The outcomes that lead to each target."""
    found: dict[str, list[str]] = {}
    for outcome, target in then.items():
        found.setdefault(target, []).append(outcome)
    return found


def _what(place: Placed) -> str:
    """What a node is about: its queue, else its prompt, else nothing."""
    return str(getattr(place.node, "queue", "") or getattr(place.node, "prompt", ""))


def _id(name: str) -> str:
    """A name that means nothing to Mermaid: `end` does, and so do dashes before arrows, and dots."""
    plain = name.replace("-", "__").replace(".", "___")
    return f"n_{plain}" if plain != name or name in (RING, HANGUP, ALWAYS) else name
