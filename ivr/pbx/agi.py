"""The AGI protocol without a socket: bytes in, header and replies out; text in, command lines out.

Rules: the header is `name: value` lines up to an empty one. Each command has one reply, `CODE text`, or
`520-…` lines up to a closing `520 …`. The line `HANGUP` may stand between replies at any moment and is
no reply, nor is `100 … Trying` (sent by GOSUB before its own). Asterisk must not be sent a second command
before the first is answered.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

MOST_HEADER = 16 * 1024
MOST_LINE = 64 * 1024
DEAD = 511


class PeerError(Exception):
    """The other side broke the protocol."""


@dataclass(frozen=True, slots=True)
class Reply:
    """`200 result=1 (text) endpos=3`: code, result, the text in brackets, and the rest by name."""

    code: int
    result: str = ""
    text: str = ""
    rest: str = ""

    @property
    def dead(self) -> bool:
        """Whether the channel is gone and the command was refused for it."""
        return self.code == DEAD

    def field(self, name: str) -> str:
        """A `name=value` behind the result."""
        match = re.search(rf"\b{name}=(\S*)", self.rest)
        return match[1] if match else ""


class Hangup:
    """The line `HANGUP`: the channel is gone."""


Item = dict[str, str] | Reply | Hangup

_SPECIAL = re.compile(r'[\r\n\0"\\]')
_USUAL = re.compile(rb"200 result=(-?\d{1,3})((?: endpos=\d{1,9})?)\n")
_REPLY = re.compile(r"(\d{3})(?: (?:result=(\S*))?(?: ?\((.*)\))?(.*))?", re.DOTALL)


def _reply(line: str) -> Reply | None:
    match = _REPLY.fullmatch(line)
    if not match:
        raise PeerError(f"no AGI reply: {line[:80]!r}")
    code, result, text, rest = match.groups()
    return None if code == "100" else Reply(int(code), result or "", text or "", rest or "")


@lru_cache(1024)
def _usual(data: bytes) -> Reply | None:
    """One whole reply that carries nothing of a caller, so that it may be kept: few differ, and most calls get them."""
    match = _USUAL.fullmatch(data)
    return Reply(200, match[1].decode(), "", match[2].decode()) if match else None


def _whole_header(data: bytes) -> dict[str, str] | None:
    """A header that came in one piece, as it nearly always does; None where it must be read line by line."""
    if not 2 < len(data) <= MOST_HEADER or data.find(b"\n\n") != len(data) - 2 or b"\r" in data:
        return None
    try:
        return dict(line.split(": ", 1) for line in data[:-2].decode("utf-8", "replace").split("\n"))
    except ValueError:
        return None


class Reader:
    """Feeds on bytes, yields the header first, then replies and hang-ups."""

    def __init__(self) -> None:
        self._buffer = b""
        self._header: dict[str, str] | None = {}
        self._usage: list[str] = []
        self._size = 0

    def usual(self, data: bytes) -> Reply | None:
        """The one reply that `data` is, where nothing stands before it; None: it must be fed."""
        if self._header is not None or self._buffer or self._usage:
            return None
        return _usual(data)

    def feed(self, data: bytes) -> Sequence[Item]:
        """What has become complete; raises PeerError."""
        if self._header == {} and (header := _whole_header(self._buffer + data)):
            self._header, self._buffer = None, b""
            return [header]
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        if len(self._buffer) > MOST_LINE:
            raise PeerError("a line without an end")
        items = (self._line(line) for line in lines)
        return [item for item in items if item is not None]

    def _line(self, data: bytes) -> Item | None:
        line = data.decode("utf-8", "replace").rstrip("\r")
        if self._header is not None:
            return self._header_line(line)
        if line == "HANGUP":
            return Hangup()
        if self._usage or line.startswith("520-"):
            return self._usage_line(line)
        return _reply(line)

    def _header_line(self, line: str) -> Item | None:
        header = self._header or {}
        if not line:
            self._header = None
            return header
        self._size += len(line)
        name, colon, value = line.partition(": ")
        if self._size > MOST_HEADER or not (colon or line.endswith(":")):
            raise PeerError(f"no AGI header: {line[:80]!r}")
        header[name.rstrip(":")] = value
        self._header = header
        return None

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


@lru_cache(256, typed=True)
def line(*words: object) -> bytes:
    """A command line: the first words are the verb, quoted arguments follow where needed."""
    verb, *arguments = words
    return " ".join([str(verb), *(quote(one) for one in arguments)]).encode() + b"\n"
