"""A flow as a picture for Graphviz: the main path straight down, protocols grouped, the rest around it."""

from collections.abc import Iterator
from html import escape

from ivr.call import ALWAYS
from ivr.drawing import CHANGED, GONE, MISSED, NEW, RING, Drawing, Edge, Shown
from ivr.flow import END, Flow, Placed
from ivr.palette import FAINT, FILLS, INK, LINE, PLAIN, STATES, stage
from ivr.picturewords import Words

FONT = "WenQuanYi Micro Hei,Noto Sans CJK SC,PingFang SC,Microsoft YaHei,sans-serif"
WIDTHS = {NEW: 2.5, GONE: 2.0, CHANGED: 2.5, MISSED: 2.0}
"""Points of a node's frame."""
LOOKS = {
    "": (LINE, 1.0, ""), NEW: (STATES[NEW], 2.5, ""), GONE: (STATES[GONE], 1.5, "dashed"),
    MISSED: (STATES[MISSED], 2.5, ""),
}  # fmt: skip
"""Colour, points and style of a line."""


def dot(flow: Flow, words: Words, shown: Shown | None = None) -> str:
    """The picture in Graphviz's language."""
    return "\n".join(_Picture(Drawing(flow, shown or Shown()), words).lines()) + "\n"


class _Picture:
    def __init__(self, drawing: Drawing, words: Words) -> None:
        self._drawing, self._flow, self._words = drawing, drawing.flow, words

    def lines(self) -> Iterator[str]:
        """All of it."""
        yield "digraph flow {"
        yield f'  graph [rankdir=TB, nodesep=0.3, ranksep=0.42, pad=0.3, fontname="{FONT}", fontsize=15, labelloc=t,'
        yield f"    labeljust=l, fontcolor={_q(INK)}, label={_q(self._drawing.shown.title)}, dpi=110]"
        yield f'  node [shape=box, style="rounded,filled", fontname="{FONT}", fontsize=12, fontcolor={_q(INK)},'
        yield f'    color={_q(LINE)}, fillcolor={_q(PLAIN)}, margin="0.1,0.04", height=0.3]'
        yield f'  edge [fontname="{FONT}", fontsize=11, color={_q(LINE)}, fontcolor={_q(INK)}, arrowsize=0.7]'
        ring = f"label={_q(self._words.ring)}, shape=oval, fillcolor={_q(INK)}, fontcolor=white, group=main"
        yield f"  {_q(RING)} [{ring}]"
        yield from self._nodes()
        for edge in self._drawing.edges():
            yield from self._drawn(edge)
        yield from self._always()
        yield "}"

    # -- nodes -----------------------------------------------------------------------------------

    def _nodes(self) -> Iterator[str]:
        for name, places in self._drawing.groups().items():
            inside = name and len(places) > 1
            if inside:
                yield f"  subgraph {_q(f'cluster_{name}')} {{"
                yield f'    label={_q(self._called(name))}; style="rounded,dashed"; color={_q(FAINT)};'
                yield f"    labeljust=r; fontsize=11; fontcolor={_q(LINE)}; margin=12"
            yield from (self._node(place) for place in places)
            if name == "greeting" and inside:  # beside each other, so that the main path goes straight on below
                yield f"    {{rank=same; {'; '.join(_q(place.name) for place in places)}}}"
            if inside:
                yield "  }"

    def _called(self, group: str) -> str:
        return self._words.frame(group, self._drawing.entered(group))

    def _node(self, place: Placed) -> str:
        state = self._drawing.state(place.name)
        colour, width = STATES.get(state, LINE), WIDTHS.get(state, 1.0)
        more = ", group=main" if place.name in self._drawing.main else ""
        style = ', style="rounded,filled,dashed"' if state == GONE else ""
        return (
            f"    {_q(place.name)} [label=<{self._label(place)}>, fillcolor={_q(FILLS.get(stage(place), PLAIN))},"
            f" color={_q(colour)}, penwidth={width}{more}{style}]"
        )

    def _label(self, place: Placed) -> str:
        drawing = self._drawing
        rows = [f"{escape(place.name)}  {_small(self._words.about(place), LINE)}"]
        if text := drawing.text(place):
            rows.append(_small(text, LINE))
        rows += [_small(change, STATES[CHANGED]) for change in drawing.changes(place.name)]
        if gave_up := drawing.gave_up(place.name):
            rows.append(_small(self._words.gave_up(gave_up), STATES[GONE]))
        cells = "".join(f"<tr><td>{row}</td></tr>" for row in rows)
        return f'<table border="0" cellborder="0" cellspacing="0" cellpadding="1">{cells}</table>'

    # -- lines -----------------------------------------------------------------------------------

    def _always(self) -> Iterator[str]:
        for outcome, target in self._flow.always.items():
            name = _q(f"{ALWAYS} {outcome}")
            text = f"{self._words.anywhere}: {self._words.outcome(outcome)}"
            colour = STATES[MISSED] if self._drawing.missed(ALWAYS, outcome) else LINE
            yield f'  {name} [label={_q(text)}, shape=plaintext, style="", fontsize=11, fontcolor={_q(colour)}]'
            yield f"  {name} -> {_q(target)} [style=dashed, color={_q(colour)}]"

    def _drawn(self, edge: Edge) -> Iterator[str]:
        """A line; each end of the call is drawn where it happens, so that no line crosses the whole picture."""
        if edge.target != END:
            yield self._line(edge, _q(edge.target))
            return
        end = _q(f"end {edge.source} {edge.state}")
        main = ", group=main" if self._drawing.on_main(edge) else ""
        yield f'  {end} [label="", shape=doublecircle, width=0.13, height=0.13, fillcolor={_q(INK)}, margin=0{main}]'
        yield self._line(edge, end)

    def _line(self, edge: Edge, target: str) -> str:
        label = "" if self._drawing.only(edge) else self._words.outcomes(edge.outcomes)
        colour, width, style = LOOKS[edge.state]
        if edge.rare:
            style, colour = style or "dashed", FAINT if colour == LINE else colour
        more = ""
        if self._drawing.on_main(edge):
            more, width = ", weight=100", max(width, 2.2)
        elif self._goes_back(edge):
            more = ", constraint=false"
        if walked := self._drawing.calls(edge):
            calls, share = walked
            told = self._words.calls(calls)
            label = f"{label}\n{told}" if label else told
            width, colour, style = 0.8 + 5 * share, LINE if calls else FAINT, style or ("" if calls else "dashed")
        lit = f", style={style}" if style else ""
        ink = colour if edge.state else LINE if colour == FAINT else INK
        return (
            f"  {_q(edge.source)} -> {target} [label={_q(f' {label} ' if label else '')},"
            f" color={_q(colour)}, penwidth={width:.1f}{lit}{more}, fontcolor={_q(ink)}]"
        )

    def _goes_back(self, edge: Edge) -> bool:
        """Whether a line leads up the main path."""
        main = self._drawing.main
        return edge.source in main and edge.target in main[: main.index(edge.source)]


def _small(text: str, colour: str) -> str:
    return f'<font point-size="10" color="{colour}">{escape(text)}</font>'


def _q(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
