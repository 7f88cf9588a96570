"""A flow as a Mermaid flowchart, which code forges draw in their pages: the same as `picture` draws, as text.

Names and texts are written so that Mermaid takes none of them for its own words or marks.
"""

from collections.abc import Iterator

from ivr.call import ALWAYS
from ivr.drawing import GONE, MISSED, RING, Drawing, Edge, Shown
from ivr.flow import END, Flow, Placed
from ivr.palette import FILLS, INK, STATES, stage
from ivr.picturewords import Words

RING_ID, END_ID, GROUP = "ring", "hangup", "group_"
OWN = (RING_ID, END_ID, ALWAYS, "subgraph", "graph", "flowchart", "style", "class", "click", "direction", "default")


def mermaid(flow: Flow, words: Words, shown: Shown | None = None) -> str:
    """The flowchart; outcomes with the same target are one line, failures are dotted, the main path is thick."""
    return "\n".join(_Flowchart(Drawing(flow, shown or Shown()), words).lines()) + "\n"


class _Flowchart:
    def __init__(self, drawing: Drawing, words: Words) -> None:
        self._drawing, self._flow, self._words = drawing, drawing.flow, words

    def lines(self) -> Iterator[str]:
        """All of it."""
        if self._drawing.shown.title:
            yield from ("---", f"title: {_yaml(self._drawing.shown.title)}", "---")
        yield "flowchart TD"
        yield f'    {RING_ID}(["{self._words.ring}"])'
        yield from self._nodes()
        yield f'    {END_ID}(["{self._words.end}"])'
        edges = list(self._drawing.edges())
        yield from map(self._edge, edges)
        yield from self._always()
        yield from self._colours(edges)

    # -- nodes -----------------------------------------------------------------------------------

    def _nodes(self) -> Iterator[str]:
        for name, places in self._drawing.groups().items():
            if not name or len(places) < 2:
                yield from (f"    {self._node(place)}" for place in places)
                continue
            yield f'    subgraph {GROUP}{_id(name)}["{_text(self._words.frame(name, self._drawing.entered(name)))}"]'
            yield from (f"        {self._node(place)}" for place in places)
            yield "    end"

    def _node(self, place: Placed) -> str:
        drawing = self._drawing
        rows = [place.name, self._words.about(place), drawing.text(place), *drawing.changes(place.name)]
        if gave_up := drawing.gave_up(place.name):
            rows.append(self._words.gave_up(gave_up))
        return f'{_id(place.name)}["{"<br/>".join(_text(row) for row in rows if row)}"]'

    # -- lines -----------------------------------------------------------------------------------

    def _edge(self, edge: Edge) -> str:
        source = RING_ID if edge.source == RING else _id(edge.source)
        target = END_ID if edge.target == END else _id(edge.target)
        label = self._words.outcomes(edge.outcomes)
        if walked := self._drawing.calls(edge):
            label = ": ".join(filter(None, (label, self._words.calls(walked[0]))))
        arrow = "==>" if self._drawing.on_main(edge) else "-.->" if edge.rare or edge.state == GONE else "-->"
        told = f'|"{_text(label)}"|' if label else ""
        return f"    {source} {arrow}{told} {target}"

    def _always(self) -> Iterator[str]:
        if self._flow.always:
            yield f'    {ALWAYS}(["{self._words.anywhere}"])'
        for outcome, target in self._flow.always.items():
            yield f'    {ALWAYS} -.->|"{_text(self._words.outcome(outcome))}"| {_id(target)}'

    # -- colours ---------------------------------------------------------------------------------

    def _colours(self, edges: list[Edge]) -> Iterator[str]:
        places = [place for group in self._drawing.groups().values() for place in group]
        fills = {name: f"fill:{colour},color:{INK}" for name, colour in FILLS.items()}
        frames = {name: f"stroke:{colour},stroke-width:3px" for name, colour in STATES.items()}
        yield from _classes({_id(place.name): stage(place) for place in places}, fills)
        yield from _classes({_id(place.name): self._drawing.state(place.name) for place in places}, frames)
        states = [edge.state for edge in edges]
        states += [MISSED if self._drawing.missed(ALWAYS, outcome) else "" for outcome in self._flow.always]
        for state, colour in STATES.items():
            if numbers := [str(number) for number, one in enumerate(states) if one == state]:
                yield f"    linkStyle {','.join(numbers)} stroke:{colour},color:{colour}"


def _classes(of: dict[str, str], looks: dict[str, str]) -> Iterator[str]:
    """The classes that are used, each with its nodes."""
    for name, look in looks.items():
        if members := [node for node, one in of.items() if one == name]:
            yield f"    classDef {name} {look}"
            yield f"    class {','.join(members)} {name}"


def _text(text: str) -> str:
    """A text between quotes: marks that Mermaid or a browser would read are written as their numbers."""
    return "".join(f"#{ord(char)};" if char in '#"<>&`' else char for char in text)


def _yaml(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _id(name: str) -> str:
    """A name that means nothing to Mermaid: `end` does, and so do dashes before arrows, and dots."""
    if name in OWN or name.startswith(("n_", GROUP)) or "-" in name or "." in name:
        return "n_" + name.replace("_", "__").replace("-", "_d").replace(".", "_p")
    return name
