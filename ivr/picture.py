"""A flow as a picture for Graphviz: the main path straight down, protocols grouped, the rest around it.

What is known of it is drawn in: how many calls took each way, what has changed, what no call script has walked.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise

from ivr.call import ALWAYS
from ivr.flow import END, ENTER, Flow, Placed
from ivr.flowdiff import NODES, Change
from ivr.graph import HANGUP, RING, Walked, grouped
from ivr.picturewords import Words

FONT = "WenQuanYi Micro Hei,Noto Sans CJK SC,PingFang SC,Microsoft YaHei,sans-serif"
FILLS = {"greeting": "#dbeafe", "menu": "#fef3c7", "queue": "#dcfce7", "message": "#ffedd5"}
RING_ID = "a call"
"""No node's name: it has a space."""
PLAIN, LINE, FAINT, INK = "#ffffff", "#64748b", "#cbd5e1", "#0f172a"
NEW, GONE, CHANGED, MISSED = "#15803d", "#b91c1c", "#b45309", "#dc2626"
LONGEST = 22
"""Characters of a prompt that are shown; what it is about is in its beginning."""


@dataclass(frozen=True)
class Shown:
    """What is drawn into a flow: the calls that walked it, its changes from `before`, what no script has walked."""

    title: str = ""
    walked: Walked | None = None
    before: Flow | None = None
    changes: tuple[Change, ...] = ()
    missed: frozenset[tuple[str, str]] | None = None
    texts: Mapping[str, str] = field(default_factory=dict)


def dot(flow: Flow, words: Words, shown: Shown | None = None) -> str:
    """The picture in Graphviz's language."""
    return "\n".join(_Picture(flow, words, shown or Shown()).lines()) + "\n"


@dataclass(frozen=True)
class Edge:
    """The ways from a node to one target, drawn as one line."""

    source: str
    target: str
    outcomes: list[str]
    state: str = ""


