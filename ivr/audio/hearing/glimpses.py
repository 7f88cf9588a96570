"""What each frame of a window shows: whether it never came, whether somebody speaks, whether that can be made out.

Decoders and jitter buffers repeat, stretch, fade or make up what is missing (ITU-T G.711 appendix I, G.729 4.4, 3GPP
TS 26.091), each in its own way; what gives it away is how a frame fits those around it, over as long as a burst lasts.
Nor does one frame alone tell a voice from what only sounds like one. A small network (`network.py`, `glimpses.json`;
`python -m tests.training.glimpses` grows it, from clips of which all three are known) goes over the window and says how
likely each is; the figures of a window are told of that. (Glimpses: Cooke, A glimpsing model of speech perception in
noise, 2006.)
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
    PEAK,
    PITCHY,
    POWER,
    QUARTERS,
    REPEAT,
    SQUARES,
    STEEP,
    TOTAL,
    Rows,
)
from ivr.audio.hearing.bands import BANDS, HERTZ, IMPORTANCE
from ivr.audio.hearing.compiled import glimpser
from ivr.audio.hearing.network import Network, read
from ivr.audio.hearing.past import ECHO

FILE = Path(__file__).with_name("glimpses.json")
FEWEST = 4
"""Frames of a window of which anything is said."""
_APART = (1, 2, 3, 4, 6, 8)
LOOKS = (
    *(f"{hertz} Hz" for hertz in HERTZ.astype(int)),
    "level", "bins", "height", "lag", "peak", "repeat", "crest", "edges",
    *(f"{name} {part}" for name in ("level", "steps") for part in range(1, 5)),
    *(f"from -{lag}" for lag in _APART), "echo",
)  # fmt: skip
"""What is looked at of each frame, in dB over the window's loudest, or as the columns of a row are."""
CLASSES = ("lost", "spoken", "made_out")
"""What is told of each frame: it never came, somebody speaks in it, and that can be made out."""
_OVER = (0.25, 0.5, 0.8)
_RANKS = (50, 70, 90)
_SHORTEST, _LONGEST = 4, 18  # frames of a burst
_LIVELY = np.float32(25)  # dB under the loudest: what is softer is a pause
_EACH = ("mean", "loud", *_OVER, *(f"{rank}th" for rank in _RANKS), "longest")
_LOST = ("lost_in_bursts", "lost_bursts", "lost_singles")
_VOICE = ("made_out_of_spoken", "lost_of_spoken")
NAMES = (*(f"{name}_{what}" for name in CLASSES for what in _EACH), *_LOST, *_VOICE)
_WEIGHT = IMPORTANCE.astype(np.float32)
_TEN, _LEAST, _FAINT, _TINY = np.float32(10), np.float32(1e-9), np.float32(1e-7), np.float32(1e-15)
_TOP, _LOUDEST = 90, 95
Chances = Callable[[Rows], Rows]


def glimpses(window: Rows) -> list[float]:
    """The figures NAMES of a window: shares of its frames, and how many bursts and single frames a second."""
    if len(window) < FEWEST:
        return [0.0] * len(NAMES)
    told = chances()(window)
    level = _decibels(window[:, POWER], _LEAST)
    loud = told[level > _rank(level, _LOUDEST) - _LIVELY]
    runs = [_runs(told[:, number] > 0.5) for number in range(len(CLASSES))]
    found = [value for number in range(len(CLASSES)) for value in _each(told[:, number], loud[:, number], runs[number])]
    return [*found, *_bursts(runs[0], len(told)), *_voice(told)]


def _each(told: Rows, loud: Rows, runs: npt.NDArray[np.int64]) -> list[float]:
    """How often something is so."""
    count = len(told)
    return [
        float(np.add.reduce(told)) / count, float(np.add.reduce(loud)) / len(loud),
        *(int(np.count_nonzero(told > limit)) / count for limit in _OVER), *(_rank(told, rank) for rank in _RANKS),
        int(runs.max(initial=0)) / count,
    ]  # fmt: skip


def _runs(told: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """How many frames on end it is so, each time."""
    padded = np.zeros(len(told) + 2, np.int8)
    padded[1:-1] = told
    edges = np.flatnonzero(padded[1:] != padded[:-1])
    return edges[1::2] - edges[::2]


def _bursts(runs: npt.NDArray[np.int64], count: int) -> list[float]:
    """The share of frames in bursts of losses, and bursts and shorter losses a second."""
    burst = (runs >= _SHORTEST) & (runs <= _LONGEST)
    return [
        int(runs[burst].sum()) / count, int(np.count_nonzero(burst)) * 50 / count,
        int(np.count_nonzero(runs < _SHORTEST)) * 50 / count,
    ]  # fmt: skip


def _voice(told: Rows) -> list[float]:
    """Of what is spoken, how much can be made out, and how much beside it was lost."""
    lost, spoken, made_out = np.add.reduce(told, axis=0).tolist()
    return [made_out / (spoken + 1), lost / (lost + spoken + 1)]


@cache
def network() -> Network:
    """The network of FILE, read once."""
    return read(FILE, LOOKS)


@cache
def chances() -> Chances:
    """What tells of each frame of a window how likely each of CLASSES is, compiled where it can be had."""
    own = network()
    return glimpser(_WEIGHT, own.flat(), own.apart(), len(CLASSES)) or partial(plainly, own)


def plainly(network: Network, window: Rows) -> Rows:
    """The same with numpy alone, where the compiled helper is missing."""
    numbers = network.numbers(looks(window)).astype(np.float64)  # in which no exp() of theirs is too large
    return np.asarray(1 / (1 + np.exp(-numbers)), np.float32)


def looks(window: Rows) -> Rows:
    """What is looked at of each frame: a row of LOOKS."""
    level = _decibels(window[:, POWER], _LEAST)
    top = np.float32(_rank(level, _TOP))
    bands = _decibels(window[:, :BANDS], _LEAST)
    plain = [
        np.log10(window[:, TOTAL] ** 2 / (window[:, SQUARES] + _TINY) + np.float32(1)),
        window[:, PITCHY] / (window[:, HEIGHT] + _LEAST),
        *(window[:, column] for column in (LAG, PEAK, REPEAT, CREST, EDGES)),
    ]
    parts = [_decibels(window[:, first : first + 4], _FAINT) - top for first in (QUARTERS, STEEP)]
    levels = [bands - top, (level - top)[:, None]]
    seen = [*levels, np.stack(plain, axis=1), *parts, _changes(bands), window[:, ECHO : ECHO + 1]]
    return np.concatenate(seen, axis=1).astype(np.float32)


def _decibels(power: Rows, least: np.float32) -> Rows:
    return np.asarray(np.log10(power + least) * _TEN)


def _changes(bands: Rows) -> Rows:
    """How far each frame's colour is from that of the frames _APART before it, in dB; 0 where there are none."""
    colour = bands - (bands @ _WEIGHT)[:, None]
    out = np.zeros((len(bands), len(_APART)), np.float32)
    for column, lag in enumerate(_APART):
        out[lag:, column] = np.abs(colour[lag:] - colour[:-lag]) @ _WEIGHT
    return out


def _rank(values: Rows, percent: int) -> float:
    """A percentile, to the nearest rank."""
    at = round((len(values) - 1) * percent / 100)
    return float(np.partition(values, at)[at])
