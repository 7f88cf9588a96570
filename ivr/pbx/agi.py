"""The AGI protocol without a socket: bytes in, header and replies out; text in, command lines out.

Rules: the header is `name: value` lines up to an empty one. Each command has one reply, `CODE text`, or
`520-…` lines up to a closing `520 …`. The line `HANGUP` may stand between replies at any moment and is
no reply, nor is `100 … Trying` (sent by GOSUB before its own). Asterisk must not be sent a second command
before the first is answered.
"""

import re
from dataclasses import dataclass

MOST_HEADER = 16 * 1024
MOST_LINE = 64 * 1024


class PeerError(Exception):
    """The other side broke the protocol."""


@dataclass(frozen=True)
class Reply:
    """`200 result=1 (text) endpos=3`: code, result, the text in brackets, and the rest by name."""

    code: int
    result: str = ""
    text: str = ""
    rest: str = ""

    @property
    def dead(self) -> bool:
        """Whether the channel is gone and the command was refused for it."""
        return self.code == 511

    def field(self, name: str) -> str:
        """A `name=value` behind the result."""
        match = re.search(rf"\b{name}=(\S*)", self.rest)
        return match[1] if match else ""


class Hangup:
    """The line `HANGUP`: the channel is gone."""


Item = dict[str, str] | Reply | Hangup

_REPLY = re.compile(r"(\d{3})(?: (?:result=(\S*))?(?: ?\((.*)\))?(.*))?", re.DOTALL)


class Reader:
    """Feeds on bytes, yields the header first, then replies and hang-ups."""

    def __init__(self) -> None:
        self._buffer = b""
        self._header: dict[str, str] | None = {}
        self._usage: list[str] = []
        self._size = 0

    def feed(self, data: bytes) -> list[Item]:
        """What has become complete; raises PeerError."""
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        if len(self._buffer) > MOST_LINE:
            raise PeerError("a line without an end")
        found = []
        for line in lines:
            item = self._line(line.decode("utf-8", "replace").rstrip("\r"))
            if item is not None:
                found.append(item)
        return found

    def _line(self, line: str) -> Item | None:
        if self._header is not None:
            return self._header_line(line)
        if line == "HANGUP":
            return Hangup()
        if self._usage or line.startswith("520-"):
            return self._usage_line(line)
        match = _REPLY.fullmatch(line)
        if not match:
            raise PeerError(f"no AGI reply: {line[:80]!r}")
        code, result, text, rest = match.groups()
        if code == "100":
            return None
        return Reply(int(code), result or "", text or "", rest or "")

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
    text = str(value).replace("\r", " ").replace("\n", " ").replace("\0", "")
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def line(*words: object) -> bytes:
    """A command line: the first words are the verb, quoted arguments follow where needed."""
    verb, *arguments = words
    return " ".join([str(verb), *(quote(one) for one in arguments)]).encode() + b"\n"
