"""Sound cut off where packets begin and end: a talker's sounds change anywhere, a lost packet's only at its edges.

Where the level of 5 ms leaps at one moment of every 20 ms more often than at the others, packets are missing, however
their place was filled (RFC 3551 audio packets of 20 ms). That moment is looked for: packets lost before another switch
made its own of them do not begin where ours do. An edge within 5 ms is two half leaps, so leaps over 10 ms are
looked at as well, and there compared with the moment that is farthest away.
"""

from math import log

import numpy as np
import numpy.typing as npt

from ivr.audio.features import HEIGHT, PITCHY, QUARTERS, STEEP, Rows
from ivr.audio.hearing.bands import Floats

Places = npt.NDArray[np.intp]
_EACH = (
    "falls", "rises", "leaps_between", "leaps_within", "leap_most_between", "leap_most_within",
    "notches", "notched", "notch_flat",
)  # fmt: skip
NAMES = (
    *(f"cut_{name}" for name in _EACH), *(f"wide_{name}" for name in _EACH),
    "sudden_voice", "broken_voice", "cut_voice",
    *(
        f"{what}_{which}_{told}"
        for which in ("rises", "falls", "leaps") for what in ("level", "steep") for told in ("most", "against")
    ),
)  # fmt: skip
_LEAP = 8.0  # dB from one 5 ms to the next
_ORDINARY = 4.0  # dB: leaps up to this are anywhere
_FAINT = np.float32(1e-7)  # −70 dBFS: what is softer leaps for nothing
_FEWEST, _MOST = 4, 20  # frames of a hole
_LIVELY = 15.0  # dB, where there is no hole
_SUDDEN = 12.0  # dB in 10 ms
_VOICED = np.float32(0.4)  # height of the pitch peak of a voice in full sound
_TOGETHER = 16  # frames: a voice that breaks off and one that comes so soon after it
_PHASES = 4
_SELDOM = 0.05  # dB a place: less is nothing to compare with
_OTHERS = [[other for other in range(_PHASES) if other != phase] for phase in range(_PHASES)]
_FARTHEST = [[(phase + 2) % _PHASES] for phase in range(_PHASES)]
_ONES = np.ones(_PHASES)
_TEN = np.float32(10)
_NOTHING = [0.0] * len(NAMES)


def cuts(window: Rows) -> list[float]:
    """The figures NAMES of a window: shares of the places looked at, dB, and how many a second."""
    if len(window) < 4:
        return _NOTHING
    level = np.log10(window[:, QUARTERS : QUARTERS + _PHASES] + _FAINT) * _TEN
    both = np.stack([level.ravel(), np.log10(window[:, STEEP : STEEP + _PHASES] + _FAINT).ravel() * _TEN])
    flat, steps = both[0], both[:, 2:] - both[:, :-2]
    wide = steps[0]
    sums = np.zeros((2, len(level) + 1))
    np.add.accumulate(level @ _ONES, out=sums[0, 1:])
    np.add.accumulate((level * level) @ _ONES, out=sums[1, 1:])
    return [*_told(sums, flat[1:] - flat[:-1], 1), *_told(sums, wide, 2), *_voices(window, wide), *_moments(steps)]


def _told(sums: Floats, steps: Rows, span: int) -> list[float]:
    """The figures _EACH of the level's steps over `span` times 5 ms; `sums` are of levels and squares up to each frame.

    The steps at one moment of 20 ms stand in a row.
    """
    places = len(steps) // _PHASES
    steps = steps[: places * _PHASES].reshape(-1, _PHASES).T.copy()
    leaps = np.abs(steps)
    beyond = (np.add.reduce(np.maximum(leaps - np.float32(_ORDINARY * span), 0), axis=1) / places).tolist()
    best = beyond.index(max(beyond))
    others = _FARTHEST[best] if span > 1 else _OTHERS[best]
    falls, rises = np.flatnonzero(steps[best] < -_LEAP) + 1, np.flatnonzero(steps[best] > _LEAP) + 1
    starts, stops = _holes(falls, rises)
    count = sums.shape[1] - 1
    return [
        len(falls) / places, len(rises) / places, beyond[best], sum(beyond[n] for n in others) / len(others),
        _high(leaps[best]), _high(leaps[others].ravel()),
        len(starts) * 50 / count, int(np.add.reduce(stops - starts)) / count, _flat(sums, starts, stops),
    ]  # fmt: skip


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


def _flat(sums: Floats, starts: Places, stops: Places) -> float:
    """How little the level moves within holes: its standard deviation in dB, on the average."""
    if not len(starts):
        return _LIVELY
    mean, square = (sums[:, stops] - sums[:, starts]) / (_PHASES * (stops - starts))
    return float(np.add.reduce(np.sqrt(np.maximum(square - mean * mean, 0)))) / len(starts)


def _moments(steps: Rows) -> list[float]:
    """For levels and for edges: what rises, falls and leaps have over 10 ms at their moment, and against the farthest.

    What a decoder invents fades, so that its end alone is sudden; and it may have the level of what is missing, but not
    its edges (the level of the steps from sample to sample).
    """
    places = steps.shape[1] // _PHASES
    each = steps[:, : places * _PHASES].reshape(len(steps), places, _PHASES)
    limit = np.float32(2 * _ORDINARY)
    rises = np.add.reduce(np.maximum(each - limit, 0), axis=1) / places
    falls = np.add.reduce(np.maximum(-limit - each, 0), axis=1) / places
    told = []
    for moments in (*rises.tolist(), *falls.tolist(), *(rises + falls).tolist()):
        most = max(moments)
        away = moments[(moments.index(most) + 2) % _PHASES]
        told += [most, log((most + _SELDOM) / (away + _SELDOM))]
    return told


def _voices(window: Rows, wide: Rows) -> list[float]:
    """How often a second a voice is there at once in full sound, breaks off in full sound, and the one after the other.

    A mouth opens and closes within some 50 ms; a packet that comes or is missing takes no time.
    """
    voiced = window[:, PITCHY] > _VOICED * window[:, HEIGHT]
    rises = _frames(wide > _SUDDEN)
    falls = _frames(wide < -_SUDDEN)
    last = len(window) - 1
    came = rises[voiced[np.minimum(rises + 1, last)] & voiced[np.minimum(rises + 2, last)]]
    went = falls[voiced[np.maximum(falls - 1, 0)]]
    after = np.searchsorted(came, went, "right")
    ended = after < len(came)
    gap = came[after[ended]] - went[ended]
    both = np.count_nonzero((gap >= _FEWEST - 1) & (gap <= _TOGETHER))
    seconds = len(window) / 50
    return [len(came) / seconds, len(went) / seconds, int(both) / seconds]


def _frames(steep: npt.NDArray[np.bool_]) -> Places:
    """The frames in which a steep step over 10 ms begins, each once."""
    found = (np.flatnonzero(steep) + 1) // _PHASES
    first = np.ones(len(found), np.bool_)
    first[1:] = found[1:] - found[:-1] > 1
    return found[first]
