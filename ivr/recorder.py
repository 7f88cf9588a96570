"""Recordings after the call: both legs joined, examined, hashed, kept for days; the disk watched.

Runs in one thread beside the calls, so that a long recording never delays a caller.
"""

import asyncio
import shutil
import struct
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from ivr.audio.recording import Expected, RecordingError, RecordingReport, finish
from ivr.call import Call
from ivr.settings import Settings
from ivr.store import Store

PATIENCE = 10.0
"""Seconds MixMonitor may take to close its files after the call."""
CLOSING = 0.1
"""Seconds it usually takes."""
GREETED = 2.0
"""Seconds after which the line must have been heard; a caller who hung up sooner may have heard nothing."""


class Recorder:
    """Finishes the recording of each call and watches the disk."""

    def __init__(self, settings: Settings, store: Store, tell: Callable[[str, str], None]) -> None:
        self._settings, self._store, self._tell = settings, store, tell
        self._thread = ThreadPoolExecutor(1, "recorder")
        self._tasks: set[asyncio.Task[None]] = set()
        self._folder = settings.data / "recordings"
        self._disk_alarm = False

    async def start(self) -> None:
        """Begins to watch the disk; forgets recordings past their time."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._add(self._watch_disk())

    def take(self, record: dict[str, Any], call: Call) -> None:
        """A call has ended: its recording is finished in a moment."""
        self._add(self._finish(record, call))

    async def settled(self) -> None:
        """Returns when the recordings of all ended calls are finished."""
        await asyncio.gather(*(task for task in self._tasks if task.get_name() != "disk"), return_exceptions=True)

    async def close(self) -> None:
        """Returns when the recordings of ended calls are finished."""
        watching = [task for task in self._tasks if task.get_name() == "disk"]
        for task in watching:
            task.cancel()
        await self.settled()
        self._thread.shutdown()

    def _add(self, work: Any) -> None:  # noqa: ANN401 - a coroutine
        task = asyncio.create_task(work, name="disk" if work.__name__ == "_watch_disk" else None)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _finish(self, record: dict[str, Any], call: Call) -> None:
        id_ = record["id"]
        loop = asyncio.get_running_loop()
        legs = await self._closed_legs(id_, date.fromtimestamp(call.answered_at))
        if legs is None:
            self._alarm(id_, "recording", "Asterisk wrote no recording of this call")
            self._store.amend_call(id_, recording_ok=False, recording_faults=["no recording was written"])
            return
        report, path = await loop.run_in_executor(self._thread, join, legs, id_, expected(call))
        self._store.amend_call(
            id_, recording=str(path), recording_ok=report.ok, recording_faults=report.faults,
            recording_sha256=report.sha256, recording_s=round(report.seconds, 3),
        )  # fmt: skip
        if not report.ok:
            self._alarm(id_, "recording", "; ".join(report.faults))

    async def _closed_legs(self, id_: str, day: date) -> tuple[Path, Path] | None:
        """Both legs, once MixMonitor has closed them: until then their headers tell no length."""
        deadline = time.monotonic() + PATIENCE
        legs = [self._folder / f"{day}/{id_}-{side}.wav" for side in ("caller", "line")]
        while True:
            await asyncio.sleep(CLOSING)
            if all(is_closed(leg) for leg in legs):
                return legs[0], legs[1]
            if time.monotonic() > deadline:
                return (legs[0], legs[1]) if any(leg.exists() for leg in legs) else None
            # a call answered at midnight has its legs in the folder of the day before
            for found in self._folder.glob(f"*/{id_}-caller.wav"):
                legs = [found, found.with_name(f"{id_}-line.wav")]

    def _alarm(self, id_: str, kind: str, text: str) -> None:
        self._store.alarm(kind, text, time.time(), id_)
        self._tell(id_, f"ALARM {kind}: {text}")

    async def _watch_disk(self) -> None:
        while True:
            free = shutil.disk_usage(self._folder).free >> 20
            low = free < self._settings.least_free_mb
            if low and not self._disk_alarm:
                self._alarm(
                    "", "disk", f"{free} MB free, {self._settings.least_free_mb} wanted: calls go on, make room"
                )
            self._disk_alarm = low
            for folder in (self._folder, self._settings.data / "messages"):
                forget(folder, self._settings.keep_days, date.today())
            await asyncio.sleep(60)


def is_closed(leg: Path) -> bool:
    """Whether MixMonitor has written the WAV's length, which it does last."""
    try:
        with leg.open("rb") as file:
            head = file.read(44)
        return len(head) == 44 and struct.unpack("<I", head[40:])[0] == leg.stat().st_size - 44
    except OSError:
        return False


def expected(call: Call) -> tuple[float, Expected]:
    """How long the recording must be, and who spoke in it."""
    pauses = tuple((start - call.answered_at, (end or call.ended_at) - call.answered_at) for start, end in call.pauses)
    spoke = call.facts.get("line") == "speech"
    seconds = call.ended_at - call.answered_at
    return seconds, Expected(spoke_left=spoke, spoke_right=seconds > GREETED, pauses=pauses)


def join(legs: tuple[Path, Path], id_: str, known: tuple[float, Expected]) -> tuple[RecordingReport, Path]:
    """One stereo file out of both legs, examined; the legs go once they are joined."""
    seconds, wanted = known
    out = legs[0].with_name(f"{id_}.wav")
    try:
        report = finish(legs[0], legs[1], out).report(seconds, wanted)
    except (RecordingError, OSError) as error:
        return RecordingReport(False, [str(error)]), out
    if report.ok:
        for leg in legs:
            leg.unlink(missing_ok=True)
    return report, out


def forget(folder: Path, days: int, today: date) -> list[Path]:
    """Removes the folders of days that are past keeping; which ones."""
    gone = []
    for one in folder.glob("????-??-??"):
        try:
            day = date.fromisoformat(one.name)
        except ValueError:
            continue
        if day < today - timedelta(days=days):
            shutil.rmtree(one)
            gone.append(one)
    return gone
