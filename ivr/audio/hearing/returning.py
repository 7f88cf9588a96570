"""How the colour of a sound stays and comes back: notes are held and patterns return, a talker's mouth never rests."""

import numpy as np
import numpy.typing as npt

from ivr.audio.features import POWER, Rows
from ivr.audio.hearing.bands import BANDS

Places = npt.NDArray[np.intp]
NAMES = (
    *(f"colour_move_{lag}" for lag in (1, 3, 6, 12)), "colour_held_10", "colour_held_50",
    "returns_10", "returns_50", "returns_90", "returns_against",
)  # fmt: skip
_LAGS = (1, 3, 6, 12)
_MOST = 80  # frames compared with one another
_APART = 0.35  # seconds from which a likeness is a return, not the same note
_SOFT = np.float32(1e-3)  # bands 30 dB under the frame's own power count as that
_MEAN = np.full(BANDS, 1 / BANDS, np.float32)
_FAR = 30.0**2 * BANDS  # squared distance of a frame that nothing is like: 30 dB in each band
_NOTHING = [0.0] * len(NAMES)


def returning(heard: Rows) -> list[float]:
    """The figures NAMES of the rows that were heard, in dB of mean distance between the bands of loud frames."""
    power = heard[:, POWER]
    loud = np.flatnonzero(power >= np.partition(power, len(power) // 2)[len(power) // 2])
    if len(loud) < 2 * _LAGS[-1]:
        return _NOTHING
    colours = _colours(heard)
    moves = [_moved(colours, loud, lag) for lag in _LAGS]
    held = np.sort(moves[1])
    alike = _returns(colours, loud)
    means = [float(np.add.reduce(one)) / len(one) for one in moves]
    low, half, high = (float(alike[round((len(alike) - 1) * q)]) for q in (0.1, 0.5, 0.9))
    return [*means, float(held[len(held) // 10]), float(held[len(held) // 2]), low, half, high, half / (means[0] + 0.1)]


def _colours(heard: Rows) -> Rows:
    """Band levels in dB under the frame's strongest, soft ones cut off."""
    bands = heard[:, :BANDS]
    top = np.maximum.reduce(bands, axis=1, keepdims=True) + np.float32(1e-9)
    return np.asarray(np.log10(np.maximum(bands / top, _SOFT)) * np.float32(10))


def _moved(colours: Rows, loud: Places, lag: int) -> Rows:
    """How far each loud frame's colour is from the one `lag` frames before, in dB."""
    moved = np.abs(colours[lag:] - colours[:-lag]) @ _MEAN
    return np.asarray(moved.take(loud[np.searchsorted(loud, lag) :] - lag))


def _returns(colours: Rows, loud: Places) -> Rows:
    """For loud frames the distance in dB to the most alike one that is not near in time, sorted."""
    some = loud[:: -(-len(loud) // _MOST)]
    picked = colours.take(some, axis=0).astype(np.float64)  # the difference of large numbers is a small one
    squares = np.einsum("ij,ij->i", picked, picked)
    apart = squares[:, None] + squares - (picked + picked) @ picked.T
    times = some.astype(np.float64)
    apart += _FAR * (np.abs(times[:, None] - times) < _APART * 50)
    nearest = np.clip(np.minimum.reduce(apart, axis=1), 0, _FAR)
    return np.sort(np.sqrt(nearest / BANDS)).astype(np.float32)
