"""The events of running calls: a line each in one file, written before what follows from them is begun.

A line costs one write to the file, a transaction of its own in the database several, with locks; a call's events go
into the database together when it has ended. Neither forces the disk for each event: a process that is killed loses
nothing, a machine that loses its power the last moments.

A line is `[call, number, event, commands]`, a call's first one `[call, number, event, commands, engine, flow, since]`.
"""

import contextlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

MOST_BYTES = 16 << 20
"""The file's size at which the lines of calls that have ended are left out of it."""
FEW_BYTES = 1 << 16
"""The same while no call runs."""


class Line(NamedTuple):
    """One event of a call, with the commands it led to: as they are, or as the JSON of them that was read."""

    seq: int
    event: Any
    commands: Sequence[Any]


@dataclass
class Running:
    """A call that has not ended: the engine's version, the flow's hash, since when, and its events so far."""

    engine: int = 0
    flow: str = ""
    since: float = 0.0
    lines: list[Line] = field(default_factory=list)

    @property
    def opening(self) -> tuple[int, str, float] | tuple[()]:
        """What the first line of a call that began here tells beside its event."""
        return (self.engine, self.flow, self.since) if self.flow else ()


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(list[Any]).decode
_decode_any = msgspec.json.Decoder().decode


class EventLog:
    """One process writes it; any may read it meanwhile."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None
        self._size = 0
        self._unwritten = b""
        self._calls: dict[str, Running] = {}

    def open_call(self, call: str, engine: int, flow: str, since: float) -> None:
        """A call begins under a flow (by hash); its first event tells it to the file."""
        self._calls[call] = Running(engine, flow, since)

    def append(self, call: str, line: Line) -> None:
        """An event of a call, which may have been begun before this process."""
        one = self._calls.get(call)
        if one is None:
            one = self._calls[call] = Running()
        self._write(_encode((call, *line) if one.lines else (call, *line, *one.opening)))
        one.lines.append(line)

    @property
    def ours(self) -> bool:
        """Whether this process writes it."""
        return self._file is not None

    def running(self) -> dict[str, Running]:
        """The calls that have not ended; in a process that does not write, all that are in the file."""
        return self._calls if self.ours else self.left()

    def left(self) -> dict[str, Running]:
        """The calls in the file, also those that have ended since; the line of a dying process may be half a line."""
        calls: dict[str, Running] = {}
        with contextlib.suppress(FileNotFoundError):
            for text in self._path.read_bytes().split(b"\n"):
                with contextlib.suppress(msgspec.DecodeError):
                    _read(_decode(text), calls)
        return calls

    def drop(self, call: str) -> None:
        """A call's events are kept elsewhere now."""
        self._calls.pop(call, None)
        if self.ours and self._size > (MOST_BYTES if self._calls else FEW_BYTES):
            self._shorten()

    def clear(self) -> None:
        """All that is in the file is kept elsewhere now."""
        self._calls.clear()
        with contextlib.suppress(FileNotFoundError):
            os.truncate(self._path, 0)
        self._size, self._unwritten = 0, b""

    def close(self) -> None:
        """Ends the writing."""
        if self._file is not None:
            os.close(self._file)
        self._file = None

    def catch_up(self) -> str:
        """Writes what could not be written before; why it cannot be, if so. A full disk is no reason to end a call."""
        try:
            while self._unwritten:
                file = self._opened() if self._file is None else self._file
                written = os.write(file, self._unwritten)
                self._size += written
                self._unwritten = self._unwritten[written:]
        except OSError as error:
            return str(error)
        return ""

    def rescue(self) -> bool:
        """Writes the file anew, with all that runs, where somebody has removed it; whether it had to."""
        if self._path.exists() or not self.ours:
            return False
        self._shorten()
        return True

    def _write(self, text: bytes) -> None:
        self._unwritten += b"%s\n" % text
        self.catch_up()

    def _opened(self) -> int:
        self._file = file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)
        self._size = os.fstat(file).st_size
        return file

    def _shorten(self) -> None:
        """Leaves only what runs in the file; whole under another name first, lest a crash lose it."""
        fresh = self._path.with_name(f".new-{self._path.name}")
        with contextlib.suppress(OSError):  # then it is as long as it was
            fresh.write_bytes(b"".join(_told(self._calls)))
            fresh.replace(self._path)
            self._unwritten = b""
            self.close()
            self._opened()


def _read(told: list[Any], calls: dict[str, Running]) -> None:
    """What one line of the file tells of its call."""
    match told:
        case [str(call), int(seq), dict(event), list(commands), *opening] if len(opening) in (0, 3):
            one = calls[call] = Running(*opening) if opening else calls.get(call, Running())
            one.lines.append(Line(seq, event, commands))
        # as releases before 30 November 2026 wrote them: their calls may still run
        case [str(call), int(seq), str(event), str(commands), str()]:
            line = Line(seq, _decode_any(event), _decode_any(commands))
            calls.setdefault(call, Running()).lines.append(line)
        case [str(call), int(engine), str(flow), float(since)]:
            calls[call] = Running(engine, flow, since)


def _told(calls: dict[str, Running]) -> Iterator[bytes]:
    for call, one in calls.items():
        opening: tuple[object, ...] = one.opening
        for line in one.lines:
            yield b"%s\n" % _encode((call, *line, *opening))
            opening = ()
