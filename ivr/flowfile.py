"""Text to Flow, or every fault with its line. Scalars are read as text: `8:30`, `no` and `1` mean themselves."""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import yaml

import ivr.nodes  # noqa: F401 - registers the node types
from ivr.faults import Fault, Faults
from ivr.flow import END, KEYS, NODE_TYPES, Flow, Limit, Node, Placed
from ivr.settingtypes import BadSetting, convert, seconds, settings_of

TOP = ("flow", "start", "always", "limits", "nodes", "about")
ALWAYS = ("failed", "line_noisy")
LIMITS = ("person", "end")
NAME = re.compile(r"[\w-]+")
DEEPEST = 20
"""Mappings and lists within each other; a flow needs four."""
MOST_BYTES = 1 << 20

_UNREADABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LINE_END = re.compile("\r\n|[\n\r\x85\u2028\u2029]")


class Entry(NamedTuple):
    """One `name: value` of the file."""

    key: yaml.Node
    value: yaml.Node


Entries = Mapping[str, Entry]


def load(path: Path) -> Flow:
    """The flow in a file; raises Faults."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise Faults([Fault(str(path), 1, 1, f"the file cannot be read: {error.strerror}")]) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise Faults([Fault(str(path), line, 1, "this is not UTF-8 text; save the file as UTF-8")]) from None
    return parse(text, str(path))


def parse(text: str, file: str = "flow.yaml") -> Flow:
    """The flow in a text; raises Faults with every mistake."""
    return _Reader(text, file).flow()


class _Reader:
    """Walks the YAML tree once, collecting faults instead of stopping at the first."""

    def __init__(self, text: str, file: str) -> None:
        self.text, self.file = text, file
        self.lines = _LINE_END.split(text)
        self.faults: list[Fault] = []

    def flow(self) -> Flow:
        top = self._mapping(self._tree(), "the flow file", TOP)
        name = self._text(top, "flow")
        nodes = self._nodes(top.get("nodes"))
        start = self._text(top, "start")
        always = self._always(top.get("always"))
        limits = self._limits(top.get("limits"))
        for key, why in _WHY.items():
            if key not in top:
                self._fault(None, f"`{key}:` is missing; {why}")
        self._targets(top)
        if self.faults:
            raise Faults(self.faults)
        digest = hashlib.sha256(self.text.encode()).hexdigest()
        return Flow(name, start, nodes, always, self.text, digest, self.file, limits=limits)

    # -- YAML ------------------------------------------------------------------------------------

    def _tree(self) -> yaml.Node | None:
        """The file as YAML sees it; what YAML has and a flow does not need is refused."""
        if len(self.text) > MOST_BYTES:
            raise Faults([Fault(self.file, 1, 1, f"the file is too large for a flow; at most {MOST_BYTES} letters")])
        if bad := _UNREADABLE.search(self.text):
            line, column = self._place(bad.start())
            text = f"an unprintable character ({ord(bad[0]):#04x}) stands here; take it out"
            raise Faults([Fault(self.file, line, column, text)])
        try:
            self._scan()
            tree: yaml.Node | None = None if self.faults else yaml.compose(self.text, Loader=yaml.CSafeLoader)
        except yaml.MarkedYAMLError as error:
            raise Faults([*self.faults, self._not_yaml(error)]) from None
        if self.faults:
            raise Faults(self.faults)
        return tree

    def _scan(self) -> None:
        """Finds aliases, tags, second documents and nesting without end, before any of it is followed."""
        depth = documents = 0
        for event in yaml.parse(self.text, Loader=yaml.CSafeLoader):
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                self._fault(
                    event, "`&name` and `*name` are not used in a flow; write it out, or put the text in quotes"
                )
            elif getattr(event, "tag", None):
                self._fault(event, f"`{event.tag}` is not used in a flow; take it out, or put the text in quotes")
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents == 2:
                    self._fault(event, "a second document begins here (`---`); one file holds one flow")
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > DEEPEST:
                    self._fault(event, f"this is nested more than {DEEPEST} deep; a flow needs four levels")
                    return
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1

    def _not_yaml(self, error: yaml.MarkedYAMLError) -> Fault:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        line = min(line, len(self.lines))
        written = self.lines[line - 1]
        indent = written[: len(written) - len(written.lstrip(" \t"))]
        if "\t" in indent:
            column = indent.index("\t") + 1
            return Fault(self.file, line, column, "a tab stands in the indentation; write spaces instead")
        return Fault(self.file, line, column, f"not readable as YAML: {error.problem}; write `name: value` lines")

    def _place(self, position: int) -> tuple[int, int]:
        lines = _LINE_END.split(self.text[:position])
        return len(lines), len(lines[-1]) + 1

    def _fault(self, at: "yaml.Node | yaml.Event | None", text: str) -> None:
        line, column = (at.start_mark.line + 1, at.start_mark.column + 1) if at else (1, 1)
        self.faults.append(Fault(self.file, min(line, len(self.lines)), column, text))

    def _mapping(self, node: yaml.Node | None, what: str, known: tuple[str, ...] = ()) -> Entries:
        """Keys to entries; says what is doubled, unknown, or no mapping at all."""
        found: dict[str, Entry] = {}
        if node is None:
            return found
        if not isinstance(node, yaml.MappingNode):
            self._fault(node, f"{what} must be made of `name: value` lines")
            return found
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._fault(key, f"a list or a group stands where a name is expected in {what}; write `name: value`")
            elif key.value in found:
                first = found[key.value].key.start_mark.line + 1
                self._fault(
                    key, f"`{key.value}` stands in {what} already, in line {first}; keep one or name it otherwise"
                )
            elif known and key.value not in known:
                self._fault(key, f"`{key.value}` is not known in {what}; known are {', '.join(known)}")
            else:
                found[key.value] = Entry(key, value)
        return found

    def _text(self, entries: Entries, name: str) -> str:
        """The text of an entry; empty, and a fault, where it has none; empty where the entry is missing."""
        if name not in entries:
            return ""
        node = entries[name].value
        if isinstance(node, yaml.ScalarNode) and node.value.strip():
            return str(node.value).strip()
        self._fault(node, f"`{name}:` says nothing; write one word or sentence behind it")
        return ""

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
                    limits[name] = Limit(seconds(written), one.key.start_mark.line + 1)
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
        lines = {key: one.key.start_mark.line + 1 for key, one in fields.items()}
        return Placed(name, made, then, entry.key.start_mark.line + 1, lines) if made else None

    def _then(self, name: str, kind: type[Node], entry: Entry, leads: Entry | None) -> dict[str, str]:
        found = self._mapping(leads and leads.value, f"`then` of node `{name}`")
        known = {*kind.outcomes, "failed"} | (KEYS if kind.keys_lead else set())
        for outcome, one in found.items():
            if outcome not in known:
                words = ", ".join([*kind.outcomes, "failed"]) + (" and the keys 0-9 * #" if kind.keys_lead else "")
                self._fault(one.key, f"node `{name}` ({kind.type}) has no outcome `{outcome}`; it has {words}")
        for outcome in kind.outcomes:
            if outcome not in found and outcome not in kind.instead:
                at = leads.key if leads else entry.key
                self._fault(at, f"node `{name}` does not say where `{outcome}` leads; add `{outcome}:` under `then:`")
        leading = {outcome: self._text(found, outcome) for outcome in found}
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
            elif written := self._text(fields, key):
                try:
                    values[key] = convert(known[key].type, written)
                except BadSetting as bad:
                    self._fault(one.value, f"`{key}: {written}` of node `{name}`: {bad}")
        for key, setting in known.items():
            if setting.required and key not in fields:
                self._fault(entry.key, f"node `{name}` ({kind.type}) needs `{key}:`; add it")
        if len(self.faults) > before:
            return None
        if kind.keys_lead:
            values["choices"] = tuple(key for key in then if key in KEYS)
        made = kind(**values)
        if mistake := made.mistake():
            self._fault(entry.key, f"node `{name}` ({kind.type}): {mistake}")
        return made

    def _targets(self, top: Entries) -> None:
        """Every target named anywhere must be a node or `end`."""
        nodes = _quiet(top.get("nodes"))
        self._check_targets({"start": top["start"]} if "start" in top else {}, {*nodes}, "")
        self._check_targets(_quiet(top.get("always")), {*nodes}, "`always`: ")
        for name, entry in nodes.items():
            self._check_targets(_quiet(_quiet(entry).get("then")), {*nodes, END}, f"node `{name}`: ")

    def _check_targets(self, targets: Entries, names: set[str], where: str) -> None:
        for outcome, (_, node) in targets.items():
            if isinstance(node, yaml.ScalarNode) and node.value.strip() and node.value.strip() not in names:
                ours = f"write the name of a node{' or `end`' if END in names else ''}"
                self._fault(node, f"{where}`{outcome}` leads to `{node.value}`, but no node has that name; {ours}")


def _quiet(entry: Entry | None) -> dict[str, Entry]:
    """The entries of a mapping whose faults have been told already."""
    if entry is None or not isinstance(entry.value, yaml.MappingNode):
        return {}
    return {key.value: Entry(key, value) for key, value in entry.value.value if isinstance(key, yaml.ScalarNode)}


_WHY = {
    "flow": "give the flow a name",
    "start": "name the node a call begins with",
    "always": "name at least the node for `failed`",
    "nodes": "list the nodes of the flow",
}
