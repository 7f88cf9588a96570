"""Frames that never came, whatever was put in their place: how likely each one is, and how many there are.

Decoders and jitter buffers repeat, stretch, fade or make up what is missing (ITU-T G.711 appendix I, G.729 4.4, 3GPP
TS 26.091), each in its own way; what gives it away is how a frame fits its neighbours. Small trees look at each
frame's surroundings (`concealment.json`; `python -m tests.training.concealment` grows them, from clips whose lost
frames are known) and say how likely it was lost; the figures of a window are told of that.
"""

from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ivr.audio.features import (
    CREST,
    EDGES,
    HEIGHT,
    LAG,
    PITCHY,
    POWER,
    QUARTERS,
    REPEAT,
    SQUARES,
    STEEP,
    TOTAL,
    Rows,
)
from ivr.audio.hearing.bands import BANDS, IMPORTANCE
from ivr.audio.hearing.compiled import concealer
from ivr.audio.hearing.trees import Trees, read

FILE = Path(__file__).with_name("concealment.json")
CLASS = "lost"
FEWEST = 4
"""Frames of a window of which anything is said."""
_AROUND = (
    ("level", -8, 8), ("step", -6, 7), ("height", -4, 4), ("turn", -4, 5), ("repeat", -3, 4), ("edges", -4, 4),
    ("crest", -2, 2), ("even", -4, 4), ("bins", -2, 2),
)  # fmt: skip
"""Which frames' values are looked at beside each frame, the first and last of them counted from it."""
_PARTS = -8, 11
"""Which steps of 5 ms, counted from the frame's first."""
_APART = (2, 3, 4, 6, 8)
LOOKS = (
    *(f"{name}{at:+d}" for name, first, last in _AROUND for at in range(first, last + 1)),
    *(f"{name}{at:+d}" for name in ("leap", "steep") for at in range(_PARTS[0], _PARTS[1] + 1)),
    *(f"from{-lag:+d}" for lag in _APART), *(f"from{lag:+d}" for lag in _APART), "over",
)  # fmt: skip
"""What is looked at of each frame, in dB or as the columns of a row are."""
_OVER = (0.25, 0.5, 0.8)
_RANKS = (50, 70, 90)
_SHORTEST, _LONGEST = 4, 18  # frames of a burst, as the trees find it
_LIVELY = np.float32(25)  # dB under the loudest: what is softer is a pause
NAMES = (
    "lost_mean", "lost_loud", *(f"lost_{limit}" for limit in _OVER), *(f"lost_{rank}th" for rank in _RANKS),
    "lost_in_bursts", "lost_bursts", "lost_singles", "lost_longest",
)  # fmt: skip
_WEIGHT = IMPORTANCE.astype(np.float32)
_TEN, _LEAST, _FAINT, _TINY = np.float32(10), np.float32(1e-9), np.float32(1e-7), np.float32(1e-15)
_LOWEST, _TOP, _LOUDEST = 10, 90, 95
Chances = Callable[[Rows], Rows]


def concealment(window: Rows) -> list[float]:
    """The figures NAMES of a window: shares of its frames, and how many bursts and single frames a second."""
    if len(window) < FEWEST:
        return [0.0] * len(NAMES)
    told = chances()(window)
    level = np.log10(window[:, POWER] + _LEAST) * _TEN
    loud = told[level > _rank(level, _LOUDEST) - _LIVELY]
    lost = np.zeros(len(told) + 2, np.int8)
    lost[1:-1] = told > 0.5
    edges = np.flatnonzero(lost[1:] != lost[:-1])
    runs = edges[1::2] - edges[::2]
    burst = (runs >= _SHORTEST) & (runs <= _LONGEST)
    count = len(told)
    return [
        float(np.add.reduce(told)) / count, float(np.add.reduce(loud)) / len(loud),
        *(int(np.count_nonzero(told > limit)) / count for limit in _OVER), *(_rank(told, rank) for rank in _RANKS),
        int(runs[burst].sum()) / count, int(np.count_nonzero(burst)) * 50 / count,
        int(np.count_nonzero(runs < _SHORTEST)) * 50 / count, int(runs.max(initial=0)) / count,
    ]  # fmt: skip


