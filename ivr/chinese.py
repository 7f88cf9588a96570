"""What commands say, in Chinese: the English sentence is the key, as with gettext, and finds its parameters by itself.

So a sentence stands once, in English, where it is said, and a new one needs no more than its line in sentences/zh.toml.
One that has none there stays English; a test finds it.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent / "sentences/zh.toml"
_HOLE = re.compile(r"\{(\d+)(#?)\}")
_FILLED = "((?:(?!  ).)*?)"
"""Two spaces stand between the columns of a table, whose rows are no sentences."""
_QUOTED = "([^`]*)"
DEEPEST = 4
"""Sentences within each other that are followed."""


@dataclass(frozen=True)
class Sentence:
    """One line of the catalogue: what it looks like in English, and the Chinese with its places."""

    pattern: re.Pattern[str]
    chinese: str
    literal: int
    """How many letters, and places for numbers, are its own: where two fit, the one that says more is meant."""
    code: frozenset[int]
    """The places that stand in backquotes: names as they are written in a file, in no language."""
    word: bool
    """Whether it is a single word, which means this only by itself."""


def chinese(text: str, depth: int = 0) -> str:
    """A sentence, or a part of one, in Chinese; as it is where the catalogue does not know it."""
    for sentence in _sentences():
        if depth and sentence.word:
            continue
        if found := sentence.pattern.fullmatch(text):
            return _filled(sentence, found, depth)
    return text


def lines(text: str) -> str:
    """Several sentences, one a line; or one that goes over lines."""
    whole = chinese(text)
    return whole if whole != text else "\n".join(map(chinese, text.split("\n")))


def catalogue() -> dict[str, str]:
    """Every sentence, English to Chinese."""
    return dict(tomllib.loads(FILE.read_text(encoding="utf-8")))


def _filled(sentence: Sentence, found: re.Match[str], depth: int) -> str:
    parts = found.groups()
    if depth < DEEPEST:
        parts = tuple(
            part if number in sentence.code else lines_within(part, depth + 1) for number, part in enumerate(parts, 1)
        )
    return _HOLE.sub(lambda hole: parts[int(hole[1]) - 1], sentence.chinese)


def lines_within(part: str, depth: int) -> str:
    """What fills a place of a sentence; each line of it where there are several."""
    return "\n".join(chinese(line, depth) for line in part.split("\n"))


@cache
def _sentences() -> list[Sentence]:
    made = [_sentence(english, meant) for english, meant in catalogue().items()]
    return sorted(made, key=lambda one: -one.literal)


def _sentence(english: str, meant: str) -> Sentence:
    pattern, at, code = "", 0, set()
    for number, hole in enumerate(_HOLE.finditer(english), 1):
        quoted = english[: hole.start()].count("`") % 2
        if quoted:
            code.add(number)
        pattern += re.escape(english[at : hole.start()]) + (r"(\d+)" if hole[2] else _QUOTED if quoted else _FILLED)
        at = hole.end()
    pattern += re.escape(english[at:])
    literal = len(_HOLE.sub(lambda hole: hole[2], english))
    return Sentence(re.compile(pattern, re.DOTALL), meant, literal, frozenset(code), " " not in english)