class _Picture:
    def __init__(self, flow: Flow, words: Words, shown: Shown) -> None:
        self._flow, self._words, self._shown = flow, words, shown
        gone = shown.before.nodes if shown.before else {}
        self._gone = {name: place for name, place in gone.items() if name not in flow.nodes and self._is_gone(name)}
        self._main = main_path(flow, shown.walked)

    def lines(self) -> Iterator[str]:
        """All of it."""
        yield "digraph flow {"
        yield f'  graph [rankdir=TB, nodesep=0.3, ranksep=0.42, pad=0.3, fontname="{FONT}", fontsize=15, labelloc=t,'
        yield f"    labeljust=l, fontcolor={_q(INK)}, label={_q(self._shown.title)}, dpi=110]"
        yield f'  node [shape=box, style="rounded,filled", fontname="{FONT}", fontsize=12, fontcolor={_q(INK)},'
        yield f'    color={_q(LINE)}, fillcolor={_q(PLAIN)}, margin="0.1,0.04", height=0.3]'
        yield f'  edge [fontname="{FONT}", fontsize=11, color={_q(LINE)}, fontcolor={_q(INK)}, arrowsize=0.7]'
        ring = f"label={_q(self._words.ring)}, shape=oval, fillcolor={_q(INK)}, fontcolor=white, group=main"
        yield f"  {_q(RING_ID)} [{ring}]"
        yield from self._nodes()
        yield from self._edges()
        yield "}"

    # -- nodes -----------------------------------------------------------------------------------

    def _nodes(self) -> Iterator[str]:
        groups: dict[str, list[Placed]] = {}
        for place in (*self._flow.nodes.values(), *self._gone.values()):
            groups.setdefault(group(place, self._flow), []).append(place)
        for name, places in groups.items():
            inside = name and len(places) > 1
            if inside:
                yield f"  subgraph {_q(f'cluster_{name}')} {{"
                yield f'    label={_q(self._called(name))}; style="rounded,dashed"; color={_q(FAINT)};'
                yield f"    labeljust=r; fontsize=11; fontcolor={_q(LINE)}; margin=12"
            yield from (self._node(place) for place in places)
            if name == "greeting" and inside:  # beside each other, so that the main path goes straight on below
                yield f"    {{rank=same; {'; '.join(_id(place.name) for place in places)}}}"
            if inside:
                yield "  }"

    def _called(self, group_: str) -> str:
        """What stands over a group: the name of a protocol; or of a subflow, behind the node that enters it."""
        if (place := self._flow.nodes.get(group_)) and ENTER in place.then:
            return f"{group_} · {self._words.type(place.node.type)} {getattr(place.node, 'flow', '')}"
        return self._words.group(group_)

    def _node(self, place: Placed) -> str:
        stage = place.node.stage or ("greeting" if getattr(place.node, "mark", None) else "")
        colour, width = self._state(place.name)
        more = ", group=main" if place.name in self._main else ""
        style = ', style="rounded,filled,dashed"' if place.name in self._gone else ""
        return (
            f"    {_id(place.name)} [label=<{self._label(place)}>, fillcolor={_q(FILLS.get(stage, PLAIN))},"
            f" color={_q(colour)}, penwidth={width}{more}{style}]"
        )

    def _label(self, place: Placed) -> str:
        node = place.node
        about = " · ".join(filter(None, (self._words.type(node.type), str(getattr(node, "queue", "")))))
        rows = [f"{escape(place.name)}  {_small(about, LINE)}"]
        if text := self._shown.texts.get(str(getattr(node, "prompt", ""))):
            rows.append(_small(text if len(text) <= LONGEST else f"{text[:LONGEST]}…", LINE))
        rows += [_small(change.text.partition(": ")[2] or change.text, CHANGED) for change in self._changes(place.name)]
        walked = self._shown.walked
        if walked and walked.given_up[place.name]:
            rows.append(_small(self._words.gave_up(walked.given_up[place.name]), GONE))
        cells = "".join(f"<tr><td>{row}</td></tr>" for row in rows)
        return f'<table border="0" cellborder="0" cellspacing="0" cellpadding="1">{cells}</table>'

    def _changes(self, name: str) -> Iterator[Change]:
        """The changes that are told inside a node; those of its outcomes are lines."""
        for change in self._shown.changes:
            if change.path[:2] == (NODES, name) and (change.before or change.path[2:3] not in ((), ("then",))):
                yield change

    def _is_gone(self, name: str) -> bool:
        return any(change.path == (NODES, name) for change in self._shown.changes)

    def _state(self, name: str) -> tuple[str, float]:
        before, missed = self._shown.before, self._shown.missed
        if name in self._gone:
            return GONE, 2
        if any(change.path == (NODES, name) for change in self._shown.changes) and before and name not in before.nodes:
            return NEW, 2.5
        if any(change.path[:2] == (NODES, name) for change in self._shown.changes):
            return CHANGED, 2.5
        if missed and any(node == name for node, _ in missed):
            return MISSED, 2
        return LINE, 1

    # -- edges -----------------------------------------------------------------------------------

    def _edges(self) -> Iterator[str]:
        yield self._line(Edge(RING_ID, self._flow.start, []))
        for place in self._flow.nodes.values():
            for edge in self._of(place):
                yield from self._drawn(edge)
        for place in self._gone.values():
            for target, outcomes in grouped(place.then).items():
                yield from self._drawn(Edge(place.name, target, outcomes, "gone"))
        for outcome, target in self._flow.always.items():
            name = _q(f"{ALWAYS} {outcome}")
            text = f"{self._words.anywhere}: {self._words.outcome(outcome)}"
            missed = self._shown.missed and (ALWAYS, outcome) in self._shown.missed
            colour = MISSED if missed else LINE
            yield f'  {name} [label={_q(text)}, shape=plaintext, style="", fontsize=11, fontcolor={_q(colour)}]'
            yield f"  {name} -> {_id(target)} [style=dashed, color={_q(colour)}]"

    def _of(self, place: Placed) -> Iterator[Edge]:
        """A node's lines, one per target; outcomes that were led elsewhere before, or never walked, have their own."""
        before = self._before(place.name)
        states: dict[str, dict[str, str]] = {}
        for outcome, target in place.then.items():
            state = ""
            if before is not None and before.get(outcome) != target:
                state = "new"
            if self._shown.missed and (place.name, outcome) in self._shown.missed:
                state = "missed"
            states.setdefault(state, {})[outcome] = target
        for state, then in states.items():
            for target, outcomes in grouped(then).items():
                yield Edge(place.name, target, outcomes, state)
        for outcome, target in (before or {}).items():
            if place.then.get(outcome) != target and (
                target == END or target in self._flow.nodes or target in self._gone
            ):
                yield Edge(place.name, target, [outcome], "gone")

    def _before(self, name: str) -> Mapping[str, str] | None:
        """Where a node's outcomes led before, by the names that their targets have now."""
        before = self._shown.before
        if before is None:
            return None
        names = {change.before: change.path[1] for change in self._shown.changes if change.before}
        old = next((was for was, now in names.items() if now == name), name)
        place = before.nodes.get(old)
        return {outcome: names.get(to, to) for outcome, to in place.then.items()} if place else {}

    def _drawn(self, edge: Edge) -> Iterator[str]:
        """A line; each end of the call is drawn where it happens, so that no line crosses the whole picture."""
        if edge.target != END:
            yield self._line(edge)
            return
        end = _q(f"end {edge.source} {edge.state}")
        main = ", group=main" if self._on_main(edge) else ""
        yield f'  {end} [label="", shape=doublecircle, width=0.13, height=0.13, fillcolor={_q(INK)}, margin=0{main}]'
        yield self._line(edge, end)

    def _line(self, edge: Edge, target: str = "") -> str:
        label = "" if self._only(edge) else self._words.outcomes(edge.outcomes)
        colour, width, style = _LOOKS[edge.state]
        failure = edge.outcomes == ["failed"]
        if failure or edge.outcomes == ["ended"]:
            style, colour = style or "dashed", FAINT if colour == LINE else colour
        more = ""
        if self._on_main(edge):
            more, width = ", weight=100", max(width, 2.2)
        elif edge.target in self._main[: self._main.index(edge.source)] if edge.source in self._main else False:
            more = ", constraint=false"
        walked = self._shown.walked
        if walked and edge.state != "gone":
            calls, label, width, colour = self._calls(walked, edge, label)
            style = style or ("" if calls else "dashed")
        lit = f", style={style}" if style else ""
        ink = colour if edge.state else LINE if colour == FAINT else INK
        return (
            f"  {_id(edge.source)} -> {target or _id(edge.target)} [label={_q(f' {label} ' if label else '')},"
            f" color={_q(colour)}, penwidth={width:.1f}{lit}{more}, fontcolor={_q(ink)}]"
        )

    def _calls(self, walked: Walked, edge: Edge, label: str) -> tuple[int, str, float, str]:
        """How many took this line, and how thick and dark that makes it."""
        source = RING if edge.source == RING_ID else edge.source
        calls = walked.edges[source, HANGUP if edge.target == END else edge.target]
        all_ = walked.edges[RING, self._flow.start] or 1
        told = self._words.calls(calls)
        return calls, f"{label}\n{told}" if label else told, 0.8 + 5 * calls / all_, LINE if calls else FAINT

    def _only(self, edge: Edge) -> bool:
        """Whether a line has all outcomes of its node, and so needs no word."""
        place = self._flow.nodes.get(edge.source)
        return place is not None and len(edge.outcomes) == len(place.then)

    def _on_main(self, edge: Edge) -> bool:
        way = (RING_ID, *self._main)
        return edge.state != "gone" and (edge.source, edge.target) in pairwise(way)


