"""YAML files that admins write, read as text (`8:30` and `no` mean themselves), with a place for every fault."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import yaml

from ivr.faults import Fault, Faults

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


def read(path: Path) -> str:
    """The text of a file; raises Faults."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise Faults([Fault(str(path), 1, 1, f"the file cannot be read: {error.strerror}")]) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise Faults([Fault(str(path), line, 1, "this is not UTF-8 text; save the file as UTF-8")]) from None


def mark(at: yaml.Node | yaml.Event) -> tuple[int, int]:
    """Where it begins: line and column, from 1."""
    return at.start_mark.line + 1, at.start_mark.column + 1


class YamlReader:
    """The YAML tree of a text; collects faults instead of stopping at the first."""

    def __init__(self, text: str, file: str) -> None:
        self.text, self.file = text, file
        self.lines = _LINE_END.split(text)
        self.faults: list[Fault] = []

    def _tree(self) -> yaml.Node | None:
        """The file as YAML sees it; what YAML has and a flow does not need is refused."""
        if len(self.text) > MOST_BYTES:
            raise Faults([Fault(self.file, 1, 1, f"the file is too large; at most {MOST_BYTES} letters")])
        if bad := _UNREADABLE.search(self.text):
            line, column = self._place(bad.start())
            text = f"an unprintable character ({ord(bad[0]):#04x}) stands here; take it out"
            raise Faults([Fault(self.file, line, column, text)])
        try:
            return self._composed(self.text)
        except yaml.MarkedYAMLError as error:
            wrong = self._not_yaml(error)
        if not (tabs := list(self._tabs())):
            raise Faults([*self.faults, wrong])
        self.faults += tabs
        try:
            return self._composed("\n".join(map(_spaced, self.lines)))
        except yaml.MarkedYAMLError:
            raise Faults(self.faults) from None

    def _composed(self, text: str) -> yaml.Node | None:
        before = len(self.faults)
        self._scan(text)
        if len(self.faults) > before:
            raise Faults(self.faults)
        tree: yaml.Node | None = yaml.compose(text, Loader=yaml.CSafeLoader)
        return tree

    def _tabs(self) -> Iterator[Fault]:
        """Every line that is indented with a tab."""
        for number, line in enumerate(self.lines, 1):
            if line.strip() and "\t" in (indent := _indent(line)):
                text = "a tab stands in the indentation; write spaces instead"
                yield Fault(self.file, number, indent.index("\t") + 1, text)

    def _scan(self, text: str) -> None:
        """Finds aliases, tags, second documents and nesting without end, before any of it is followed."""
        depth = documents = 0
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                self._fault(
                    event, "`&name` and `*name` are not used in these files; write it out, or put the text in quotes"
                )
            elif getattr(event, "tag", None):
                self._fault(event, f"`{event.tag}` is not used in these files; take it out, or put the text in quotes")
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents == 2:
                    self._fault(event, "a second document begins here (`---`); one file holds one document")
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > DEEPEST:
                    self._fault(
                        event, f"this is nested more than {DEEPEST} deep; no file here needs more than a few levels"
                    )
                    return
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1

    def _not_yaml(self, error: yaml.MarkedYAMLError) -> Fault:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        line = min(line, len(self.lines))
        told = (
            f"not readable as YAML: {error.problem}; write `name: value` lines, "
            "and put quotes around a text with one of { [ # * & or a colon and a space"
        )
        return Fault(self.file, line, column, told)

    def _place(self, position: int) -> tuple[int, int]:
        lines = _LINE_END.split(self.text[:position])
        return len(lines), len(lines[-1]) + 1

    def _fault(self, at: "yaml.Node | yaml.Event | None", text: str) -> None:
        line, column = mark(at) if at else (1, 1)
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


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]


def _spaced(line: str) -> str:
    """The line with two spaces for each tab before it, as most files have it: what else is wrong then shows."""
    return _indent(line).replace("\t", "  ") + line.lstrip(" \t")


def quiet(entry: Entry | None) -> dict[str, Entry]:
    """The entries of a mapping whose faults have been told already."""
    if entry is None or not isinstance(entry.value, yaml.MappingNode):
        return {}
    return {key.value: Entry(key, value) for key, value in entry.value.value if isinstance(key, yaml.ScalarNode)}
