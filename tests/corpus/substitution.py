"""Lost packets filled by what was heard before: waveform substitution after ITU-T G.711 Appendix I (1999).

The last pitch period is repeated, at full level for 10 ms and fading to nothing from there, and what comes after is
faded in over 4 ms. The appendix's lookahead and its growing number of periods are left out.
"""

import itertools

import numpy as np

from tests.corpus.model import FRAME, RATE, Bools, Floats

HELD, GONE = RATE // 100, RATE * 6 // 100
"""Samples at full level, and samples after which nothing is left, as in the appendix."""
SHORTEST, LONGEST, LOOKED_AT = 40, 120, 160
"""Samples of a pitch period (200 to 66 Hz), and of what it is looked for in."""
MERGED = RATE * 4 // 1000


def substituted(x: Floats, lost: Bools, gone: int = GONE) -> Floats:
    """The sound with its lost frames filled; `gone` samples after the last good one nothing is left."""
    out, at = x[: len(lost) * FRAME].copy(), 0
    for missing, run in itertools.groupby(lost):
        size = len(list(run)) * FRAME
        if missing:
            after = min(at + size + MERGED, len(out))
            filled = _filling(out[:at], after - at, gone)
            into = np.linspace(0, 1, after - at - size)
            out[at : at + size] = filled[:size]
            out[at + size : after] = out[at + size : after] * into + filled[size:] * (1 - into)
        at += size
    return out


def _filling(before: Floats, size: int, gone: int) -> Floats:
    if len(before) < LONGEST + LOOKED_AT:
        return np.zeros(size)
    last = before[-period(before) :]
    fade = np.clip((gone - np.arange(size)) / max(1, gone - HELD), 0, 1)
    return np.resize(last, size) * fade


def period(before: Floats) -> int:
    """The lag at which the last 20 ms look most like what was before them."""
    last = before[-LOOKED_AT:]
    windows = np.lib.stride_tricks.sliding_window_view(before[-LOOKED_AT - LONGEST : -SHORTEST], LOOKED_AT)
    alike = windows @ last / np.sqrt(np.square(windows).sum(axis=1) + 1e-9)
    return LONGEST - int(alike.argmax())
