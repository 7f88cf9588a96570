"""What makes a recording good: its length, both sides heard and in step, no clipping. Pure: samples in, faults out."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from ivr.audio.instep import Known, Levels, behind

RATE = 8000
FRAME = RATE // 100
"""Samples in 10 ms, the step of every measure."""
_AUDIBLE = 32768 * 10 ** (-45 / 20)  # RMS of a frame in which somebody can be heard
_FULL = 32000  # G.711 decodes its loudest codes to 32124 (mu-law) and 32256 (A-law)
_SPOKEN = 0.2  # seconds a side must be heard to have spoken
_LENGTH, _CLIPPED, _STEP = 1.0, 0.01, 0.1  # what is tolerated: seconds, share of samples, seconds
_SIDES = np.tile(np.eye(2, dtype=np.float32), (FRAME, 1))  # the sum of every other value, for each side
_CALLER = (_SIDES[:, 0] / FRAME).astype(np.float32)  # the mean of every other value

Seconds = tuple[float, float]


@dataclass(frozen=True)
class Expected:
    """What is known of a call from elsewhere: who spoke, which parts are masked (seconds from the answer)."""

    spoke_left: bool = False
    spoke_right: bool = False
    pauses: tuple[Seconds, ...] = ()
    known: Known = Known()
    """What is known of the sound."""
    answered_at: float = 0.0
    """When the call was answered, in Unix seconds."""


@dataclass(frozen=True)
class RecordingReport:
    """What was found in one recording; `ok` where there are no faults."""

    ok: bool
    faults: list[str]
    seconds: float = 0.0
    sha256: str = ""
    left_active_s: float = 0.0
    right_active_s: float = 0.0
    clipped_share: float = 0.0
    behind_s: float | None = None
    """Seconds by which the caller's side is behind the line's; None where it could not be measured."""


@dataclass
class Scan:
    """One pass over the sound: in each 10 ms the level of each side, the caller's mean magnitude, what is clipped."""

    levels: list[Levels] = field(default_factory=list)
    caller: list[Levels] = field(default_factory=list)
    clipped: list[tuple[int, npt.NDArray[np.intp]]] = field(default_factory=list)
    pairs: int = 0

    def add(self, samples: npt.NDArray[np.int16]) -> None:
        """The next samples, one column a side; whole steps of the measure but for the last."""
        # In place: to fetch fresh pages for each step would cost more than the steps themselves.
        frames = _frames(samples)
        np.abs(frames, out=frames)
        if len(samples) and (samples.max() >= _FULL or samples.min() <= -_FULL):
            full = np.count_nonzero(frames.reshape(-1, FRAME, 2) >= _FULL, axis=1)
            self.clipped.append((self.pairs // FRAME, full))
        self.caller.append(frames @ _CALLER)
        np.multiply(frames, frames, out=frames)
        self.levels.append(np.sqrt(frames @ _SIDES / FRAME))
        self.pairs += len(samples)


def _frames(samples: npt.NDArray[np.int16]) -> npt.NDArray[np.float32]:
    """A row for each 10 ms, both sides in turns; the last is filled up with zeros."""
    missing = -len(samples) % FRAME
    whole = np.pad(samples, ((0, missing), (0, 0))) if missing else samples
    return whole.reshape(-1, 2 * FRAME).astype(np.float32)


def judge(scan: Scan, digest: str, answered: float, expected: Expected) -> RecordingReport:
    """What is to be said of a recording whose call was answered for so many seconds."""
    seconds = scan.pairs / RATE
    levels = np.concatenate(scan.levels) if scan.levels else np.zeros((0, 2), np.float32)
    heard = levels > _AUDIBLE
    counted = _outside(len(heard), expected.pauses)
    left, right = (float(np.count_nonzero(heard[:, side] & counted)) * FRAME / RATE for side in (0, 1))
    clipped = sum((many[counted[at : at + len(many)]].sum(axis=0) for at, many in scan.clipped), np.zeros(2))
    share = float(clipped.max()) / max(1, int(np.count_nonzero(counted)) * FRAME)
    faults = [
        *_length_faults(seconds, answered),
        *_silent("caller's", expected.spoke_left, left),
        *_silent("line's", expected.spoke_right, right),
    ]
    caller = np.concatenate(scan.caller) if scan.caller else levels[:, 0]
    late = behind(expected.known, expected.answered_at, caller, levels[:, 1], expected.pauses)
    if late is not None and abs(late) > _STEP:
        faults.append(f"the sides are out of step: the caller's is {late:+.2f} s behind the line's")
    if share > _CLIPPED:
        faults.append(f"the sound is clipped: {share:.1%} of the samples are at full scale")
    return RecordingReport(
        ok=not faults,
        faults=faults,
        seconds=seconds,
        sha256=digest,
        left_active_s=left,
        right_active_s=right,
        clipped_share=share,
        behind_s=late,
    )


def _outside(frames: int, pauses: tuple[Seconds, ...]) -> npt.NDArray[np.bool_]:
    kept = np.ones(frames, bool)
    for start, end in pauses:
        kept[max(0, math.ceil(start * 100 - 1e-9)) : max(0, math.ceil(end * 100 - 1e-9))] = False
    return kept


def _length_faults(seconds: float, answered: float) -> Iterator[str]:
    if not seconds and answered > _LENGTH:
        yield "the recording is empty"
    elif abs(seconds - answered) > _LENGTH:
        yield f"the recording is {seconds:.1f} s long, the call was {answered:.1f} s"


def _silent(side: str, spoke: bool, active: float) -> Iterator[str]:
    if spoke and active < _SPOKEN:
        yield f"the {side} side is silent though it spoke"
