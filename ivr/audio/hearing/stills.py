"""Sound whose colour stands still: what decoders invent where packets are missing.

They go on with the last spectrum and let it fade (ITU-T G.729, 4.4; 3GPP TS 26.091; G.711, appendix I), while whoever
talks changes the spectrum within 60 ms. Two frames are as far apart as their bands are in dB on the average, each band
weighted by what it carries for speech, and their levels made equal before.
"""

import numpy as np
import numpy.typing as npt

from ivr.audio.features import POWER, Rows
from ivr.audio.hearing.bands import BANDS, IMPORTANCE, Floats

_NEAR, _FAR = 1, 3
"""Frames between those that are compared."""
_RANKS = (2, 5, 10, 25)
_STILL = (2.5, 4.0)
"""dB: what is nearer stands still."""
NAMES = (
    *(f"still_{lag}_{rank}" for lag in (_NEAR, _FAR) for rank in _RANKS),
    *(f"{what}_{limit}" for limit in _STILL for what in ("stills", "still_runs", "still_slope", "still_rough")),
)
_FEWEST, _MOST = 3, 20  # frames of a run: 60 to 400 ms
_BELOW, _SOFT = 32.0, -65.0  # dB under the loudest frame; dBFS
_MOVING = 15.0  # dB, where nothing can be compared
_NO_RUN = [0.0, 0.0, 0.0, 5.0]
_WEIGHT = (IMPORTANCE / IMPORTANCE.sum()).astype(np.float32)
Mask = npt.NDArray[np.bool_]


def stills(told: Rows) -> list[float]:
    """The figures NAMES of a window whose bands and level are told in dB: dB, shares, and runs a second."""
    bands, power = told[:, :BANDS], told[:, POWER]
    colour = bands - (bands @ _WEIGHT)[:, None]
    loud = power > max(float(power.max()) - _BELOW, _SOFT)
    near, _ = _apart(colour, loud, _NEAR)
    far, both = _apart(colour, loud, _FAR)
    sums = _sums(power[1:] - power[:-1])
    runs = [value for limit in _STILL for value in _runs(sums, both & (far < limit))]
    return [*_lowest(near[loud[1:] & loud[:-1]]), *_lowest(far[both]), *runs]


def _apart(colour: Rows, loud: Mask, lag: int) -> tuple[Rows, Mask]:
    """How far each frame is from the one `lag` before, and whether both are loud enough to tell."""
    return np.abs(colour[lag:] - colour[:-lag]) @ _WEIGHT, loud[lag:] & loud[:-lag]


def _lowest(apart: Rows) -> list[float]:
    if not len(apart):
        return [_MOVING] * len(_RANKS)
    apart = np.sort(apart)
    return [float(apart[round((len(apart) - 1) * rank / 100)]) for rank in _RANKS]


def _sums(steps: Rows) -> Floats:
    """Of a level's steps, and of their squares, all up to each."""
    sums = np.zeros((2, len(steps) + 1))
    np.add.accumulate(steps, out=sums[0, 1:])
    np.add.accumulate(steps * steps, out=sums[1, 1:])
    return sums


def _runs(sums: Floats, still: Mask) -> list[float]:
    """Of runs as long as a burst of lost packets: their share, how many, how they fade (dB a frame), how evenly."""
    walled = np.zeros(len(still) + 2, np.int8)
    walled[1:-1] = still
    edges = np.flatnonzero(walled[1:] != walled[:-1])
    starts, stops = edges[::2], edges[1::2]
    fit = (stops - starts >= _FEWEST) & (stops - starts <= _MOST)
    starts, stops = starts[fit], stops[fit]
    if not len(starts):
        return _NO_RUN
    long = stops - starts
    mean, square = (sums[:, stops] - sums[:, starts]) / long
    rough = np.sqrt(np.maximum(square - mean * mean, 0))
    count, runs = sums.shape[1], len(long)
    return [
        int(np.add.reduce(long)) / count, runs * 50 / count,
        float(np.add.reduce(mean)) / runs, float(np.add.reduce(rough)) / runs,
    ]  # fmt: skip
