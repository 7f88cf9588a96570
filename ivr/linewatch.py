"""Hears calls on their way through the flow, not only in the listening windows of `silent_call`.

Asterisk plays and hears there by itself, so the recording is read as it grows: about 2 s behind the caller, and without
a second audio path. What cannot be understood for a whole window becomes a LineNoisy event.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import BinaryIO

import numpy as np

from ivr.audio.detector import Detector, Label
from ivr.events import LineNoisy
from ivr.session import Session

HEADER = 44
FRAME = 160
"""Samples of 20 ms."""
PIECE = 4 * FRAME
"""Bytes of 20 ms of both sides, whose samples come in turn."""
WINDOW = 200
"""Frames judged together."""
BATCH = 50
"""Frames analysed at a time: nobody waits for each of them here."""
EVERY = 1.0
"""Seconds between two looks at the files."""
STAGES = frozenset({"menu", "message"})
"""Where the caller is to be understood by the line; in the greeting `silent_call` hears, in the queue an agent does."""


class Watched:
    """One call: its recording, how far it has been heard, and its ear."""

    def __init__(self, folder: Path, id_: str, session: Session, put: Callable[[LineNoisy], None]) -> None:
        self._folder, self._id, self.session, self.put = folder, id_, session, put
        self._file: BinaryIO | None = None
        self._ear = Detector(batch=BATCH)
        self._frames = 0
        self._told = False

    @property
    def wanted(self) -> bool:
        """Whether the flow can do something about noise where the call is now."""
        call = self.session.call
        return not self._told and bool(call.answered_at) and call.stage in STAGES and "noisy" not in call.marks

    def look(self, sure: float) -> None:
        """Hears what was recorded since the last look; tells noise."""
        if not self._file:
            self._open()
        for near, far in self._new():
            verdict = self._ear.hear(near, far)
            self._frames += 1
            if self._frames >= WINDOW:
                verdict = self._ear.finish()
            if verdict is not None:
                self._judge(verdict.label, verdict.confidence, sure)
            if self._told:
                return

    def _judge(self, label: Label, confidence: float, sure: float) -> None:
        self._frames = 0
        self._ear.window()
        if label is Label.NOISY:
            self._told = confidence >= sure
            self.put(LineNoisy(time.time(), round(confidence, 3), self._told))

    def _open(self) -> None:
        day = date.fromtimestamp(self.session.call.answered_at)
        with suppress(OSError):
            self._file = file = (self._folder / f"{day}/{self._id}.wav").open("rb")
            # what was said in the greeting has been heard there
            file.seek(max(HEADER, (file.seek(0, 2) - HEADER) // PIECE * PIECE + HEADER))

    def _new(self) -> Iterator[tuple[bytes, bytes]]:
        """The caller's and the line's frames that have been written since, whole ones."""
        if self._file:
            place = self._file.tell()
            piece = self._file.read(PIECE * 500)
            count = len(piece) // PIECE
            self._file.seek(place + count * PIECE)
            for both in np.frombuffer(piece, "<i2", count * 2 * FRAME).reshape(-1, FRAME, 2):
                yield both[:, 0].tobytes(), both[:, 1].tobytes()

    def rest(self) -> None:
        """Lets go of the file: the call is over, or where others hear it."""
        if self._file:
            self._file.close()
        self._file = None
        self._frames = 0
        self._ear.window()


class LineWatch:
    """Looks at all calls whose flow leads `line_noisy` somewhere."""

    def __init__(self, recordings: Path, sure: float) -> None:
        self._recordings, self._sure = recordings, sure
        self._calls: dict[str, Watched] = {}
        self._task: asyncio.Task[None] | None = None

    def add(self, id_: str, session: Session, put: Callable[[LineNoisy], None]) -> None:
        """A call begins."""
        if session.flow.always.get("line_noisy"):
            self._calls[id_] = Watched(self._recordings, id_, session, put)
            self._task = self._task or asyncio.create_task(self._run(), name="line watch")

    def remove(self, id_: str) -> None:
        """A call has ended."""
        if watched := self._calls.pop(id_, None):
            watched.rest()

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(EVERY)
            for watched in list(self._calls.values()):
                if watched.wanted:
                    watched.look(self._sure)
                    await asyncio.sleep(0)
                else:
                    watched.rest()

    def close(self) -> None:
        """Stops looking."""
        if self._task:
            self._task.cancel()
        for id_ in list(self._calls):
            self.remove(id_)