_LOOKS = {
    "": (LINE, 1.0, ""), "new": (NEW, 2.5, ""), "gone": (GONE, 1.5, "dashed"), "missed": (MISSED, 2.5, ""),
}  # fmt: skip


def main_path(flow: Flow, walked: Walked | None = None) -> tuple[str, ...]:
    """The way most calls take; where none are known, the way of a caller who is served, by the first outcomes."""
    way: list[str] = []
    name = flow.start
    while name in flow.nodes and name not in way:
        way.append(name)
        node, then = flow.nodes[name].node, flow.nodes[name].then
        likely = [to for outcome, to in then.items() if outcome not in (*node.chance, "failed") and to not in way]
        if walked and likely:
            likely.sort(key=lambda to: -walked.edges[way[-1], HANGUP if to == END else to])
        name = likely[0] if likely else END
    return (*way, END) if name == END else tuple(way)


def group(place: Placed, flow: Flow) -> str:
    """Where a node belongs: a subflow; the greeting, with goodbyes that have a mark; queues and who leads to them."""
    node = place.node
    entered = place.name.partition(".")[0]
    if entered in flow.nodes and ENTER in flow.nodes[entered].then:
        return entered
    if node.stage == "greeting" or getattr(node, "mark", None):
        return "greeting"
    ahead = {target for outcome, target in place.then.items() if outcome != "failed"}
    to_queue = bool(ahead) and all(to in flow.nodes and flow.nodes[to].node.stage == "queue" for to in ahead)
    return "queue" if node.stage == "queue" or (to_queue and not node.stage) else ""


def _small(text: str, colour: str) -> str:
    return f'<font point-size="10" color="{colour}">{escape(text)}</font>'


def _id(name: str) -> str:
    return _q(name)


def _q(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
