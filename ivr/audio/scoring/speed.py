"""What a frame costs: processor time of a detector in this process, beside one plain FFT per frame in the same run."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ivr.audio.detector import Detector
from ivr.audio.scoring.clips import Clip, frames_of

_MOST = 60  # clips timed, spread evenly over the set
_FFT = 320  # samples


class Ear(Protocol):
    """Hears one clip in 20 ms frames of 8 kHz 16-bit mono, and looks at every one of them."""

    def hear(self, frame: bytes, far: bytes | None = None) -> object:
        """Takes 20 ms of the caller and of what the line played."""

    def finish(self) -> object:
        """The answer at the end."""


@dataclass(frozen=True)
class Speed:
    """Microseconds of processor time per frame: the detector's and, for a measure of the machine, an FFT's."""

    frame: float
    fft: float

    @property
    def ratio(self) -> float:
        """How many FFTs a frame costs."""
        return self.frame / self.fft


class Unresting:
    """The line's own detector, which after each verdict opens a new window, so that no frame goes unheard."""

    def __init__(self) -> None:
        self._detector = Detector()

    def hear(self, frame: bytes, far: bytes | None = None) -> object:
        """Takes a frame, and forgets a verdict at once."""
        verdict = self._detector.hear(frame, far)
        if verdict is not None:
            self._detector.window()
        return verdict

    def finish(self) -> object:
        """The last window's answer."""
        return self._detector.finish()


def measure(make: Callable[[], Ear], clips: Sequence[Clip]) -> Speed:
    """Time per frame over clips from all of the set; reading files and making an ear are left out."""
    own = fft = frames = 0
    for clip in clips[:: max(1, -(-len(clips) // _MOST))]:
        near, far = frames_of(clip.near), frames_of(clip.far) if clip.far else []
        own += _heard(make(), near, [*far, *[None] * len(near)])
        fft += _transformed(len(near))
        frames += len(near)
    return Speed(own / frames / 1000, fft / frames / 1000)


def _heard(ear: Ear, near: Sequence[bytes], far: Sequence[bytes | None]) -> int:
    begun = time.process_time_ns()
    for frame, other in zip(near, far, strict=False):
        ear.hear(frame, other)
    ear.finish()
    return time.process_time_ns() - begun


def _transformed(count: int) -> int:
    samples = np.ones(_FFT)
    begun = time.process_time_ns()
    for _ in range(count):
        np.fft.rfft(samples)
    return time.process_time_ns() - begun
