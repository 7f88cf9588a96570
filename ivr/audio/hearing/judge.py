"""Measures a window: how much voice, how far above the noise, how loud the noise, tones, lost packets."""

from dataclasses import dataclass

import numpy as np

from ivr.audio.features import HEIGHT, PITCHY, POWER, Rows
from ivr.audio.hearing.bands import BANDS, IMPORTANCE, TALKER, Floats, weighted_snr
from ivr.audio.hearing.compiled import measurer
from ivr.audio.hearing.gaps import burst_loss, empty, holes
from ivr.audio.hearing.past import ECHO, STEADY, VOICE

_NOBODY: Floats = np.zeros(BANDS)
_COMPILED = measurer(TALKER, IMPORTANCE)


@dataclass(frozen=True)
class Measured:
    """What a window shows; seconds, dB or shares from 0 to 1."""

    heard: float  # seconds
    voice: float  # seconds of a person's voiced sound
    level: float  # dBFS of that
    snr: float  # dB, voice over the quiet quarter, weighted by what each band carries for speech
    purity: float  # height of the pitch peak in the voice, 0..1
    drown: float  # dB, weighted SNR a talker at −26 dBFS would have over what is heard besides the voice
    spell: float  # share of frames with noise (neither voice nor tone nor echo nor nothing)
    steady: float  # share of frames with tones or notes that stand still
    loss: float  # share of frames lost in bursts
    bursts: float  # how many
    broken: float  # 1 while such a burst may be going on
    faded: float  # 1 where the last 100 ms lie 15 dB under the voice: the word is over


def measure(window: Rows, past: Rows) -> Measured:
    """Measures a window; the noise floor is also taken from the `past` before it."""
    return Measured(*_COMPILED(window, past)) if _COMPILED else measure_plainly(window, past)


def measure_plainly(window: Rows, past: Rows) -> Measured:
    """The same with numpy alone, where the compiled helper is missing."""
    voice = window[:, VOICE] > 0
    hole = empty(window)
    other = ~(voice | hole | (window[:, STEADY] > 0) | (window[:, ECHO] > 0))
    voices = window[voice]
    voiced = _mean(voices)
    power = float(np.add.reduce(voices[:, POWER])) / len(voices) if len(voices) else 0.0
    loss, bursts, now = burst_loss(window, holes(window), power)
    floor = _floor(past)
    count = max(len(window), 1)
    return Measured(
        heard=len(window) * 0.02,
        voice=len(voices) * 0.02,
        level=_db(power),
        snr=weighted_snr(np.maximum(voiced - floor, 0), floor) if len(voices) else -15.0,
        purity=_purity(voices),
        drown=weighted_snr(TALKER, _mean(window[other])),
        spell=int(np.count_nonzero(other)) / count,
        steady=int(np.count_nonzero(window[:, STEADY])) / count,
        loss=loss,
        bursts=float(bursts),
        broken=float(now),
        faded=float(window[-5:, POWER].max(initial=0.0) < power * 0.03),
    )


def _mean(rows: Rows) -> Floats:
    return (np.add.reduce(rows[:, :BANDS]) / len(rows)).astype(float) if len(rows) else _NOBODY


def _db(power: float) -> float:
    return float(10 * np.log10(power + 1e-10))


def _floor(rows: Rows) -> Floats:
    full = np.flatnonzero(~empty(rows))
    if not len(full):
        return _NOBODY
    quiet = max(1, len(full) // 4)
    return _mean(rows[full[np.argpartition(rows[full, POWER], quiet - 1)[:quiet]]])


def _purity(rows: Rows) -> float:
    heights = rows[:, PITCHY] / (rows[:, HEIGHT] + np.float32(1e-9))
    return float(np.partition(heights, len(heights) // 2)[len(heights) // 2]) if len(rows) else 0.0
