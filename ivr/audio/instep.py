"""Whether the two sides of a recording are in step, measured on each call that was listened to.

What goes both ways over the listening stream is kept as levels, with the moments at which it went. Each side is found
again in the recording where the levels go together best (Pearson's correlation of levels in dB); by how much the
caller's side lies later than the line's is how far they are out of step.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Levels = npt.NDArray[np.float32]

PERIOD = 0.02
"""Seconds of a frame of the stream."""
STEP = 0.01
"""Seconds of one level of a recording."""
LONGEST = 1000
"""Frames that are kept of a stream: 20 s."""
_TOGETHER = 50  # frames measured at a time
_REACH = 150  # steps a side is looked for before and after its place
_APART = 15  # steps beyond which another place is another
_SURE, _SURER = 0.8, 0.1  # the correlation wanted, and by how much it must beat that of any other place
_MOVES = 6.0  # dB, the least standard deviation of levels that can be found again
_SOUNDS = 10  # frames that must sound
_FLOOR, _SOUND = 32768 * 10 ** (-65 / 20), 32768 * 10 ** (-45 / 20)


class Way(NamedTuple):
    """One direction of a stream: when it began (Unix seconds) and its level in each 20 ms."""

    at: float
    levels: Levels


@dataclass
class Trace:
    """The levels of both directions of one stream, of its first 20 s; frames are 20 ms of 16-bit samples."""

    at: float = 0.0
    """When its first frame went, in Unix seconds."""
    _heard: Levels = field(default_factory=lambda: np.zeros(LONGEST, np.float32))
    _played: Levels = field(default_factory=lambda: np.zeros(LONGEST, np.float32))
    _waiting: list[tuple[int, bytes | None, bytes | None]] = field(default_factory=list)
    _frames: int = 0

    def take(self, played: bytes | None, heard: bytes | None, late: int) -> None:
        """20 ms more: what the line played, and a frame of the caller's that came `late` frames ago."""
        if self._frames >= LONGEST:
            return
        self.at = self.at or time.time()
        self._waiting.append((late, played, heard))
        self._frames += 1
        if len(self._waiting) >= _TOGETHER:
            self.close()

    def ways(self) -> tuple[Way, Way]:
        """What was heard and what was played."""
        self.close()
        return Way(self.at, self._heard[: self._frames]), Way(self.at, self._played[: self._frames])

    def close(self) -> None:
        """Measures what waits: the frames themselves need not be kept."""
        first = self._frames - len(self._waiting)
        for number, (late, played, heard) in enumerate(self._waiting, first):
            if heard is not None and number >= late:
                self._heard[number - late] = _level(heard)
            if played is not None:
                self._played[number] = _level(played)
        self._waiting.clear()


def behind(traces: Iterable[Trace], answered: float, levels: Levels) -> float | None:
    """Seconds by which the caller's side of a recording is behind the line's, the farthest of all traces.

    `levels` is one row per 10 ms from the answer (Unix seconds), caller and line; None where there is too little of
    either side to tell.
    """
    found = [gap for trace in traces if (gap := _gap(trace, answered, levels)) is not None]
    return max(found, key=abs) if found else None


def _gap(trace: Trace, answered: float, levels: Levels) -> float | None:
    heard, played = (_late(way, answered, levels[:, side]) for side, way in enumerate(trace.ways()))
    return None if heard is None or played is None else round((heard - played) * STEP, 3)


def _late(way: Way, answered: float, levels: Levels) -> int | None:
    """How many steps later than it went the sound stands in the recording."""
    wanted = _decibels(np.repeat(way.levels, round(PERIOD / STEP)))
    if np.count_nonzero(way.levels > _SOUND) < _SOUNDS or float(wanted.std()) < _MOVES:
        return None
    place = round((way.at - answered) / STEP)
    there = np.full(len(wanted) + 2 * _REACH, _FLOOR, np.float32)
    low, high = max(0, place - _REACH), min(len(levels), place + _REACH + len(wanted))
    if high <= low:
        return None
    there[low - place + _REACH : high - place + _REACH] = levels[low:high]
    return _best(_alike(wanted, _decibels(_smoothed(there))))


def _alike(wanted: Levels, there: Levels) -> Levels:
    """The correlation at each place, from `_REACH` steps before to as many after."""
    windows = np.lib.stride_tricks.sliding_window_view(there, len(wanted))
    mean, square = windows.mean(axis=1), np.square(windows).mean(axis=1)
    spread = np.sqrt(np.maximum(square - mean * mean, 1e-6))
    return np.asarray(windows @ (wanted - wanted.mean()) / (len(wanted) * wanted.std() * spread))


def _best(alike: Levels) -> int | None:
    """The place that is surely the right one, in steps from the middle."""
    top = int(alike.argmax())
    others = np.concatenate([alike[: max(0, top - _APART)], alike[top + _APART + 1 :]])
    sure = alike[top] >= _SURE and (not len(others) or alike[top] - others.max() >= _SURER)
    return top - _REACH if sure else None


def _decibels(levels: Levels) -> Levels:
    return np.asarray(20 * np.log10(np.maximum(levels, _FLOOR)), np.float32)


def _smoothed(levels: Levels) -> Levels:
    """Levels of 10 ms as those of the 20 ms that begin there."""
    after = np.append(levels[1:], levels[-1:])
    return np.asarray(np.sqrt((np.square(levels) + np.square(after)) / 2), np.float32)


def _level(frame: bytes) -> float:
    samples = np.frombuffer(frame, np.int16).astype(np.float32)
    return float(np.sqrt(samples @ samples / max(1, len(samples))))
