"""Sound cut off where packets begin and end: a talker's sounds change anywhere, a lost packet's only at its edges.

Where the level of 5 ms leaps at the boundary of two frames more often than within frames, packets are missing, however
their place was filled (RFC 3551 audio packets of 20 ms).
"""

import numpy as np
import numpy.typing as npt

from ivr.audio.features import QUARTERS, Rows

Places = npt.NDArray[np.intp]
NAMES = (
    "cut_falls", "cut_rises", "leaps_between", "leaps_within", "leap_most_between", "leap_most_within",
    "notches", "notched", "notch_flat",
)  # fmt: skip
_LEAP = 8.0  # dB from one 5 ms to the next
_FAINT = np.float32(1e-7)  # −70 dBFS: what is softer leaps for nothing
_FEWEST, _MOST = 4, 20  # frames of a hole
_LIVELY = 15.0  # dB, where there is no hole
_ONES = np.ones(4)
_NOTHING = [0.0] * len(NAMES)


def cuts(window: Rows) -> list[float]:
    """The figures NAMES of a window: shares of the places looked at, dB, and holes a second."""
    if len(window) < 4:
        return _NOTHING
    level = np.log10(window[:, QUARTERS : QUARTERS + 4] + _FAINT) * np.float32(10)
    steps = level[1:, 0] - level[:-1, 3]
    between, within = np.abs(steps), np.abs(level[:, 1:] - level[:, :-1]).ravel()
    falls, rises = np.flatnonzero(steps < -_LEAP) + 1, np.flatnonzero(steps > _LEAP) + 1
    places = len(between)
    starts, stops = _holes(falls, rises)
    return [
        len(falls) / places, len(rises) / places, _beyond(between), _beyond(within), _high(between), _high(within),
        len(starts) * 50 / len(window), int(np.add.reduce(stops - starts)) / len(window), _flat(level, starts, stops),
    ]  # fmt: skip


def _beyond(leaps: Rows) -> float:
    """By how much they are more than an ordinary leap of 4 dB, on the average."""
    return float(np.add.reduce(np.maximum(leaps - np.float32(4), 0))) / len(leaps)


def _high(values: Rows) -> float:
    """All but a twentieth are lower."""
    at = len(values) * 19 // 20
    return float(np.partition(values, at)[at])


def _holes(falls: Places, rises: Places) -> tuple[Places, Places]:
    """From a fall to the rise after it, in frames, where it is as long as a burst of lost packets."""
    after = np.searchsorted(rises, falls, "right")
    ended = after < len(rises)
    starts, stops = falls[ended], rises[after[ended]]
    fit = (stops - starts >= _FEWEST) & (stops - starts <= _MOST)
    return starts[fit], stops[fit]


def _flat(level: Rows, starts: Places, stops: Places) -> float:
    """How little the level moves within holes: its standard deviation in dB, on the average."""
    if not len(starts):
        return _LIVELY
    sums = np.zeros((2, len(level) + 1))
    np.cumsum(level @ _ONES, out=sums[0, 1:])
    np.cumsum((level * level) @ _ONES, out=sums[1, 1:])
    mean, square = (sums[:, stops] - sums[:, starts]) / (4 * (stops - starts))
    return float(np.sqrt(np.maximum(square - mean * mean, 0)).mean())
