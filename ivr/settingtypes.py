"""The types a node's settings may have, and how their text in a flow file is read."""

import dataclasses
import re
import typing
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from ivr.checkdigit import KINDS
from ivr.flow import (
    KEYS,
    CalendarName,
    CheckDigit,
    Desk,
    Fact,
    Key,
    Language,
    Mark,
    Node,
    Prompt,
    Queue,
    Seconds,
    Service,
    Share,
    SubflowName,
    WebPath,
)

_DURATION = re.compile(r"(?:([0-9]{1,9})m)?(?:([0-9]{1,9}(?:\.[0-9]{1,9})?)s)?(?:([0-9]{1,9})ms)?")
_PATH = re.compile(r"/(?:[A-Za-z0-9/._~?&=%-]|\{[\w-]+\})*")
LONGEST = 24 * 3600.0
MARKS = ("silent", "noisy")


NAMES = frozenset({Prompt, Queue, Fact, CalendarName, Desk, Language, Service, SubflowName})


class BadSetting(Exception):
    """What is wrong with a value and what to write instead."""


@dataclasses.dataclass(frozen=True)
class Setting:
    """One setting of a node type."""

    name: str
    type: Any
    required: bool
    default: Any


def settings_of(kind: type[Node]) -> Mapping[str, Setting]:
    """The settings of a node type by name, in their order."""
    anything: Any = kind
    return _asked(anything)


@cache
def _asked(kind: Any) -> Mapping[str, Setting]:  # noqa: ANN401 - a node type, which mypy holds for unhashable
    """Kept, since Python takes long to tell the types of a class."""
    hints = typing.get_type_hints(kind)
    found = {
        field.name: Setting(field.name, hints[field.name], field.default is dataclasses.MISSING, field.default)
        for field in dataclasses.fields(kind)
    }
    return MappingProxyType(found)


def convert(kind: Any, text: str) -> object:  # noqa: ANN401 - a type as get_type_hints gives it
    """The value of a text, by the setting's type; raises BadSetting."""
    if kind is Seconds:
        return seconds(text)
    if kind is Share:
        return _share(text)
    if kind is int:
        return _whole(text)
    if kind is bool:
        return _yes(text)
    if kind is Mark and text not in MARKS:
        raise BadSetting(f"write {' or '.join(MARKS)}")
    if kind is Key and text not in KEYS:
        raise BadSetting("write one key: 0 to 9, * or #")
    if kind is CheckDigit and text not in KINDS:
        raise BadSetting(f"write {' or '.join(KINDS)}")
    if kind in NAMES and not re.fullmatch(r"[\w/-]+", text):
        raise BadSetting("a name has letters, digits, `-` and `_` only")
    if kind is WebPath and not _PATH.fullmatch(text):
        raise BadSetting("write a path such as /policies/{card}: it begins with /, and facts stand in braces")
    return text


def answered(written: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Facts, each with where its value stands in an answer; raises BadSetting."""
    for fact, where in written.items():
        convert(Fact, fact)
        if not re.fullmatch(r"[\w-]+(\.[\w-]+)*", where):
            raise BadSetting(
                f"`{where}` is no place in an answer: write names with dots between, such as policy.tariff"
            )
    return tuple(written.items())


def seconds(text: str) -> float:
    """`2s`, `500ms`, `1m30s`."""
    match = _DURATION.fullmatch(text)
    if not text or not match or not any(match.groups()):
        raise BadSetting("a duration is written like 2s, 500ms or 1m30s")
    minutes, secs, millis = match.groups()
    value = int(minutes or 0) * 60 + float(secs or 0) + int(millis or 0) / 1000
    if value > LONGEST:
        raise BadSetting("a duration must be at most 24 hours (1440m)")
    return value


def _whole(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,4}", text) or not 1 <= int(text) <= 1000:
        raise BadSetting("write a whole number from 1 to 1000")
    return int(text)


def _share(text: str) -> float:
    if not re.fullmatch(r"[0-9]{1,3}%", text) or int(text[:-1]) > 100:
        raise BadSetting("write a share from 0% to 100%")
    return int(text[:-1]) / 100


def _yes(text: str) -> bool:
    if text not in ("yes", "no", "true", "false"):
        raise BadSetting("write yes or no")
    return text in ("yes", "true")
