"""How loud a prompt is, where it begins and ends, and how it is brought to the line's level; samples are floats of ±1.

Active speech level: the mean power of those 20 ms frames that lie less than 15.9 dB under that very mean (the
margin of ITU-T P.56), found by raising the threshold until it agrees with itself. Pauses do not count.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float64]

TARGET, TOLERANCE = -22.0, 1.5  # dBFS RMS of active speech
PEAK = -3.0  # dBFS that no sample may reach
AUDIBLE = -50.0  # dBFS; a sample above it can be heard
LEAD = 0.080  # seconds of silence built at either end
ENDS = (0.050, 0.150)  # seconds of silence allowed at either end

_MARGIN = 15.9
_FRAME = 0.020
_CEILING = -3.5  # what the limiter aims at, so that rounding stays under PEAK
_LOOK = 0.005  # seconds over which the limiter's gain moves
_QUIETEST = 1e-4  # -80 dBFS: under it there is nothing to raise


@dataclass(frozen=True)
class Measure:
    """What was measured of one sound: levels in dBFS, times in seconds."""

    active: float
    peak: float
    head: float
    tail: float
    seconds: float


def decibels(value: float) -> float:
    """An amplitude in dBFS; silence is -120."""
    return 20 * float(np.log10(max(value, 1e-6)))


def amplitude(level: float) -> float:
    """The amplitude of a level in dBFS."""
    return float(10 ** (level / 20))


def active_level(samples: Samples, rate: int) -> float:
    """The active speech level in dBFS."""
    size = max(1, round(rate * _FRAME))
    padded = np.pad(samples, (0, -len(samples) % size)).reshape(-1, size)
    powers = np.mean(padded**2, axis=1)
    threshold, last = 1e-12, -1.0
    while threshold > last:
        active = powers[powers > threshold]
        if not len(active):
            return -120.0
        last, threshold = threshold, float(active.mean()) * 10 ** (-_MARGIN / 10)
    return 10 * float(np.log10(active.mean()))


def measure(samples: Samples, rate: int) -> Measure:
    """Level, peak and the silence at both ends."""
    heard = np.flatnonzero(np.abs(samples) > amplitude(AUDIBLE))
    first, last = (int(heard[0]), int(heard[-1])) if len(heard) else (len(samples), -1)
    peak = float(np.max(np.abs(samples))) if len(samples) else 0.0
    level = active_level(samples, rate)
    return Measure(level, decibels(peak), first / rate, (len(samples) - 1 - last) / rate, len(samples) / rate)


def resample(samples: Samples, rate: int, wanted: int) -> Samples:
    """The same sound at another rate: filtered in the spectrum, so nothing is mirrored down from above."""
    if not len(samples):
        return samples
    part = rate // int(np.gcd(rate, wanted))
    padding = round(rate * 0.1)
    padded = np.pad(samples, padding)
    padded = np.pad(padded, (0, -len(padded) % part))
    length = len(padded) * wanted // rate
    spectrum = np.fft.rfft(padded) * _passband(len(padded), rate, min(rate, wanted) / 2)
    bins = length // 2 + 1
    kept = np.pad(spectrum[:bins], (0, max(0, bins - len(spectrum))))
    result = np.fft.irfft(kept, length) * (wanted / rate)
    start = round(padding * wanted / rate)
    return result[start : start + round(len(samples) * wanted / rate)]


def _passband(length: int, rate: int, nyquist: float) -> Samples:
    """Nothing under 40 Hz, all of it from 80 Hz, down to nothing between 92 % and 100 % of `nyquist`."""
    pitch = np.fft.rfftfreq(length, 1 / rate)
    low = np.clip((pitch - 40) / 40, 0, 1)
    high = np.clip((nyquist - pitch) / (0.08 * nyquist), 0, 1)
    return np.asarray(np.sin(low * np.pi / 2) ** 2 * np.sin(high * np.pi / 2) ** 2)


def level(samples: Samples, rate: int) -> Samples:
    """The sound at TARGET with every peak under PEAK; raises ValueError for silence."""
    if not len(samples) or np.max(np.abs(samples)) < _QUIETEST:
        raise ValueError("there is no sound in it")
    for _ in range(12):
        samples = samples * amplitude(TARGET - active_level(samples, rate))
        if np.max(np.abs(samples)) <= amplitude(_CEILING):
            break
        samples = _limit(samples, rate)
    return samples


def _limit(samples: Samples, rate: int) -> Samples:
    """Peaks brought under the ceiling by a gain that moves smoothly, 5 ms ahead of each."""
    half = max(1, round(rate * _LOOK))
    need = np.minimum(1.0, amplitude(_CEILING) / np.maximum(np.abs(samples), 1e-9))
    around = np.lib.stride_tricks.sliding_window_view(np.pad(need, half, constant_values=1.0), 2 * half + 1)
    lowest = np.pad(around.min(axis=1), half, mode="edge")
    window = np.hanning(2 * half + 3)[1:-1]
    return samples * np.convolve(lowest, window / window.sum(), mode="valid")


def trim(samples: Samples, rate: int) -> Samples:
    """The sound with LEAD seconds of fading silence before the first and after the last audible sample."""
    heard = np.flatnonzero(np.abs(samples) > amplitude(AUDIBLE))
    if not len(heard):
        return samples
    lead = round(rate * LEAD)
    padded = np.pad(samples, lead)
    kept = padded[heard[0] : heard[-1] + 2 * lead + 1].copy()
    ramp = np.sin(np.linspace(0, np.pi / 2, lead)) ** 2
    kept[:lead] *= ramp
    kept[-lead:] *= ramp[::-1]
    return kept


def master(samples: Samples, rate: int, wanted: int) -> Samples:
    """A raw sound made ready for the line at the rate `wanted`."""
    return trim(level(resample(samples, rate, wanted), wanted), wanted)
