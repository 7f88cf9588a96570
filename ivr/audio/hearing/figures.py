"""Some hundred and seventy figures of one listening window, from its rows: what the forest of `forest.py` judges by.

Shares and dB only, nothing counted in absolute frames, so that short windows and long ones look alike.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from ivr.audio.features import (
    CREST,
    EDGES,
    FIRST_LAG,
    HEIGHT,
    LAG,
    PEAK,
    PITCHY,
    POWER,
    QUARTERS,
    REPEAT,
    SQUARES,
    TOTAL,
    Rows,
)
from ivr.audio.hearing import cuts, glimpses, returning, stills
from ivr.audio.hearing.bands import BANDS, IMPORTANCE, TALKER
from ivr.audio.hearing.compiled import teller
from ivr.audio.hearing.gaps import PARTS, empty, holes
from ivr.audio.hearing.judge import Measured
from ivr.audio.hearing.past import ECHO, VOICE

_MEASURED = (
    "heard",
    "voice",
    "level",
    "snr",
    "purity",
    "drown",
    "spell",
    "steady",
    "loss",
    "bursts",
    "broken",
    "faded",
)
_LEVELS = (5, 25, 50, 75, 95)
_LAGS = (1, 2, 4, 8, 14)
Mask = npt.NDArray[np.bool_]
_WEIGHT = IMPORTANCE.astype(np.float32)
_TALKER_DB = (10 * np.log10(TALKER)).astype(np.float32)
_COMPILED = teller(_WEIGHT, _TALKER_DB)
NAMES = (
    *_MEASURED, "holes", "echo", "voiced",
    *(f"p{q}" for q in _LEVELS), "range",
    "band_90_10", "band_75_25", "band_50_10", "band_97_50", "drown_10", "drown_50", "drown_90",
    "bins_10", "bins_50", "bins_90", "narrow_8", "narrow_16",
    "pitch_50", "pitch_75", "pitch_90", "pitch_97", "pitch_30", "pitch_45", "pitch_60",
    "glide", "stands", "longest_pitch", "pitch_loud",
    "flux_25", "flux_50", "flux_90", "flux_pitchy",
    *(f"move_{lag}" for lag in _LAGS), *(f"mid_move_{lag}" for lag in _LAGS),
    "low_95", "high_95", "low_50", "high_50", "tilt_95", "tilt_50",
    "click_50", "click_90", "click_98", "repeat_80", "repeat_95", "repeat_75th",
    "drops", "rises", "jumps", "hole_runs", "hole_short", "hole_long",
    "peak_mode", "peak_move", "mid_90_10", "talk_band", "floor_10", "even_50", "even_90",
    "even_10", "even_move_1", "even_move_4", "even_move_10", "even_runs", "even_with_power",
    "crest_50", "crest_90", "crest_98", "edges_10", "edges_50", "edges_90", "edges_move_1", "edges_move_4",
    "slow_move", "sure_pitch", "low_move_4", "high_move_4", "low_move_1", "high_move_1",
    "peak_holds_2", "peak_holds_4", "peak_holds_8", "pitch_holds_2", "pitch_holds_4", "pitch_holds_8",
    "peak_run", "rumble_10", "rumble_50", "rumble_90", "beat", "beat_lag", *returning.NAMES, *cuts.NAMES, *stills.NAMES,
    *glimpses.NAMES,
)  # fmt: skip


def figures(window: Rows, measured: Measured) -> Rows:
    """The figures of a window in the order of NAMES; of an empty one, zeros."""
    out = np.zeros(len(NAMES), np.float32)
    out[: len(_MEASURED)] = [getattr(measured, name) for name in _MEASURED]
    (_COMPILED or tell_plainly)(window, out[len(_MEASURED) : -len(glimpses.NAMES)])
    out[-len(glimpses.NAMES) :] = glimpses.glimpses(window)
    return out


def tell_plainly(window: Rows, out: Rows) -> None:
    """All but what is measured or each frame shows, with numpy alone, where the compiled helper is missing."""
    hole, echo = empty(window), window[:, ECHO] > 0
    kept = ~(hole | echo)
    heard = window[kept]
    values = [_share(hole), _share(echo), _share(window[:, VOICE] > 0)]
    if len(heard) >= 3:
        whole = np.log10(window[:, : POWER + 1] + _LEAST) * _TEN
        told = whole[kept]
        middle = np.log10(np.add.reduce(heard[:, 5:11], axis=1) + _LEAST) * _TEN
        even = _even(heard, told)
        height = heard[:, PITCHY] / (heard[:, HEIGHT] + _LEAST)
        values += [*_levels(told[:, POWER]), *_bands(heard, told), *_pitch(heard, height)]
        values += [*_motion(heard, told, middle), *_shape(heard), *_breaks(whole[:, POWER], window)]
        values += [*_rest(heard, told, middle, even), *_texture(heard, told, even, height)]
        values += [*_notes(heard), *_rumble(heard, told), *_beat(window), *returning.returning(heard)]
        values += [*cuts.cuts(window), *stills.stills(whole)]
    out[: len(values)] = values


_TEN, _LEAST = np.float32(10), np.float32(1e-9)
_FIFTEEN, _THIRTY = np.float32(15), np.float32(30)
_ONES = np.ones(4, np.float32)
_QUARTER = np.full(4, 0.25, np.float32)


def _count(mask: Mask) -> int:
    return int(np.count_nonzero(mask))


def _share(mask: Mask) -> float:
    return _count(mask) / max(1, len(mask))


def _at(values: Rows, *percents: int) -> list[float]:
    """Percentiles, to the nearest rank: one sort serves all."""
    values = np.sort(values)
    return [float(values[round((len(values) - 1) * percent / 100)]) for percent in percents]


def _levels(power: Rows) -> list[float]:
    found = _at(power, *_LEVELS)
    return [*found, found[-1] - found[0]]


def _bands(heard: Rows, told: Rows) -> list[float]:
    ranks = [round((len(told) - 1) * q) for q in (0.1, 0.25, 0.5, 0.75, 0.9, 0.97)]
    q10, q25, q50, q75, q90, q97 = levels = np.sort(told[:, :BANDS], axis=0)[ranks]
    spreads = np.minimum(np.array([q90 - q10, q75 - q25, q50 - q10, q97 - q50]), _THIRTY) @ _WEIGHT
    drowned = np.minimum(np.maximum(_TALKER_DB - levels[::2], -_FIFTEEN), _FIFTEEN) @ _WEIGHT
    # the weights add up to 1 but for the last digit, and a limit is a value that trees part at
    spreads, drowned = np.minimum(spreads, _THIRTY), np.minimum(np.maximum(drowned, -_FIFTEEN), _FIFTEEN)
    bins = heard[:, TOTAL] ** 2 / (heard[:, SQUARES] + np.float32(1e-15))
    return [*spreads.tolist(), *drowned.tolist(), *_at(bins, 10, 50, 90), _share(bins < 8), _share(bins < 16)]


def _pitch(heard: Rows, height: Rows) -> list[float]:
    pitchy = height > 0.3
    lag = heard[:, LAG] + FIRST_LAG
    both = pitchy[1:] & pitchy[:-1]
    change = np.abs(lag[1:] - lag[:-1])
    still = both & (change == 0)
    near = both & (change < 0.14 * np.maximum(lag[1:], lag[:-1]))
    count = max(1, _count(both))
    power = heard[:, POWER]
    loud = power >= np.partition(power, len(power) // 2)[len(power) // 2]
    stands = _count(still)
    return [
        *_at(height, 50, 75, 90, 97), _share(pitchy), _share(height > 0.45), _share(height > 0.6),
        (_count(near) - stands) / count, stands / count, _longest(near) / len(heard), _share(pitchy[loud]),
    ]  # fmt: skip


def _longest(run: Mask) -> int:
    edges = _edges(run)
    return int((edges[1::2] - edges[::2]).max(initial=0))


def _edges(run: Mask) -> "np.ndarray[Any, np.dtype[np.int64]]":
    """Where runs begin and end, in turns."""
    walled = np.zeros(len(run) + 2, np.int8)
    walled[1:-1] = run
    return np.flatnonzero(walled[1:] != walled[:-1])


def _motion(heard: Rows, told: Rows, middle: Rows) -> list[float]:
    bands = told[:, :BANDS]
    flux = np.abs(bands[1:] - bands[:-1]) @ _WEIGHT
    pitchy = heard[1:, PITCHY] > _PITCHY * heard[1:, HEIGHT]
    both = np.array([told[:, POWER], middle])
    whole, mid = zip(*(_move(both, lag) for lag in _LAGS), strict=True)
    return [*_at(flux, 25, 50, 90), float(flux @ pitchy) / max(1, _count(pitchy)), *whole, *mid]


_PITCHY = np.float32(0.3)


def _move(levels: Rows, lag: int) -> list[float]:
    """How far levels are, on the average, from those `lag` frames before; `levels` holds a row for each kind."""
    count = levels.shape[1] - lag
    if count <= 0:
        return [0.0] * len(levels)
    moved: list[float] = (
        np.add.reduce(np.abs(levels[:, lag:] - levels[:, :-lag]), axis=1) / np.float32(count)
    ).tolist()
    return moved


def _shape(heard: Rows) -> list[float]:
    order = np.argsort(heard[:, POWER])
    third = len(order) // 3
    found, tilts = [], []
    for some in (order[-max(1, len(order) // 10) :], order[third : len(order) - third]):
        mean = np.add.reduce(heard.take(some, axis=0)[:, :BANDS]) / np.float32(len(some)) + _LEAST
        bands, told = mean.tolist(), (np.log10(mean) * _TEN).tolist()
        found += [sum(bands[:4]) / sum(bands), sum(bands[10:]) / sum(bands)]
        tilts.append(sum(told[:5]) / 5 - sum(told[9:]) / 5)
    quarters = heard[:, QUARTERS : QUARTERS + 4]
    crest = np.maximum.reduce(quarters, axis=1) * 4 / (quarters @ _ONES + np.float32(1e-12))
    repeat = heard[:, REPEAT]
    return [*found, *tilts, *_at(crest, 50, 90, 98), _share(repeat > 0.8), _share(repeat > 0.95), *_at(repeat, 75)]


def _breaks(told: Rows, window: Rows) -> list[float]:
    change = told[1:] - told[:-1]
    starts, stops = holes(window)
    lengths = (stops - starts) / PARTS
    count = len(told)
    runs = lengths[(lengths >= 4 - 1 / PARTS) & (lengths <= 20 + 1 / PARTS)]
    return [
        _share(change < -15), _share(change > 15), _share(np.abs(change) > 8), len(runs) / count * 50,
        float(runs.sum()) / count, float(lengths.max(initial=0)) / count,
    ]  # fmt: skip


def _rest(heard: Rows, told: Rows, middle: Rows, even: Rows) -> list[float]:
    peak = heard[:, PEAK].astype(np.int64)
    low, high = _at(middle, 10, 90)
    floor = _at(told[:, POWER], 10)[0]
    bands = np.add.reduce(heard[:, :BANDS])
    talk = float(np.add.reduce(bands[4:12]) / (np.add.reduce(bands) + _LEAST * np.float32(len(heard))))
    moved = int(np.add.reduce(np.abs(peak[1:] - peak[:-1]))) / (len(peak) - 1)
    often = int(np.maximum.reduce(np.bincount(peak))) / len(peak)
    return [often, moved, high - low, talk, floor, *_at(even, 50, 90)]


def _even(heard: Rows, told: Rows) -> Rows:
    """Spectral flatness in dB: 0 for a frame whose bands are all alike."""
    power = np.add.reduce(heard[:, :BANDS], axis=1) + _LEAST
    return np.asarray(np.add.reduce(told[:, :BANDS], axis=1) / np.float32(BANDS) - np.log10(power / BANDS) * _TEN)


def _texture(heard: Rows, told: Rows, even: Rows, height: Rows) -> list[float]:
    """How noise-like the frames are and how that changes, sharp samples, and the movement of low and high bands."""
    edges = heard[:, EDGES]
    low, high = np.add.reduce(told[:, :5], axis=1) / 5, np.add.reduce(told[:, 9:14], axis=1) / 5
    flat = _edges(even > -4)
    lengths = flat[1::2] - flat[::2]
    runs = int(lengths[(lengths >= 4) & (lengths <= 18)].sum())
    level, evened = _centred(told[:, POWER]), _centred(even)
    likeness = float(level @ evened) / (float(np.sqrt((level @ level) * (evened @ evened))) + 1e-3)
    moving = np.array([even, edges, low, high])
    one, four, ten = (_move(moving, lag) for lag in (1, 4, 10))
    return [
        _at(even, 10)[0], one[0], four[0], ten[0], runs / len(heard), likeness,
        *_at(heard[:, CREST], 50, 90, 98), *_at(edges, 10, 50, 90), one[1], four[1],
        *_move(told[None, :, POWER], 25), _share((height > 0.5) & (heard[:, POWER] > 1e-5)),
        four[2], four[3], one[2], one[3],
    ]  # fmt: skip


def _centred(values: Rows) -> Rows:
    return np.asarray(values - np.add.reduce(values) / np.float32(len(values)))


def _notes(heard: Rows) -> list[float]:
    """How long the strongest bin and the pitch stay where they are in what is loud: notes are held, voices glide."""
    power = heard[:, POWER]
    loud = power >= np.partition(power, len(power) // 2)[len(power) // 2]
    pitchy = loud & (heard[:, PITCHY] > _PITCHY * heard[:, HEIGHT])
    found = [_holds(heard[:, PEAK], loud, lag) for lag in _HOLDS]
    found += [_holds(heard[:, LAG], pitchy, lag) for lag in _HOLDS]
    still = np.abs(heard[1:, PEAK] - heard[:-1, PEAK]) <= 1
    return [*found, _longest(still & loud[1:]) / len(heard)]


def _rumble(heard: Rows, told: Rows) -> list[float]:
    """How far the whole sound lies over what it has from 200 to 3400 Hz, in dB: moving air is lowest of all."""
    whole = np.log10(heard[:, QUARTERS : QUARTERS + 4] @ _QUARTER + _LEAST) * _TEN
    return _at(whole - told[:, POWER], 10, 50, 90)


def _holds(value: Rows, counted: Mask, lag: int) -> float:
    """Share of the frames counted whose value was the same, give or take one, `lag` frames before."""
    both = counted[lag:] & counted[:-lag]
    held = np.abs(value[lag:] - value[:-lag]) <= 1
    return _count(held & both) / max(1, _count(both))


def _beat(window: Rows) -> list[float]:
    """How regularly sounds begin: the highest autocorrelation of the rises of level at 0.2 to 0.8 s, and where."""
    if len(window) < 2 * (_BEATS.stop - 1):
        return [0.0, 0.0]
    level = np.log10(window[:, POWER] + _LEAST)
    rises = _centred(np.maximum(level[1:] - level[:-1], 0))
    alike = np.correlate(rises, rises, "full")[len(rises) - 1 :]
    best = int(alike[_BEATS].argmax()) + _BEATS.start
    return [float(alike[best]) / (float(alike[0]) + 1e-3), best / 50]


_HOLDS = (2, 4, 8)
_BEATS = slice(10, 41)
