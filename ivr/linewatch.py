"""Hears calls on their way through the flow, not only in the listening windows of `silent_call`.

Asterisk plays and hears there by itself, so the two legs of the recording are read as they grow: about 2 s behind the
caller, and without a second audio path. What cannot be understood for a whole window becomes a LineNoisy event.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import BinaryIO

from ivr.audio.detector import Detector, Label
from ivr.events import LineNoisy
from ivr.session import Session

HEADER = 44
FRAME = 320
"""Bytes of 20 ms."""
WINDOW = 200
"""Frames judged together."""
BATCH = 50
"""Frames analysed at a time: nobody waits for each of them here."""
EVERY = 1.0
"""Seconds between two looks at the files."""
STAGES = frozenset({"menu", "message"})
"""Where the caller is to be understood by the line; in the greeting `silent_call` hears, in the queue an agent does."""


class Watched:
    """One call: its legs, how far they have been heard, and its ear."""

    def __init__(self, folder: Path, id_: str, session: Session, put: Callable[[LineNoisy], None]) -> None:
        self._folder, self._id, self.session, self.put = folder, id_, session, put
        self._legs: list[BinaryIO] = []
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
        if not self._legs:
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
            self._legs = [(self._folder / f"{day}/{self._id}-{side}.wav").open("rb") for side in ("caller", "line")]
            for leg in self._legs:
                # what was said in the greeting has been heard there
                leg.seek(max(HEADER, (leg.seek(0, 2) - HEADER) // FRAME * FRAME + HEADER))

    def _new(self) -> list[tuple[bytes, bytes]]:
        """Frames of both sides that have been written since, the same number of each."""
        if not self._legs:
            return []
        places = [leg.tell() for leg in self._legs]
        pieces = [leg.read(FRAME * 500) for leg in self._legs]
        count = min(len(piece) for piece in pieces) // FRAME
        for leg, place in zip(self._legs, places, strict=True):
            leg.seek(place + count * FRAME)
        near, far = pieces
        return [(near[at : at + FRAME], far[at : at + FRAME]) for at in range(0, count * FRAME, FRAME)]

    def rest(self) -> None:
        """Lets go of the files: the call is over, or where others hear it."""
        for leg in self._legs:
            leg.close()
        self._legs = []
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
