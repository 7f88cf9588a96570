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
_NOTHING = [0.0] * len(NAMES)


def cuts(window: Rows) -> list[float]:
    """The figures NAMES of a window: shares of the places looked at, dB, and holes a second."""
    if len(window) < 4:
        return _NOTHING
    level = 10 * np.log10(window[:, QUARTERS : QUARTERS + 4] + _FAINT)
    between = level[1:, 0] - level[:-1, 3]
    within = np.abs(level[:, 1:] - level[:, :-1]).ravel()
    falls, rises = np.flatnonzero(between < -_LEAP) + 1, np.flatnonzero(between > _LEAP) + 1
    places = len(between)
    holes = _holes(falls, rises)
    flat = [float(level[start:stop].std()) for start, stop in holes]
    return [
        len(falls) / places, len(rises) / places,
        float(np.maximum(np.abs(between) - 4, 0).mean()), float(np.maximum(within - 4, 0).mean()),
        _high(np.abs(between)), _high(within),
        len(holes) * 50 / len(window), sum(stop - start for start, stop in holes) / len(window),
        sum(flat) / len(flat) if flat else 15.0,
    ]  # fmt: skip


def _high(values: Rows) -> float:
    """All but a twentieth are lower."""
    at = len(values) * 19 // 20
    return float(np.partition(values, at)[at])


def _holes(falls: Places, rises: Places) -> list[tuple[int, int]]:
    """From a fall to the rise after it, in frames, where it is as long as a burst of lost packets."""
    found = []
    for start, at in zip(falls.tolist(), np.searchsorted(rises, falls, "right").tolist(), strict=True):
        if at < len(rises) and _FEWEST <= int(rises[at]) - start <= _MOST:
            found.append((start, int(rises[at])))
    return found
