"""Call scripts: one line per event (`<`) and command (`>`), with the seconds since the call rang.

What is written can be read back. The word that matters most stands bare (`heard speech`, `say main-menu`),
all else as `name=JSON`; moments are seconds since the call rang, to the millisecond. An answer names the
command it answers (`to=3`) only when asked to; read without, it answers the one that is running.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from ivr.commands import Command
from ivr.events import Answer, Event
from ivr.session import Session

BARE = ("key", "sound", "status", "queue", "by")
MOMENTS = ("rang", "answered", "connected")
_LINE = re.compile(r"\s*(-?\d+\.\d+) ([<>]) (\w+)(.*)")
_BARE = re.compile(r"[^\s=\"]+")
_NAMED = re.compile(r"(\w+)=")


class ScriptError(ValueError):
    """A line that is no line of a call script; one sentence."""


class Said(NamedTuple):
    """One line of a script, read: when, and what happened or was told."""

    at: float
    what: Event | Command


def event_line(event: Event, start: float, full: bool = False) -> str:
    """`  3.120 < key_pressed 1`; what an answer answers, and its evidence, only in `full`."""
    return _line(event.at, "<", event, start, ("at",) if full else ("at", "to", "evidence", "rtp"))


def command_line(command: Command, at: float, start: float) -> str:
    """`  3.120 > say main-menu`."""
    return _line(at, ">", command, start, ())


def parse_line(text: str, start: float = 0.0) -> Said:
    """The event or command that a line tells of, in a call that rang at `start`; raises ScriptError."""
    match = _LINE.fullmatch(text)
    if not match:
        raise ScriptError(f"no line of a call script: {text.strip()!r}; write `SECONDS < event` or `SECONDS > command`")
    seconds, arrow, tag, rest = match.groups()
    at = round(start + float(seconds), 3)
    family: type[Event | Command] = Event if arrow == "<" else Command
    kind = family.family.get(tag)
    if kind is None:
        raise ScriptError(f"`{tag}` is no {family.__name__.lower()}; known are {', '.join(sorted(family.family))}")
    data: dict[str, Any] = {"type": tag} | ({"at": at} if arrow == "<" else {})
    names = [name for name, _ in kind.shape]
    for name, value in _words(rest, names):
        if name not in names or (name in MOMENTS and not isinstance(value, int | float)):
            raise ScriptError(f"`{name}={value}` does not fit `{tag}`; it has {', '.join(names)}")
        data[name] = round(start + value, 3) if name in MOMENTS else value
    try:
        return Said(at, family.from_json(data))
    except ValueError as error:
        raise ScriptError(str(error)) from None


def play(session: Session, script: str, start: float = 0.0) -> str:
    """Runs a script's events through a session: the script as it comes out, with the commands given now."""
    out = []
    for text in script.removesuffix("\n").split("\n"):
        if not text.strip() or text.startswith("#"):
            out.append(text)
            continue
        event = parse_line(text, start).what
        if isinstance(event, Command):
            continue
        stale = isinstance(event, Answer) and event.to not in (0, session.number)
        if isinstance(event, Answer) and not event.to:
            event = msgspec.structs.replace(event, to=session.number)
        out.append(event_line(event, start, stale))
        out += [command_line(command, event.at, start) for command in session.advance(event)]
    return "\n".join(out) + "\n"


def _line(at: float, arrow: str, what: Event | Command, start: float, hidden: tuple[str, ...]) -> str:
    words = [what.tag]
    for name, default in what.shape:
        value = getattr(what, name)
        if name not in hidden and (value != default or (name in BARE and value)):
            words.append(_word(name, round(value - start, 3) if name in MOMENTS else value))
    return f"{at - start:9.3f} {arrow} {' '.join(words)}"


def _word(name: str, value: object) -> str:
    if name in BARE and isinstance(value, str) and _BARE.fullmatch(value):
        return value
    if name == "prompts" and isinstance(value, tuple) and value and all(map(_BARE.fullmatch, value)):
        return " ".join(value)
    return f"{name}={json.dumps(value, ensure_ascii=False)}"


def _words(rest: str, names: list[str]) -> Iterator[tuple[str, Any]]:
    """The fields of a line: bare words by what the type has, named ones by their name."""
    bare: list[str] = []
    place = 0
    while place < len(rest):
        if rest[place] == " ":
            place += 1
        elif named := _NAMED.match(rest, place):
            try:
                value, place = json.JSONDecoder().raw_decode(rest, named.end())
            except ValueError:
                raise ScriptError(f"`{rest[place:]}`: write a number, true, false or a text in quotes") from None
            yield named[1], value
        elif word := _BARE.match(rest, place):
            bare.append(word[0])
            place = word.end()
        else:
            raise ScriptError(f"`{rest[place:]}` cannot be read")
    if bare and "prompts" in names:
        yield "prompts", bare
    elif bare:
        known = [name for name in BARE if name in names]
        if not known or len(bare) > 1:
            raise ScriptError(f"`{' '.join(bare)}` is more than the line can hold")
        yield known[0], bare[0]
