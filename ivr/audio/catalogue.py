"""The prompt texts: one YAML file per language, read so that every mistake is told with its place."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from ivr.faults import Fault, Faults

ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(/[a-z0-9]+(-[a-z0-9]+)*)?")
KEYS = ("text", "spoken", "pieces", "tone", "milliseconds")
NULL = "tag:yaml.org,2002:null"


@dataclass(frozen=True)
class Prompt:
    """One sentence of one language: what is written, how it is read aloud, where it stands."""

    language: str
    id: str
    text: str
    spoken: str
    file: str
    line: int
    column: int
    pieces: tuple[str, ...] = ()
    tone: int = 0
    milliseconds: int = 0

    @property
    def built(self) -> bool:
        """Whether it has audio of its own; a prompt made of pieces has none."""
        return not self.pieces

    @property
    def digest(self) -> str:
        """A hash of all that can be heard: audio made from another digest is stale."""
        heard = "\0".join((self.text, self.spoken, str(self.tone), str(self.milliseconds)))
        return hashlib.sha256(heard.encode()).hexdigest()

    def fault(self, text: str) -> Fault:
        """A mistake that is this prompt's."""
        return Fault(self.file, self.line, self.column, text)


@dataclass(frozen=True)
class Catalogue:
    """All prompts, by language and id."""

    languages: Mapping[str, Mapping[str, Prompt]] = field(default_factory=dict)

    def built(self) -> Iterator[Prompt]:
        """Every prompt that has audio of its own, language by language."""
        return (prompt for prompts in self.languages.values() for prompt in prompts.values() if prompt.built)

    def sounds(self, language: str, id: str, number: str = "") -> list[str]:
        """The ids to play one after the other for `id`; `number` fills the place of `*`."""
        pieces = self.languages[language][id].pieces
        return [sound for piece in pieces for sound in _fill(piece, number)] if pieces else [id]


def load(folder: Path) -> Catalogue:
    """Reads every <language>.yaml of `folder`; raises Faults with every mistake in them."""
    files = sorted(folder.glob("*.yaml"))
    if not files:
        raise Faults([Fault(str(folder), 1, 1, "no prompts are here: write one <language>.yaml per language")])
    readers = [_Reader(file) for file in files]
    catalogue = Catalogue({reader.language: reader.read() for reader in readers})
    faults = [fault for reader in readers for fault in reader.faults]
    if all(catalogue.languages.values()):
        faults += _untranslated(catalogue, {id for reader in readers for id in reader.seen})
    if faults:
        raise Faults(faults)
    return catalogue


