"""The AGI protocol without a socket: bytes in, header and replies out; text in, command lines out.

Rules: the header is `name: value` lines up to an empty one. Each command has one reply, `CODE text`, or
`520-…` lines up to a closing `520 …`. The line `HANGUP` may stand between replies at any moment and is
no reply, nor is `100 … Trying` (sent by GOSUB before its own). Asterisk must not be sent a second command
before the first is answered.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

START = b"agi_"
MOST_HEADER = 16 * 1024
MOST_LINE = 64 * 1024
DEAD = 511


class PeerError(Exception):
    """The other side broke the protocol."""


class Reply(NamedTuple):
    """`200 result=1 (text) endpos=3`: code, result, the text in brackets, and the rest by name."""

    code: int
    result: str = ""
    text: str = ""
    rest: str = ""

    @property
    def dead(self) -> bool:
        """Whether the channel is gone and the command was refused for it."""
        return self.code == DEAD


class Hangup:
    """The line `HANGUP`: the channel is gone."""


Item = dict[str, str] | Reply | Hangup

_SPECIAL = re.compile(r'[\r\n\0"\\]')
KEPT: dict[bytes, Reply] = {}
"""Whole replies that came before, of those that carry nothing of a caller: few differ, and most calls get them."""
_MOST_KEPT = 1024
_TRYING = b"100 result=0 Trying...\n"
_TOLD = b"200 result=1 ("
_USUAL = re.compile(rb"(?:100 result=0 Trying\.\.\.\n)?200 result=(-?\d{1,3})((?: endpos=\d{1,9}| Gosub complete)?)\n")
_REPLY = re.compile(r"(\d{3})(?: (?:result=(\S*))?(?: ?\((.*)\))?(.*))?", re.DOTALL)


def _reply(line: str) -> Reply | None:
    match = _REPLY.fullmatch(line)
    if not match:
        raise PeerError(f"no AGI reply: {line[:80]!r}")
    code, result, text, rest = match.groups()
    return None if code == "100" else Reply(int(code), result or "", text or "", rest or "")


def usual(data: bytes) -> Reply | None:
    """The one whole reply that `data` is, of the kinds most are, such as GOSUB's with its 100; None: feed it."""
    if data.startswith(_TOLD):
        whole = data.endswith(b")\n") and data.count(b"\n") == 1
        return Reply(200, "1", data[len(_TOLD) : -2].decode("utf-8", "replace")) if whole else None
    match = _USUAL.fullmatch(data)
    if match is None:
        return None
    if len(KEPT) >= _MOST_KEPT:
        KEPT.clear()
    reply = KEPT[data] = Reply(200, match[1].decode(), "", match[2].decode())
    return reply


def _fields(text: str) -> dict[str, str]:
    lines = text.split("\n")
    try:
        return dict([one.split(": ", 1) for one in lines])  # as Asterisk writes it
    except ValueError:
        return dict(_field(one) for one in lines)


def _field(text: str) -> tuple[str, str]:
    name, colon, value = text.rstrip("\r").partition(": ")
    if not (colon or name.endswith(":")):
        raise PeerError(f"no AGI header: {text[:80]!r}")
    return name.rstrip(":"), value


class Reader:
    """Feeds on bytes, yields the header first, then replies and hang-ups.

    While it is `clear`, nothing stands before what comes next: a `usual` reply is read without it, at less cost.
    """

    __slots__ = ("_begun", "_buffer", "_usage", "clear")

    def __init__(self) -> None:
        self._buffer = b""
        self._begun = False
        self._usage: list[str] = []
        self.clear = False

    def feed(self, data: bytes) -> Sequence[Item]:
        """What has become complete; raises PeerError."""
        if self.clear and data == _TRYING:
            return ()
        try:
            return self._feed(data)
        finally:
            self.clear = self._begun and not (self._buffer or self._usage)

    def _feed(self, data: bytes) -> Sequence[Item]:
        self._buffer += data
        items: list[Item | None] = []
        if not self._begun:
            items.append(self._header())
            if not self._begun:
                return []
        *lines, self._buffer = self._buffer.split(b"\n")
        if len(self._buffer) > MOST_LINE:
            raise PeerError("a line without an end")
        items += [self._line(line) for line in lines]
        return [item for item in items if item is not None]

    def _header(self) -> Item | None:
        """Asterisk writes it a line at a time: it is read when it is whole, but nothing else is waited for."""
        if not self._buffer.startswith(START[: len(self._buffer)]):
            raise PeerError(f"no AGI header: {self._buffer[:80]!r}")
        end = self._buffer.find(b"\n\n")
        if max(end, len(self._buffer) if end < 0 else 0) > MOST_HEADER:
            raise PeerError("a header without an end")
        if end < 0:
            return None
        text, self._buffer, self._begun = self._buffer[:end], self._buffer[end + 2 :], True
        return _fields(text.decode("utf-8", "replace"))

    def _line(self, data: bytes) -> Item | None:
        line = data.decode("utf-8", "replace").rstrip("\r")
        if line == "HANGUP":
            return Hangup()
        if self._usage or line.startswith("520-"):
            return self._usage_line(line)
        return _reply(line)

    def _usage_line(self, line: str) -> Reply | None:
        self._usage.append(line)
        if len(self._usage) > 200:
            raise PeerError("a usage text without an end")
        if not line.startswith("520 "):
            return None
        text, self._usage = "\n".join(self._usage), []
        return Reply(520, "", text)


def quote(value: object) -> str:
    """One argument. Quotes and backslashes are escaped; line ends, which would end the command, go."""
    text = str(value)
    if not _SPECIAL.search(text):
        return f'"{text}"'
    text = text.replace("\r", " ").replace("\n", " ").replace("\0", "")
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


@lru_cache(256)
def line(*words: object) -> bytes:
    """A command line: the first words are the verb, quoted arguments follow where needed. Equal numbers are alike."""
    verb, *arguments = words
    return " ".join([str(verb), *(quote(one) for one in arguments)]).encode() + b"\n"