@cache
def trees() -> Trees:
    """The trees of FILE, read once."""
    return read(FILE, LOOKS, (CLASS,))


@cache
def chances() -> Chances:
    """What tells of each frame of a window how likely it was lost, compiled where it can be had."""
    own = trees()
    compiled = concealer(_WEIGHT, own.places(), own.leaf, own.first.astype(np.int32), own.depth)
    return compiled or partial(plainly, own)


def plainly(trees: Trees, window: Rows) -> Rows:
    """The same with numpy alone, where the compiled helper is missing."""
    reached = trees.walk(looks(window)) - len(trees.figure)
    votes = np.add.reduce(trees.leaf[reached].astype(np.float64), axis=1)
    return np.asarray(1 / (1 + np.exp(-votes)), np.float32)


def looks(window: Rows) -> Rows:
    """What is looked at of each frame: a row of LOOKS."""
    bands = np.log10(window[:, :BANDS] + _LEAST) * _TEN
    level = np.log10(window[:, POWER] + _LEAST) * _TEN
    colour = bands - (bands @ _WEIGHT)[:, None]
    here = np.arange(len(window))
    series = {
        "level": level - np.float32(_rank(level, _TOP)),
        "step": _apart(colour, here, -1),
        "height": window[:, PITCHY] / (window[:, HEIGHT] + _LEAST),
        "turn": np.abs(np.diff(window[:, LAG], prepend=window[:1, LAG])),
        "repeat": window[:, REPEAT],
        "edges": window[:, EDGES],
        "crest": window[:, CREST],
        "even": _even(window, bands),
        "bins": np.log10(window[:, TOTAL] ** 2 / (window[:, SQUARES] + _TINY) + np.float32(1)),
    }
    around = [series[name][_near(here, np.arange(first, last + 1))] for name, first, last in _AROUND]
    parts = [_steps(window[:, first : first + 4]) for first in (QUARTERS, STEEP)]
    apart = [_apart(colour, here, lag)[:, None] for lag in (*(-lag for lag in _APART), *_APART)]
    over = (level - np.float32(_rank(level, _LOWEST)))[:, None]
    return np.concatenate([*around, *parts, *apart, over], axis=1).astype(np.float32)


def _even(window: Rows, bands: Rows) -> Rows:
    """Spectral flatness in dB: 0 for a frame whose bands are all alike."""
    mean = np.add.reduce(window[:, :BANDS], axis=1) / np.float32(BANDS)
    return np.asarray(np.add.reduce(bands, axis=1) / np.float32(BANDS) - np.log10(mean + _LEAST) * _TEN)


def _near(here: npt.NDArray[np.int64], offsets: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The numbers of frames so far away, those before the first and after the last being these."""
    return np.asarray(np.clip(here[:, None] + offsets, 0, len(here) - 1))


def _apart(colour: Rows, here: npt.NDArray[np.int64], lag: int) -> Rows:
    """How far each frame's colour is from that of the one so many frames away, in dB."""
    return np.asarray(np.abs(colour - colour[_near(here, np.array([lag]))[:, 0]]) @ _WEIGHT)


def _steps(parts: Rows) -> Rows:
    """The steps in dB from 5 ms to 5 ms around each frame; 0 outside the window."""
    first, last = _PARTS
    level = np.log10(parts + _FAINT).ravel() * _TEN
    padded = np.pad(np.diff(level, prepend=level[:1]), (-first, last))
    return np.lib.stride_tricks.sliding_window_view(padded, last - first + 1)[::4][: len(parts)]


def _rank(values: Rows, percent: int) -> float:
    """A percentile, to the nearest rank."""
    at = round((len(values) - 1) * percent / 100)
    return float(np.partition(values, at)[at])
