"""Levels of speech and noise: ITU-T P.56 active level (method B) and the weighted SNR that labels are defined by."""

import numpy as np

from ivr.audio.hearing.bands import EDGE, HERTZ, TALKER, weighted_snr
from tests.corpus.model import RATE, Bools, Floats

STEP = 8
TIME_CONSTANT = 0.03
HANGOVER = 0.2
MARGIN = 15.9
QUIET = -100.0


def dbov(x: Floats) -> float:
    """The plain level in dBov."""
    return float(10 * np.log10(np.mean(np.square(x)) + 1e-12))


def at_level(x: Floats, level: float) -> Floats:
    """The sound scaled to a plain level in dBov."""
    return x * 10 ** ((level - dbov(x)) / 20)


def envelope(x: Floats) -> Floats:
    """P.56's envelope: |x| through two one-pole smoothers of 30 ms, taken once a millisecond."""
    blocks = np.abs(x[: len(x) // STEP * STEP]).reshape(-1, STEP).mean(1)
    decay = np.exp(-STEP / (RATE * TIME_CONSTANT))
    taps = np.arange(1, 400) * (1 - decay) ** 2 * decay ** np.arange(399)
    return np.convolve(blocks, taps)[: len(blocks)]


def _held(env: Floats, threshold: float) -> int:
    """Milliseconds at which the envelope is, or within the hangover was, at or over the threshold."""
    return int(np.sum(_holding(env, threshold)))


def _holding(env: Floats, threshold: float) -> Bools:
    at = np.arange(len(env))
    last = np.maximum.accumulate(np.where(env >= threshold, at, -len(env) * 2))
    return np.asarray(at - last < HANGOVER * RATE / STEP)


def activity(x: Floats) -> tuple[float, float]:
    """The active level in dBov and the share of the time that is active, by ITU-T P.56 method B."""
    env, energy = envelope(x), float(np.sum(np.square(x)))
    before = (0.0, 0.0)
    for power in range(-15, 1):
        count = _held(env, 2.0**power) * STEP
        if not count or not energy:
            break
        level = 10 * np.log10(energy / count)
        over = level - 20 * np.log10(2.0**power) - MARGIN
        if over <= 0:
            if power > -15:
                level += (before[0] - level) * over / (over - before[1])
            return float(level), float(min(energy / len(x) / 10 ** (level / 10), 1.0))
        before = (level, over)
    return QUIET, 0.0


def sounding(x: Floats) -> Bools:
    """The samples at which speech is active: its envelope is, or within 200 ms was, within 25 dB of its loudest."""
    env = envelope(x)
    return np.repeat(_holding(env, float(env.max()) * 10 ** (-25 / 20)), STEP)


def at_active(x: Floats, level: float) -> Floats:
    """Speech scaled to an active level in dBov."""
    return x * 10 ** ((level - activity(x)[0]) / 20)


def band_powers(x: Floats) -> Floats:
    """Mean power in each of the one-third octaves from 160 to 3150 Hz."""
    total = np.concatenate([[0.0], np.cumsum(np.abs(np.fft.rfft(x)) ** 2)])
    low, high = (np.ceil(HERTZ * edge * len(x) / RATE).astype(int) for edge in (1 / EDGE, EDGE))
    return np.asarray((total[high] - total[low]) * 2 / len(x) ** 2)


def speech_powers(speech: Floats) -> Floats:
    """Band powers of the active part of speech."""
    return band_powers(speech) / max(activity(speech)[1], 1e-3)


def snrw(speech: Floats, noise: Floats) -> float:
    """Weighted SNR in dB of active speech over noise (ANSI S3.5 importances, each band clipped to ±15 dB)."""
    return weighted_snr(speech_powers(speech), band_powers(noise))


def talker_snrw(noise: Floats) -> float:
    """Weighted SNR in dB that a talker at −26 dBov would have over the noise."""
    return weighted_snr(TALKER, band_powers(noise))


def gain_for(speech: Floats, noise: Floats, want: float) -> float | None:
    """The gain in dB by which noise of these band powers leaves a weighted SNR of `want` dB; None if none does."""
    low, high = -80.0, 80.0
    for _ in range(24):
        middle = (low + high) / 2
        if weighted_snr(speech, noise * 10 ** (middle / 10)) > want:
            low = middle
        else:
            high = middle
    reached = weighted_snr(speech, noise * 10 ** (low / 10))
    return low if abs(reached - want) < 0.2 else None
