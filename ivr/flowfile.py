"""Text to Flow, or every fault with its line. Scalars are read as text: `8:30`, `no` and `1` mean themselves."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import yaml

import ivr.nodes  # noqa: F401 - registers the node types
from ivr.faults import Fault, Faults
from ivr.flow import END, NODE_TYPES, Flow, Node, Placed
from ivr.settingtypes import BadSetting, convert, settings_of

TOP = ("flow", "start", "always", "nodes", "about")
ALWAYS = ("failed", "line_noisy")
KEYS = frozenset("0123456789*#")


def load(path: Path) -> Flow:
    """The flow in a file; raises Faults."""
    try:
        text = path.read_bytes().decode("utf-8")
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
        self.faults: list[Fault] = []

    def flow(self) -> Flow:
        top = self._mapping(self._compose(), "the flow file", TOP)
        name = self._text(top.get("flow"), "flow")
        nodes = self._nodes(top.get("nodes"))
        start = self._text(top.get("start"), "start")
        always = self._always(top.get("always"))
        for key in ("flow", "start", "always", "nodes"):
            if key not in top:
                self._fault(None, f"`{key}:` is missing; {_WHY[key]}")
        self._targets(top, nodes)
        if self.faults:
            raise Faults(self.faults)
        digest = hashlib.sha256(self.text.encode()).hexdigest()
        return Flow(name, start, nodes, always, self.text, digest, self.file)

    def _compose(self) -> yaml.Node | None:
        try:
            tree: yaml.Node | None = yaml.compose(self.text, Loader=yaml.CSafeLoader)
            return tree
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark
            line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
            why = str(error.problem or error)
            if "\t" in self.text.splitlines()[line - 1 : line][:1].__str__():
                why = "a tab stands in the indentation; write spaces instead"
            raise Faults([*self.faults, Fault(self.file, line, column, f"not readable as YAML: {why}")]) from None
        except yaml.YAMLError as error:
            raise Faults([Fault(self.file, 1, 1, f"not readable as YAML: {error}")]) from None

    def _fault(self, at: yaml.Node | None, text: str) -> None:
        line, column = (at.start_mark.line + 1, at.start_mark.column + 1) if at else (1, 1)
        self.faults.append(Fault(self.file, line, column, text))

    def _mapping(self, node: yaml.Node | None, what: str, known: tuple[str, ...] = ()) -> dict[str, yaml.Node]:
        """Keys to nodes; says what is doubled, unknown, or no mapping at all."""
        found: dict[str, yaml.Node] = {}
        if node is None:
            return found
        if not isinstance(node, yaml.MappingNode):
            self._fault(node, f"{what} must be a list of `name: value` lines")
            return found
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._fault(key, f"a name is expected in {what}")
            elif key.value in found:
                self._fault(key, f"`{key.value}` stands twice in {what}; keep one of them")
            elif known and key.value not in known:
                self._fault(key, f"`{key.value}` is not known in {what}; known are {', '.join(known)}")
            else:
                found[key.value] = value
        return found

    def _text(self, node: yaml.Node | None, what: str) -> str:
        if node is None:
            return ""
        if isinstance(node, yaml.ScalarNode) and node.value.strip():
            return str(node.value).strip()
        self._fault(node, f"`{what}` must be one word or sentence")
        return ""

    def _always(self, node: yaml.Node | None) -> dict[str, str]:
        found = self._mapping(node, "`always`", ALWAYS)
        if node is not None and "failed" not in found:
            self._fault(node, "`always` must name a node for `failed`: where a caller goes when something breaks")
        return {key: self._text(value, key) for key, value in found.items()}

    def _nodes(self, node: yaml.Node | None) -> dict[str, Placed]:
        placed = {}
        for name, value in self._mapping(node, "`nodes`").items():
            if name == END:
                self._fault(value, f"`{END}` ends the call and cannot be a node's name")
            made = self._node(name, value)
            if made:
                placed[name] = made
        return placed

    def _node(self, name: str, node: yaml.Node) -> Placed | None:
        fields = self._mapping(node, f"node `{name}`")
        type_node = fields.pop("type", None)
        if type_node is None:
            self._fault(node, f"node `{name}` has no `type:`; write one of {', '.join(sorted(NODE_TYPES))}")
            return None
        kind = NODE_TYPES.get(self._text(type_node, "type"))
        if kind is None:
            known = ", ".join(sorted(NODE_TYPES))
            self._fault(type_node, f"`{self._text(type_node, 'type')}` is no node type; known are {known}")
            return None
        then = {key: self._text(value, key) for key, value in self._then(name, fields.pop("then", None)).items()}
        self._outcomes(name, kind, node, then)
        made = self._settings(name, kind, node, fields, then)
        return Placed(name, made, then, node.start_mark.line + 1) if made else None

    def _then(self, name: str, node: yaml.Node | None) -> dict[str, yaml.Node]:
        return self._mapping(node, f"`then` of node `{name}`")

    def _outcomes(self, name: str, kind: type[Node], at: yaml.Node, then: Mapping[str, str]) -> None:
        known = {*kind.outcomes, "failed"} | (KEYS if kind.keys_lead else set())
        for outcome in then:
            if outcome not in known:
                words = ", ".join([*kind.outcomes, "failed"]) + (" and the keys 0-9 * #" if kind.keys_lead else "")
                self._fault(at, f"node `{name}` ({kind.type}) has no outcome `{outcome}`; it has {words}")
        for outcome in kind.outcomes:
            if outcome not in then and outcome != "ended":
                self._fault(at, f"node `{name}` does not say where `{outcome}` leads; add it under `then:`")

    def _settings(
        self, name: str, kind: type[Node], at: yaml.Node, fields: dict[str, yaml.Node], then: Mapping[str, str]
    ) -> Node | None:
        known = settings_of(kind)
        values: dict[str, object] = {}
        before = len(self.faults)
        if kind.keys_lead:
            values["choices"] = tuple(key for key in then if key in KEYS)
        for key, node in fields.items():
            if key not in known or key == "choices":
                words = ", ".join(word for word in known if word != "choices")
                self._fault(node, f"`{key}` is no setting of `{kind.type}`; it has {words}")
                continue
            try:
                values[key] = convert(known[key].type, self._text(node, key))
            except BadSetting as bad:
                self._fault(node, f"`{key}: {self._text(node, key)}` of node `{name}`: {bad}")
        for key, setting in known.items():
            if setting.required and key not in fields:
                self._fault(at, f"node `{name}` ({kind.type}) needs `{key}:`")
        return kind(**values) if len(self.faults) == before else None

    def _targets(self, top: Mapping[str, yaml.Node], placed: Mapping[str, Placed]) -> None:
        """Every target named anywhere must be a node or `end`."""
        names = {*self._quiet(top.get("nodes"))}
        for key in ("start", "always"):
            node = top.get(key)
            found = {"": node} if isinstance(node, yaml.ScalarNode) else self._quiet(node)
            self._check_targets(found, names, key)
        for name, node in self._quiet(top.get("nodes")).items():
            self._check_targets(self._quiet(self._quiet(node).get("then")), names | {END}, f"node `{name}`")

    def _check_targets(self, targets: Mapping[str, yaml.Node], names: set[str], what: str) -> None:
        for node in targets.values():
            if isinstance(node, yaml.ScalarNode) and node.value not in names:
                self._fault(node, f"{what} leads to `{node.value}`, but no node has that name")

    @staticmethod
    def _quiet(node: yaml.Node | None) -> dict[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            return {}
        return {key.value: value for key, value in node.value if isinstance(key, yaml.ScalarNode)}


_WHY = {
    "flow": "give the flow a name",
    "start": "name the node a call begins with",
    "always": "name at least the node for `failed`",
    "nodes": "list the nodes of the flow",
}
