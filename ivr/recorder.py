"""Recordings after the call: finished, examined, hashed, kept for days; the disk watched.

Runs in one thread beside the calls, so that a long recording never delays a caller.
"""

import asyncio
import contextlib
import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from ivr.audio.examine import Expected, RecordingReport, Seconds
from ivr.audio.instep import Known
from ivr.audio.recording import RecordingError, StillWritten, finish
from ivr.call import Call
from ivr.settings import Settings
from ivr.store import Store

PATIENCE = 10.0
"""Seconds MixMonitor may take to close its files after the call."""
EVERY = 0.5
"""Seconds between two looks at the calls that have ended: what one costs is less where it comes with others."""
CONTINUOUS = 0.9
"""Share of the packets of a call from which its phone sent also in pauses."""
GREETED = 2.0
"""Seconds after which the line must have been heard; a caller who hung up sooner may have heard nothing."""


@dataclass(frozen=True)
class Ended:
    """A call whose recording is to be finished: how long it must be, who spoke, where the line waited for keys."""

    id: str
    day: date
    seconds: float
    wanted: Expected
    waits: tuple[Seconds, ...]
    until: float
    """When MixMonitor must have closed its files (the monotonic clock)."""


class Recorder:
    """Finishes the recordings of ended calls, all that are ready at a time, and watches the disk."""

    def __init__(self, settings: Settings, store: Store, tell: Callable[[str, str], None]) -> None:
        self._settings, self._store, self._tell = settings, store, tell
        self._thread = ThreadPoolExecutor(1, "recorder")
        self._folder = settings.data / "recordings"
        self._ended: list[Ended] = []
        self._working: asyncio.Task[None] | None = None
        self._disk: asyncio.Task[None] | None = None
        self._disk_alarm = False

    async def start(self) -> None:
        """Begins to watch the disk; forgets recordings past their time."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._disk = asyncio.create_task(self._watch_disk(), name="disk")

    def take(self, id_: str, call: Call, known: Known | None = None) -> None:
        """A call has ended: its recording is finished in a moment, and held to what is known of its sound."""
        self._ended.append(ended(id_, call, known))
        if not self._working:
            self._working = asyncio.create_task(self._work(), name="recorder")

    async def settled(self) -> None:
        """Returns when the recordings of all ended calls are finished."""
        while self._working:
            await asyncio.wait({self._working})

    async def close(self) -> None:
        """Returns when the recordings of ended calls are finished."""
        if self._disk:
            self._disk.cancel()
        await self.settled()
        self._thread.shutdown()

    async def _work(self) -> None:
        try:
            while self._ended:
                await asyncio.sleep(EVERY)
                some, self._ended = self._ended, []
                finished = await asyncio.get_running_loop().run_in_executor(self._thread, self._finish, some)
                self._ended += [one for one, report, _ in finished if report is None]
                self._keep([(one.id, report, path) for one, report, path in finished if report])
        finally:
            self._working = None

    def _finish(self, some: list[Ended]) -> list[tuple[Ended, RecordingReport | None, Path | None]]:
        """In the thread: what came of each; no report where MixMonitor still writes."""
        return [(one, *self._one(one)) for one in some]

    def _one(self, one: Ended) -> tuple[RecordingReport | None, Path | None]:
        try:
            return self._tried(one)
        except Exception as bug:  # noqa: BLE001 - a bug here must not cost the recordings of other calls
            return RecordingReport(False, [f"the recording could not be finished: {type(bug).__name__}: {bug}"]), None

    def _tried(self, one: Ended) -> tuple[RecordingReport | None, Path | None]:
        late = time.monotonic() >= one.until
        for path in self._files(one):
            with contextlib.suppress(FileNotFoundError, StillWritten):
                return completed(path, one, closed=not late), path
        return (RecordingReport(False, ["Asterisk wrote no recording of this call"]) if late else None), None

    def _files(self, one: Ended) -> Iterator[Path]:
        """Where it may be: that of a call answered at midnight is in the folder of the day before."""
        yield self._folder / f"{one.day}/{one.id}.wav"
        yield from self._folder.glob(f"*/{one.id}.wav")

    def _keep(self, finished: list[tuple[str, RecordingReport, Path | None]]) -> None:
        """Amends the records of these calls, and tells what is wrong with a recording."""
        with self._store.together():
            for id_, report, path in finished:
                self._store.amend_call(
                    id_, recording=str(path) if path else None, recording_ok=report.ok,
                    recording_faults=report.faults, recording_sha256=report.sha256 or None,
                    recording_s=round(report.seconds, 3), recording_behind_s=report.behind_s,
                    recording_caller_s=round(report.left_active_s, 2), recording_line_s=round(report.right_active_s, 2),
                )  # fmt: skip
        for id_, report, _ in finished:
            if not report.ok:
                self._alarm(id_, "recording", "; ".join(report.faults))

    def _alarm(self, id_: str, kind: str, text: str) -> None:
        self._store.alarm(kind, text, time.time(), id_)
        self._tell(id_ or "line", f"ALARM {kind}: {text}")

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


def ended(id_: str, call: Call, known: Known | None = None) -> Ended:
    """What the recording of a call is held to; its waits are left out where the caller's phone sent all the time."""
    start, seconds = call.answered_at, call.ended_at - call.answered_at
    pauses = tuple((begin - start, (end or call.ended_at) - start) for begin, end in call.pauses)
    waits = tuple((begin - start, end - start) for begin, end in call.waits)
    spoke = call.facts.get("line") == "speech"
    wanted = Expected(spoke, seconds > GREETED, pauses, known or Known(), start)
    until = time.monotonic() + PATIENCE
    return Ended(id_, date.fromtimestamp(start), seconds, wanted, () if _sent(call, seconds) else waits, until)


def _sent(call: Call, seconds: float) -> bool:
    """Whether the caller's phone sent packets (of 20 ms) nearly all the time."""
    return bool(call.rtp.get("received", 0) >= CONTINUOUS * 50 * seconds)


def completed(path: Path, one: Ended, *, closed: bool) -> RecordingReport:
    """The recording finished and examined; raises FileNotFoundError, and with `closed` StillWritten."""
    try:
        return finish(path, one.seconds, one.waits, closed=closed).report(one.seconds, one.wanted)
    except FileNotFoundError:
        raise
    except (RecordingError, OSError) as error:
        return RecordingReport(False, [str(error)])


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
