"""Finds prompts in what a phone heard: normalised cross-correlation of the samples, after A-law."""

import time
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ivr.recorder import is_closed

RATE = 8000
PIECE = int(1.5 * RATE)
Samples = npt.NDArray[np.float64]


def samples(path: Path) -> Samples:
    """A mono WAV's samples; waits until whoever records has closed it."""
    deadline = time.monotonic() + 20
    while not is_closed(path):
        assert time.monotonic() < deadline, f"{path} is still being recorded"
        time.sleep(0.05)
    return np.frombuffer(path.read_bytes()[44:][: (path.stat().st_size - 44) // 2 * 2], "<i2").astype(float)


def stereo(path: Path) -> tuple[Samples, Samples]:
    """Left and right of a recording."""
    both = np.frombuffer(path.read_bytes()[44:], "<i2").astype(float).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def find(heard: Samples, wanted: Samples, least: float = 0.7) -> list[float]:
    """Where `wanted` begins in `heard`, in seconds; only places whose correlation is at least `least`.

    Only the middle of a prompt is looked for: a call may end in the silence behind it, and a frame that a
    busy machine plays late must not hide what was plainly heard.
    """
    edge = max(int(0.08 * RATE), (len(wanted) - PIECE) // 2)
    wanted = wanted[edge:-edge]
    if len(heard) < len(wanted):
        return []
    size = 1 << (len(heard) + len(wanted)).bit_length()
    product = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(wanted, size)), size)
    product = product[: len(heard) - len(wanted) + 1]
    energy = np.concatenate(([0.0], np.cumsum(heard**2)))
    norm = np.sqrt((energy[len(wanted) :] - energy[: -len(wanted)])[: len(product)] * np.sum(wanted**2))
    score = product / np.maximum(norm, 1e-9 + 0.05 * np.sum(wanted**2))
    found = []
    while len(score) and (best := int(np.argmax(score))) >= 0 and score[best] >= least:
        found.append((best - edge) / RATE)
        score[max(0, best - len(wanted) // 2) : best + len(wanted) // 2] = -1.0
    return sorted(found)


def audible(heard: Samples, start: float, end: float, least: float = 60.0) -> list[tuple[float, float]]:
    """Stretches of sound between two moments, in seconds, to 10 ms; pauses under 100 ms do not part them."""
    frames = heard[int(start * RATE) : int(end * RATE)]
    frames = frames[: len(frames) // 80 * 80].reshape(-1, 80)
    loud = np.sqrt((frames**2).mean(axis=1)) > least
    found: list[tuple[float, float]] = []
    for index in np.flatnonzero(loud):
        begin = start + index * 0.01
        if found and begin - found[-1][1] < 0.1:
            found[-1] = (found[-1][0], begin + 0.01)
        else:
            found.append((begin, begin + 0.01))
    return found