class _Reader:
    """Reads one file, collecting its mistakes."""

    def __init__(self, path: Path) -> None:
        self.path, self.language = path, path.stem
        self.faults: list[Fault] = []
        self.seen: dict[str, yaml.Node] = {}

    def read(self) -> dict[str, Prompt]:
        found = [self._prompt(id, self.seen[id], node) for id, node in self._entries(self._root(), self.seen)]
        prompts = {prompt.id: prompt for prompt in found if prompt}
        for prompt in prompts.values():
            self.faults += _piece_faults(prompt, prompts, self.seen)
        return prompts

    def _root(self) -> yaml.Node | None:
        try:
            root: yaml.Node | None = yaml.compose(self.path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
        except UnicodeDecodeError:
            self.faults.append(Fault(str(self.path), 1, 1, "this file is not UTF-8 text: save it as UTF-8"))
            return None
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark
            line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
            self.faults.append(Fault(str(self.path), line, column, f"not YAML ({error.problem}): write `id: text`"))
            return None
        except yaml.YAMLError as error:
            self.faults.append(Fault(str(self.path), 1, 1, f"not YAML ({error}): remove unprintable characters"))
            return None
        if root is None:
            self.faults.append(Fault(str(self.path), 1, 1, "this file has no prompts: write `id: text`"))
        return root

    def _entries(self, node: yaml.Node | None, seen: dict[str, yaml.Node]) -> Iterator[tuple[str, yaml.Node]]:
        if node is None:
            return
        if not isinstance(node, yaml.MappingNode):
            self._fault(node, "prompts are expected here: write `id: text`, one per line")
            return
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else ""
            if name in seen:
                first = seen[name].start_mark.line + 1
                self._fault(key, f"`{name}` stands in line {first} already: remove one of them")
                continue
            seen[name] = key
            yield name, value

    def _prompt(self, id: str, key: yaml.Node, node: yaml.Node) -> Prompt | None:
        if not ID.fullmatch(id):
            self._fault(key, f"`{id}` is no prompt id: use small letters, digits, `-` and at most one `/`")
            return None
        count = len(self.faults)
        parts = self._parts(node)
        prompt = Prompt(
            self.language,
            id,
            text=(text := self._text(parts, "text", node)),
            spoken=self._text(parts, "spoken", node) or text,
            file=str(self.path),
            line=key.start_mark.line + 1,
            column=key.start_mark.column + 1,
            pieces=self._pieces(parts),
            tone=self._whole(parts, "tone", 100, 3400),
            milliseconds=self._whole(parts, "milliseconds", 100, 5000),
        )
        if len(self.faults) == count:
            self._whole_prompt(prompt, node)
        return prompt

    def _parts(self, node: yaml.Node) -> dict[str, yaml.Node]:
        if isinstance(node, yaml.ScalarNode):
            return {"text": node}
        seen: dict[str, yaml.Node] = {}
        parts = dict(self._entries(node, seen))
        for name in parts.keys() - set(KEYS):
            self._fault(seen[name], f"`{name}` is no part of a prompt: write one of {', '.join(KEYS)}")
        return parts

    def _text(self, parts: dict[str, yaml.Node], name: str, node: yaml.Node) -> str:
        part = parts.get(name)
        if part is None:
            return ""
        if not isinstance(part, yaml.ScalarNode) or part.tag == NULL or not any(map(str.isalnum, part.value)):
            self._fault(part, f"`{name}` says nothing: write the words to be heard, or remove the prompt")
            return ""
        return str(part.value)

    def _pieces(self, parts: dict[str, yaml.Node]) -> tuple[str, ...]:
        part = parts.get("pieces")
        if part is None:
            return ()
        items = part.value if isinstance(part, yaml.SequenceNode) else []
        if not items or not all(isinstance(item, yaml.ScalarNode) for item in items):
            self._fault(part, "`pieces` is a list of prompt ids: write [first, second, …]")
            return ()
        return tuple(str(item.value) for item in items)

    def _whole(self, parts: dict[str, yaml.Node], name: str, low: int, high: int) -> int:
        part = parts.get(name)
        if part is None:
            return 0
        value = part.value if isinstance(part, yaml.ScalarNode) else ""
        if not re.fullmatch(r"[0-9]{1,6}", value) or not low <= int(value) <= high:
            self._fault(part, f"`{name}` is a whole number from {low} to {high}")
            return 0
        return int(value)

    def _whole_prompt(self, prompt: Prompt, node: yaml.Node) -> None:
        if bool(prompt.tone) != bool(prompt.milliseconds):
            self._fault(node, "a tone needs both `tone` (its pitch in Hz) and `milliseconds`")
        elif bool(prompt.tone) == bool(prompt.text):
            self._fault(node, "a prompt is either a `text` or a `tone`: write one of them")
        elif "*" in prompt.text and not prompt.pieces:
            self._fault(node, "`*` stands for a number said digit by digit: write `pieces` that name what is played")

    def _fault(self, node: yaml.Node, text: str) -> None:
        mark = node.start_mark
        self.faults.append(Fault(str(self.path), mark.line + 1, mark.column + 1, text))


def _piece_faults(prompt: Prompt, prompts: Mapping[str, Prompt], seen: Iterable[str]) -> Iterator[Fault]:
    said = []
    for piece in prompt.pieces:
        missing = [id for id in _fill(piece, "0123456789") if id not in seen]
        if missing:
            yield prompt.fault(f"the piece `{missing[0]}` is no prompt: write it in this file")
            return
        said.append("*" if piece.endswith("/*") else prompts[piece].text if piece in prompts else "")
    # Words of one language are parted by spaces, of another not: what counts is the words.
    if prompt.pieces and "".join("".join(said).split()) != "".join(prompt.text.split()):
        yield prompt.fault(f"the pieces say “{''.join(said)}”: they must say “{prompt.text}”")


def _fill(piece: str, number: str) -> list[str]:
    return [piece[:-1] + digit for digit in number] if piece.endswith("/*") else [piece]


def _untranslated(catalogue: Catalogue, seen: set[str]) -> Iterator[Fault]:
    for language, prompts in catalogue.languages.items():
        for id in sorted(seen - prompts.keys()):
            having = [others[id] for others in catalogue.languages.values() if id in others]
            if having:
                yield having[0].fault(f"`{id}` is not in {language}.yaml: write it there too, or remove it here")
