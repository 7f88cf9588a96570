"""Finds bursts of lost packets: holes of nothing whose edges cut a sound off instead of letting it fade.

Holes are looked for by 5 ms, not by frames: packets lost before another switch do not begin where ours do.
"""

from typing import Any

import numpy as np

from ivr.audio.features import QUARTERS, Rows

Mask = np.ndarray[Any, np.dtype[np.bool_]]
Places = np.ndarray[Any, np.dtype[np.int64]]
EMPTY = 2e-7  # mean square of A-law's smallest step and below
PARTS = 4  # of a frame
_SHORTEST, _LONGEST = 4 * PARTS - 1, 20 * PARTS + 1  # 80 to 400 ms; an edge may lie within 5 ms
_CUT = 10**-1.8  # an edge within 18 dB of the voice was cut
_ALWAYS = 10**-4.4  # and so was any edge above −44 dBFS
_NO_HOLES: Places = np.zeros((2, 0), np.int64)


def empty(rows: Rows) -> Mask:
    """True for the frames with nothing in them: no packet, or digital silence."""
    return np.asarray(rows[:, QUARTERS : QUARTERS + PARTS].max(axis=1) < EMPTY)


def holes(rows: Rows) -> Places:
    """Where nothing begins, and where it ends, in 5 ms from the first row; two rows."""
    nothing = rows[:, QUARTERS : QUARTERS + PARTS].ravel() < EMPTY
    if not nothing.any():
        return _NO_HOLES
    walled = np.zeros(len(nothing) + 2, np.int8)
    walled[1:-1] = nothing
    return np.flatnonzero(walled[1:] != walled[:-1]).reshape(-1, 2).T


def burst_loss(rows: Rows, found: Places, voice: float) -> tuple[float, int, bool]:
    """Share of the time lost in bursts, number of bursts, and whether one may be going on.

    `found` are the holes, `voice` is the power of the voice.
    """
    starts, stops = found
    if not len(starts):
        return 0.0, 0, False
    threshold = min(_ALWAYS, voice * _CUT) if voice else _ALWAYS
    parts = rows[:, QUARTERS : QUARTERS + PARTS].ravel()
    count = len(parts)
    # the 5 ms in which an edge lies are partly empty: those beside them tell
    before = np.maximum(parts[starts - 1], parts[starts - 2]) > threshold
    after = np.maximum(parts[np.minimum(stops, count - 1)], parts[np.minimum(stops + 1, count - 1)]) > threshold
    long = stops - starts
    before &= starts > 1
    after &= stops < count
    fits = (long >= _SHORTEST) & (long <= _LONGEST)
    ended = stops < count
    lost = fits & np.where(ended, (starts > 0) & (before | after), before)
    going_on = bool(before[-1] and not ended[-1] and long[-1] <= _LONGEST)
    return float(long[lost].sum()) / count, int(np.count_nonzero(lost)), going_on
