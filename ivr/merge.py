"""Two people's changes of one flow put together: text, comments and order kept, or what they disagree on in sentences.

The texts are merged line by line, and word by word where both changed one line. A merged text could still mean what
nobody wrote, so what it says is held against a merge of the values themselves.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import NamedTuple

import yaml

from ivr.flowdiff import NODES, Path, leaves

_WORDS = re.compile(r"\s+|[\w.%*#/-]+|.", re.DOTALL)


@dataclass(frozen=True)
class Merged:
    """The text with both changes, or, where there is none, what stands against it."""

    text: str = ""
    conflicts: list[str] = field(default_factory=list)


class Edit(NamedTuple):
    """What one side put in the place of `base[low:high]`."""

    low: int
    high: int
    new: tuple[str, ...]
    side: int


class _TooClose(Exception):
    """Both sides changed the same place, each otherwise."""


Finer = Callable[[Sequence[str], Sequence[str], Sequence[str]], Sequence[str]]


def merge(base: str, ours: str, theirs: str, whose: tuple[str, str] = ("your file", "the other version")) -> Merged:
    """Puts what we and what they changed in `base` together; all three have been read without faults."""
    values = leaves(base), leaves(ours), leaves(theirs)
    conflicts = list(_disagreements(*values, whose))
    if conflicts:
        return Merged(conflicts=conflicts)
    try:
        text = "".join(_merged(_by_words, *(one.splitlines(keepends=True) for one in (base, ours, theirs))))
        if leaves(text) == _agreed(*values):
            return Merged(text)
    except (_TooClose, yaml.YAMLError):
        pass
    return Merged(conflicts=["the two changes stand too close together to be put into one text: write both by hand"])


# -- what the files say --------------------------------------------------------------------------

Values = dict[Path, str]


def _agreed(base: Values, ours: Values, theirs: Values) -> Values:
    paths = {*base, *ours, *theirs}
    chosen = {path: ours.get(path) if ours.get(path) != base.get(path) else theirs.get(path) for path in paths}
    return {path: value for path, value in chosen.items() if value is not None}


def _disagreements(base: Values, ours: Values, theirs: Values, whose: tuple[str, str]) -> Iterator[str]:
    gone: set[str] = set()
    for path in dict.fromkeys([*base, *ours, *theirs]):
        was, mine, other = base.get(path), ours.get(path), theirs.get(path)
        if mine == other or was in (mine, other):
            continue
        name = path[1] if path[0] == NODES else ""
        removed = [who for who, flow in zip(whose, (ours, theirs), strict=True) if name and not _has(flow, name)]
        if removed and _has(base, name):
            if name not in gone:
                changed = whose[1 - whose.index(removed[0])]
                yield f"node `{name}` was taken out in {removed[0]} and changed in {changed}: keep it or take it out"
            gone.add(name)
            continue
        what = f"{name}: {'.'.join(path[2:])}" if name else ".".join(path)
        yield f"{what} is {_step(was, mine)} in {whose[0]} and {_step(was, other)} in {whose[1]}: agree on one"


def _has(flow: Values, name: str) -> bool:
    return (NODES, name, "type") in flow


def _step(before: str | None, after: str | None) -> str:
    return f"{before or 'none'} → {after or 'none'}"


# -- their texts ---------------------------------------------------------------------------------


def _merged(finer: Finer, base: Sequence[str], ours: Sequence[str], theirs: Sequence[str]) -> list[str]:
    """The parts of `base` with the edits of both sides; `finer` looks closer where they touch."""
    out: list[str] = []
    at = 0
    for cluster in _clusters(sorted([*_edits(base, ours, 0), *_edits(base, theirs, 1)])):
        low, high = cluster[0].low, max(edit.high for edit in cluster)
        sides = [[edit for edit in cluster if edit.side == side] for side in (0, 1)]
        new = [_applied(base[low:high], low, edits) for edits in sides]
        out += base[at:low]
        if not all(sides) or new[0] == new[1]:
            out += new[0] if sides[0] else new[1]
        else:
            out += finer(base[low:high], *new)
        at = high
    return [*out, *base[at:]]


def _edits(base: Sequence[str], new: Sequence[str], side: int) -> Iterator[Edit]:
    for what, low, high, first, last in SequenceMatcher(None, base, new, autojunk=False).get_opcodes():
        if what != "equal":
            yield Edit(low, high, tuple(new[first:last]), side)


def _clusters(edits: list[Edit]) -> Iterator[list[Edit]]:
    """Edits that touch the same place of the base, together."""
    cluster: list[Edit] = []
    for edit in edits:
        same = cluster and (edit.low, edit.high) == (cluster[-1].low, cluster[-1].high)
        if cluster and not same and edit.low >= max(one.high for one in cluster):
            yield cluster
            cluster = []
        cluster.append(edit)
    if cluster:
        yield cluster


def _applied(part: Sequence[str], start: int, edits: list[Edit]) -> list[str]:
    out: list[str] = []
    at = 0
    for edit in edits:
        out += [*part[at : edit.low - start], *edit.new]
        at = edit.high - start
    return [*out, *part[at:]]


def _by_words(base: Sequence[str], ours: Sequence[str], theirs: Sequence[str]) -> list[str]:
    if not base:  # both added lines here: one after the other
        return [*theirs, *ours]
    return _merged(_too_close, *(_WORDS.findall("".join(lines)) for lines in (base, ours, theirs)))


def _too_close(_base: Sequence[str], _ours: Sequence[str], _theirs: Sequence[str]) -> list[str]:
    raise _TooClose
