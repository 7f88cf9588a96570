"""Text to Flow, or every fault with its line. Scalars are read as text: `8:30`, `no` and `1` mean themselves."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import yaml

import ivr.nodes  # noqa: F401 - registers the node types
from ivr.faults import Fault, Faults
from ivr.flow import END, KEYS, NODE_TYPES, Answered, Flow, HalfRead, Limit, Node, Placed
from ivr.flowmark import made_from, marked, unmarked
from ivr.flowparts import parts, whole
from ivr.nodes.subflow import Subflow
from ivr.settingtypes import BadSetting, Setting, answered, convert, seconds, settings_of
from ivr.subflows import RETURN, Inliner, Part
from ivr.yamlfile import Entries, Entry, YamlReader, mark, quiet, read

TOP = ("flow", "start", "always", "limits", "nodes", "about")
PART = ("subflow", "start", "nodes", "about")
SUBFLOWS = "subflows"
"""The folder of subflows, beside the flows."""
ALWAYS = ("failed", "line_noisy")
LIMITS = ("person", "end")
NAME = re.compile(r"[\w-]+")
_FLOW, _PART = re.compile(r"^flow\s*:", re.MULTILINE), re.compile(r"^subflow\s*:", re.MULTILINE)


def load(path: Path) -> Flow:
    """The flow in a file, with the subflows of the folder beside it; raises Faults."""
    return parse(read(path), str(path), path.parent / SUBFLOWS)


def parse(text: str, file: str = "flow.yaml", folder: Path | None = None) -> Flow:
    """The flow in a text, with the subflows behind it or in a folder; raises Faults with every mistake."""
    own, *behind = parts(unmarked(text))
    if is_part(own):
        raise Faults([Fault(file, 1, 1, "this is a subflow, and no flow by itself: name the flow that uses it")])
    flow = _Reader(own if behind else text, file).flow()
    if not behind and not any(isinstance(place.node, Subflow) for place in flow.nodes.values()):
        return flow
    inliner = Inliner(_Shelf(behind, file, folder), file)
    try:
        nodes = inliner.nodes(flow.nodes)
    except Faults as broken:
        raise HalfRead(broken, flow) from None
    if inliner.faults:
        raise HalfRead(set(inliner.faults), replace(flow, nodes=nodes))
    joined = whole([own, *(part.text for part in inliner.used.values())])
    joined = marked(joined, version) if (version := made_from(text)) else joined
    return replace(flow, nodes=nodes, text=joined, hash=_digest(joined))


class _Shelf:
    """The subflows there are: those behind the flow in its text, before those of a folder."""

    def __init__(self, behind: list[str], file: str, folder: Path | None) -> None:
        read = (parse_part(text, f"{file} (subflow {number})") for number, text in enumerate(behind, 1))
        self._behind = {part.name: part for part in read}
        self._files = {one.stem: one for one in sorted(folder.glob("*.yaml"))} if folder else {}

    @property
    def names(self) -> list[str]:
        """All of them."""
        return sorted({*self._behind, *self._files})

    def find(self, name: str) -> Part | None:
        """A subflow by its name; raises Faults where it cannot be read."""
        path = self._files.get(name)
        return self._behind.get(name) or (parse_part(read(path), str(path)) if path else None)


def is_part(text: str) -> bool:
    """Whether a text is meant as a subflow."""
    return bool(_PART.search(text)) and not _FLOW.search(text)


def parse_part(text: str, file: str) -> Part:
    """The subflow in a text; raises Faults with every mistake."""
    return _Reader(text, file).part()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class _Reader(YamlReader):
    """Walks the YAML tree once, collecting faults instead of stopping at the first."""

    def flow(self) -> Flow:
        top = self._mapping(self._tree(), "the flow file", TOP)
        name = self._text(top, "flow")
        nodes = self._nodes(top.get("nodes"))
        start = self._text(top, "start")
        always = self._always(top.get("always"))
        limits = self._limits(top.get("limits"))
        for key in ("flow", "start", "always", "nodes"):
            if key not in top:
                self._fault(None, f"`{key}:` is missing; {_WHY[key]}")
        self._targets(top)
        flow = Flow(name, start, nodes, always, self.text, _digest(self.text), self.file, limits=limits)
        if self.faults:
            raise HalfRead(self.faults, flow, self._leads(top))
        return flow

    def _leads(self, top: Entries) -> dict[str, set[str]]:
        """Where each node leads as it is written, those that could not be read too."""
        return {
            name: {str(one.value.value).strip() for one in quiet(quiet(entry).get("then")).values()}
            for name, entry in quiet(top.get("nodes")).items()
        }

    def part(self) -> Part:
        """The subflow in the text."""
        top = self._mapping(self._tree(), "the subflow file", PART)
        name, start = self._text(top, "subflow"), self._text(top, "start")
        nodes = {one: replace(place, file=self.file) for one, place in self._nodes(top.get("nodes")).items()}
        for key in ("subflow", "start", "nodes"):
            if key not in top:
                self._fault(None, f"`{key}:` is missing; {_WHY[key]}")
        if "return" in nodes:
            self._fault(None, "`return` leads back to the flow and cannot be a node's name; name it otherwise")
        self._targets(top, RETURN)
        if self.faults:
            raise HalfRead(self.faults, Flow(name, start, nodes, {}, self.text, file=self.file), self._leads(top))
        return Part(name, start, nodes, self.text)

    # -- the flow --------------------------------------------------------------------------------

    def _always(self, entry: Entry | None) -> dict[str, str]:
        if entry is None:
            return {}
        found = self._mapping(entry.value, "`always`", ALWAYS)
        if "failed" not in found:
            self._fault(entry.key, "`always` must name a node for `failed`: where a caller goes when something breaks")
        return {key: self._text(found, key) for key in found}

    def _limits(self, entry: Entry | None) -> dict[str, Limit]:
        limits = {}
        found = self._mapping(entry.value, "`limits`", LIMITS) if entry else {}
        for name, one in found.items():
            if written := self._text(found, name):
                try:
                    limits[name] = Limit(seconds(written), mark(one.value))
                except BadSetting as bad:
                    self._fault(one.value, f"`{name}: {written}` of `limits`: {bad}")
        return limits

    def _nodes(self, entry: Entry | None) -> dict[str, Placed]:
        placed = {}
        for name, one in self._mapping(entry and entry.value, "`nodes`").items():
            if name == END:
                self._fault(one.key, f"`{END}` ends the call and cannot be a node's name; name it otherwise")
            elif not NAME.fullmatch(name):
                self._fault(one.key, f"`{name}` cannot be a node's name; write letters, digits, `-` and `_` only")
            elif made := self._node(name, one):
                placed[name] = made
        return placed

    def _node(self, name: str, entry: Entry) -> Placed | None:
        fields = dict(self._mapping(entry.value, f"node `{name}`"))
        known = ", ".join(sorted(NODE_TYPES))
        if "type" not in fields:
            self._fault(entry.key, f"node `{name}` has no `type:`; write one of {known}")
            return None
        written = self._text(fields, "type")
        kind = NODE_TYPES.get(written)
        if kind is None:
            if written:
                self._fault(fields["type"].value, f"`{written}` is no node type; known are {known}")
            return None
        fields.pop("type")
        leads = fields.pop("then", None)
        then = self._then(name, kind, entry, leads)
        made = self._settings(name, kind, entry, fields, then)
        settings_at = {key: mark(one.value) for key, one in fields.items()}
        return Placed(name, made, then, mark(entry.key), settings_at) if made else None

    def _then(self, name: str, kind: type[Node], entry: Entry, leads: Entry | None) -> dict[str, str]:
        found = self._mapping(leads and leads.value, f"`then` of node `{name}`")
        known = {*kind.outcomes, "failed"} | (KEYS if kind.keys_lead else set())
        for outcome, one in found.items():
            if outcome not in known and not kind.values_lead:
                words = ", ".join([*kind.outcomes, "failed"]) + (" and the keys 0-9 * #" if kind.keys_lead else "")
                self._fault(one.key, f"node `{name}` ({kind.type}) has no outcome `{outcome}`; it has {words}")
        for outcome in kind.outcomes:
            if outcome not in found and outcome not in kind.instead:
                at = leads.key if leads else entry.key
                self._fault(at, f"node `{name}` does not say where `{outcome}` leads; add `{outcome}:` under `then:`")
        there = [outcome for outcome in found if outcome in known or kind.values_lead]
        leading = {outcome: self._text(found, outcome) for outcome in there}
        for outcome, other in kind.instead.items():
            leading.setdefault(outcome, leading.get(other, END))
        return leading

    def _settings(
        self, name: str, kind: type[Node], entry: Entry, fields: Entries, then: Mapping[str, str]
    ) -> Node | None:
        known = {key: setting for key, setting in settings_of(kind).items() if key != "choices"}
        values: dict[str, object] = {}
        before = len(self.faults)
        for key, one in fields.items():
            if key not in known:
                self._fault(one.key, f"`{key}` is no setting of `{kind.type}`; it has {', '.join(known)}")
            elif (value := self._value(name, known[key], fields)) is not None:
                values[key] = value
        for key, setting in known.items():
            if setting.required and key not in fields:
                self._fault(entry.key, f"node `{name}` ({kind.type}) needs `{key}:`; add it")
        if any(setting.required and key not in values for key, setting in known.items()):
            return None
        if kind.keys_lead:
            values["choices"] = tuple(key for key in then if key in KEYS)
        if kind.values_lead:
            values["choices"] = tuple(value for value in then if value not in (*kind.outcomes, "failed"))
        made = kind(**values)
        if len(self.faults) == before and (mistake := made.mistake()):
            self._fault(entry.key, f"node `{name}` ({kind.type}): {mistake}")
        return made

    def _value(self, name: str, setting: Setting, fields: Entries) -> object:
        """What is written for a setting; None where it is nothing, or wrong."""
        entry = fields[setting.name]
        try:
            if setting.type is Answered:
                found = self._mapping(entry.value, f"`{setting.name}` of node `{name}`")
                return answered({fact: self._text(found, fact) for fact in found})
            written = self._text(fields, setting.name)
            return convert(setting.type, written) if written else None
        except BadSetting as bad:
            shown = f": {entry.value.value}" if isinstance(entry.value, yaml.ScalarNode) else ""
            self._fault(entry.value, f"`{setting.name}{shown}` of node `{name}`: {bad}")
            return None

    def _targets(self, top: Entries, more: re.Pattern[str] | None = None) -> None:
        """Every target named anywhere must be a node, or `end`, or, behind a node, one of `more`."""
        nodes = quiet(top.get("nodes"))
        self._check_targets({"start": top["start"]} if "start" in top else {}, {*nodes}, "")
        self._check_targets(quiet(top.get("always")), {*nodes}, "`always`: ")
        for name, entry in nodes.items():
            self._check_targets(quiet(quiet(entry).get("then")), {*nodes, END}, f"node `{name}`: ", more)

    def _check_targets(
        self, targets: Entries, names: set[str], where: str, more: re.Pattern[str] | None = None
    ) -> None:
        for outcome, (_, node) in targets.items():
            if isinstance(node, yaml.ScalarNode) and node.value.strip() and node.value.strip() not in names:
                if more and more.fullmatch(node.value.strip()):
                    continue
                nodes = "write the name of a node or `end`" if END in names else "write the name of a node"
                ours = "write the name of a node, `end` or `return`" if more else nodes
                self._fault(node, f"{where}`{outcome}` leads to `{node.value}`, but no node has that name; {ours}")


_WHY = {
    "flow": "give the flow a name",
    "subflow": "give the subflow a name",
    "start": "name the node a call begins with",
    "always": "name at least the node for `failed`",
    "nodes": "list the nodes of the flow",
}
