"""The words the corpus is written in: sizes, arrays, the scene a sound is made for, and the finished clip.

Every sound inside the corpus is a float64 array at 8 kHz with full scale 1.0; levels are in dBov (0 dB = rms 1.0).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Shorts = npt.NDArray[np.int16]
Bools = npt.NDArray[np.bool_]
Rng = np.random.Generator

RATE = 8000
FRAME = 160
SPLITS = ("train", "tune", "test")
LABELS = ("silent", "clear", "noisy")


@dataclass(frozen=True)
class Scene:
    """What a sound is made for: the split whose voices it may use, its length in samples, and its chance."""

    split: str
    size: int
    chance: Rng
    longer: bool = False
    """Whether the connection is a longer one: see connection.py."""

    @property
    def seconds(self) -> float:
        """The length in seconds."""
        return self.size / RATE

    @property
    def time(self) -> Floats:
        """The time of every sample in seconds."""
        return np.arange(self.size) / RATE

    def zeros(self) -> Floats:
        """Digital silence of the scene's length."""
        return np.zeros(self.size)

    def maybe(self, probability: float) -> bool:
        """Whether something of that probability happens."""
        return bool(self.chance.random() < probability)


@dataclass(frozen=True)
class Clip:
    """A finished clip: the caller's audio, the far end's where there is one, its label and what it is made of."""

    near: Shorts
    far: Shorts | None
    label: str
    kind: str
    speaker: str
    family: str
    lost: Bools | None
    """One per 20 ms frame: no packet came and the line hands over None; only where losses are zero-filled."""
    seconds: float
    heard_from: float = 0.0
    """Seconds until the voice has begun, a syllable of it included; 0 where nobody speaks."""
    gone: Bools | None = None
    """The frames that were lost, however they were filled."""
    spoken: Bools | None = None
    made_out: Bools | None = None
    """The frames in which somebody speaks, and those in which that can be made out: see glimpsed.py."""
