"""Finds prompts in what a phone heard: normalised cross-correlation of pieces of the samples, after A-law."""

import time
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ivr.demo.world import Phone
from tests.live.lines import LiveLine

RATE = 8000
PIECE = RATE // 4
SHARE = 0.6
"""Of its pieces, how many must be heard for a prompt to have been heard."""
DRIFT = 0.5
"""Seconds by which a machine that is held up may stretch a prompt."""
Samples = npt.NDArray[np.float64]


def samples(path: Path) -> Samples:
    """A mono WAV's samples; waits until whoever records has closed it."""
    deadline = time.monotonic() + 20
    while not _closed(path):
        assert time.monotonic() < deadline, f"{path} is still being recorded"
        time.sleep(0.05)
    return np.frombuffer(path.read_bytes()[44:][: (path.stat().st_size - 44) // 2 * 2], "<i2").astype(float)


def _closed(path: Path) -> bool:
    """Whether the sound's length, which Asterisk writes last, is told."""
    if not path.exists():
        return False
    data = path.read_bytes()
    return len(data) >= 44 and data[40:44] == (len(data) - 44).to_bytes(4, "little")


def stereo(path: Path) -> tuple[Samples, Samples]:
    """Left and right of a recording."""
    both = np.frombuffer(path.read_bytes()[44:], "<i2").astype(float).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def prompt(line: LiveLine, name: str) -> Samples:
    """A prompt as the line plays it."""
    return samples(line.data / f"sounds/zh/{name}.wav")


def heard(line: LiveLine, phone: Phone, name: str) -> list[float]:
    """When the phone heard a prompt, in seconds of what it heard."""
    return find(samples(phone.heard), prompt(line, name))


def find(heard: Samples, wanted: Samples, least: float = 0.7) -> list[float]:
    """Where `wanted` begins in `heard`, in seconds.

    Looked for in pieces of 0.25 s, in order: most of them must correlate at least so well and stand where they
    belong, give or take what a busy machine lengthens or shortens audio by. A call may end in the silence behind.
    """
    edge = int(0.08 * RATE)
    places = [place for place in range(edge, len(wanted) - PIECE, PIECE) if _rms(wanted[place:][:PIECE]) > 300]
    if len(heard) < PIECE:
        return []
    size = 1 << (len(heard) + PIECE).bit_length()
    spectrum = np.fft.rfft(heard, size)
    energy = np.concatenate(([0.0], np.cumsum(heard**2)))
    energy = energy[PIECE:] - energy[:-PIECE]
    starts: list[float] = []
    for place in places:
        piece = wanted[place : place + PIECE]
        score = np.fft.irfft(spectrum * np.conj(np.fft.rfft(piece, size)), size)[: len(energy)]
        score /= np.maximum(np.sqrt(energy * np.sum(piece**2)), 1e-9 + 0.05 * np.sum(piece**2))
        starts += [at - place / RATE for at in _peaks(score, least)]
    starts.sort()
    found: list[float] = []
    for start in starts:
        near = [one for one in starts if start <= one <= start + DRIFT]
        if len(near) >= max(1, SHARE * len(places)) and (not found or start > found[-1] + DRIFT):
            found.append(near[len(near) // 2])
    return found


def _rms(sound: Samples) -> float:
    return float(np.sqrt(np.mean(sound**2)))


def _peaks(score: Samples, least: float) -> list[float]:
    """Where one piece is heard, in seconds."""
    found = []
    while (best := int(np.argmax(score))) >= 0 and score[best] >= least:
        found.append(best / RATE)
        score[max(0, best - PIECE // 2) : best + PIECE // 2] = -1.0
    return found


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
