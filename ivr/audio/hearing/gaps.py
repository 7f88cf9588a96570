"""Finds bursts of lost packets: holes of nothing whose edges cut a sound off instead of letting it fade."""

from itertools import pairwise
from typing import Any

import numpy as np

from ivr.audio.features import QUARTERS, Rows

Mask = np.ndarray[Any, np.dtype[np.bool_]]
EMPTY = 2e-7  # mean square of A-law's smallest step and below
_SHORTEST, _LONGEST = 4, 20  # frames, 80 to 400 ms
_CUT = 10**-1.8  # an edge within 18 dB of the voice was cut
_ALWAYS = 10**-4.4  # and so was any edge above −44 dBFS


def empty(rows: Rows) -> Mask:
    """True for the frames with nothing in them: no packet, or digital silence."""
    return np.asarray(rows[:, QUARTERS : QUARTERS + 4].max(axis=1) < EMPTY)


def burst_loss(rows: Rows, hole: Mask, voice: float) -> tuple[float, int, bool]:
    """Share of frames lost in bursts, number of bursts, and whether one may be going on.

    `hole` are the empty frames, `voice` is the power of the voice.
    """
    if not hole.any():
        return 0.0, 0, False
    edges = np.flatnonzero(np.diff(hole)) + 1
    threshold = min(_ALWAYS, voice * _CUT) if voice else _ALWAYS
    before = rows[:, QUARTERS + 3] > threshold
    after = rows[:, QUARTERS] > threshold
    lost = bursts = 0
    ends = [int(edge) for edge in edges]
    for start, stop in pairwise(ends):
        if hole[start] and _SHORTEST <= stop - start <= _LONGEST and (before[start - 1] or after[stop]):
            lost += stop - start
            bursts += 1
    open_for = len(rows) - ends[-1] if ends and hole[-1] and before[ends[-1] - 1] else 0
    if _SHORTEST <= open_for <= _LONGEST:
        lost += open_for
        bursts += 1
    return lost / max(len(rows), 1), bursts, 0 < open_for <= _LONGEST
