"""WAV files for tests, written as Asterisk writes them: 16 bits, one channel a side."""

import wave
from pathlib import Path

import numpy as np


def write(path: Path, *sides: np.ndarray, rate: int = 8000) -> Path:
    """The file, with its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setparams((len(sides), 2, rate, 0, "NONE", ""))
        file.writeframes(np.stack(sides, axis=1).astype("<i2").tobytes())
    return path


def write_silence(path: Path, seconds: float) -> Path:
    """A file of nothing."""
    return write(path, np.zeros(round(8000 * seconds)))


def mixmonitor(path: Path, caller: np.ndarray, line: np.ndarray, rate: int = 8000) -> Path:
    """As MixMonitor's option D leaves it: the samples of both sides in turn, the header of one channel."""
    return write(path, np.stack([caller, line], axis=1).reshape(-1), rate=rate)
