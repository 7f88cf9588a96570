"""Building blocks of sounds: coloured noise, wandering gains, resonances, filters, and events placed in time."""

from collections.abc import Callable

import numpy as np

from tests.corpus.measures import at_level
from tests.corpus.model import RATE, Floats, Rng, Scene


def shaped(x: Floats, gain: Callable[[Floats], Floats]) -> Floats:
    """The sound with its spectrum multiplied by a gain that is a function of frequency in Hz."""
    hertz = np.fft.rfftfreq(len(x), 1 / RATE).astype(np.float64)
    return np.fft.irfft(np.fft.rfft(x) * gain(hertz), len(x))


def banded(x: Floats, low: float, high: float) -> Floats:
    """The sound between two frequencies in Hz, with slopes of 24 dB per octave."""
    return shaped(x, lambda f: 1 / np.sqrt((1 + (low / np.maximum(f, 0.1)) ** 8) * (1 + (f / high) ** 8)))


def coloured(scene: Scene, slope: float = 0.0, low: float = 20.0, high: float = 3900.0) -> Floats:
    """Gaussian noise with a slope in dB per octave between two frequencies in Hz, at 0 dBov."""
    raw = scene.chance.standard_normal(scene.size)

    def gain(f: Floats) -> Floats:
        return np.where((f > low) & (f < high), np.maximum(f, low) ** (slope / 6.02), 0.0)

    return at_level(shaped(raw, gain), 0)


def resonant(x: Floats, chance: Rng, count: int, height: float = 18.0) -> Floats:
    """The sound through random peaks and dips of at most `height` dB."""
    peaks = [(chance.uniform(120, 3600), chance.uniform(0.05, 0.5), chance.uniform(-0.5, 1)) for _ in range(count)]

    def gain(f: Floats) -> Floats:
        octaves = np.log2(np.maximum(f, 20.0))
        bumps = [h * np.exp(-(((octaves - np.log2(c)) / w) ** 2)) for c, w, h in peaks]
        return np.asarray(10 ** (height * sum(bumps, np.zeros_like(f)) / 20))

    return shaped(x, gain)


def slow(scene: Scene, hertz: float, depth: float) -> Floats:
    """A gain that wanders at most `hertz` times a second with a standard deviation of `depth` dB."""
    points = max(4, int(scene.seconds * hertz * 2) + 2)
    walk = scene.chance.standard_normal(points) * depth
    return np.asarray(10 ** (np.interp(scene.time, np.linspace(0, scene.seconds, points), walk) / 20))


def gated(x: Floats, on: float, off: float, start: float = 0.0) -> Floats:
    """The sound switched on and off for so many seconds each, `start` seconds into its cycle."""
    time = np.arange(len(x)) / RATE + start
    return x * (time % (on + off) < on)


def place(out: Floats, piece: Floats, at: int) -> None:
    """Adds a piece to a sound from sample `at` on; what stands out beyond the ends is dropped."""
    start, stop = max(at, 0), min(at + len(piece), len(out))
    if start < stop:
        out[start:stop] += piece[start - at : stop - at]


def moments(scene: Scene, per_second: float) -> list[int]:
    """Sample numbers of events that come at random, so many a second on average."""
    count = scene.chance.poisson(per_second * scene.seconds)
    return sorted(int(x) for x in scene.chance.integers(0, scene.size, count))


def decay(chance: Rng, seconds: float, halving: float) -> Floats:
    """A burst of noise that falls by half every `halving` seconds."""
    count = int(seconds * RATE)
    return np.asarray(chance.standard_normal(count) * 0.5 ** (np.arange(count) / RATE / halving))


def ring(chance: Rng, hertz: float, seconds: float, halving: float) -> Floats:
    """A struck tone in Hz that falls by half every `halving` seconds."""
    time = np.arange(int(seconds * RATE)) / RATE
    return np.asarray(np.sin(2 * np.pi * hertz * time + chance.uniform(0, 6)) * 0.5 ** (time / halving))


def impulses(scene: Scene, per_second: float, tail: Floats) -> Floats:
    """The same tail rung by random impulses of random (Laplace) strength."""
    hits = (scene.chance.random(scene.size) < per_second / RATE) * scene.chance.laplace(size=scene.size)
    return convolved(hits, tail)


def convolved(x: Floats, taps: Floats) -> Floats:
    """The sound through a finite impulse response, at its own length."""
    size = -(-(len(x) + len(taps)) // 2048) * 2048
    return np.fft.irfft(np.fft.rfft(x, size) * np.fft.rfft(taps, size), size)[: len(x)]


def pitched(x: Floats, factor: float) -> Floats:
    """The sound with all its frequencies and its pace multiplied by a factor."""
    size = -(-len(x) // 2048) * 2048
    count = round(size / factor / 64) * 64
    spectrum = np.fft.rfft(x, size)[: count // 2 + 1]
    return (np.fft.irfft(spectrum, count) * count / size)[: int(len(x) * count / size)]


def swept(hertz: Floats) -> Floats:
    """The phase in radians of a tone whose frequency in Hz is given for every sample."""
    return np.asarray(2 * np.pi * np.cumsum(hertz) / RATE)


def harmonics(phase: Floats, strengths: Floats) -> Floats:
    """A sum of the harmonics of a phase, the first of strength `strengths[0]`."""
    turn, turned, out = np.exp(1j * phase), np.ones(len(phase), complex), np.zeros_like(phase)
    for strength in strengths:
        turned *= turn
        out += strength * turned.imag
    return out


def mixed(*parts: tuple[Floats, float]) -> Floats:
    """Sounds added at their levels in dB relative to one another; the sum is at 0 dBov."""
    return at_level(sum((at_level(x, level) for x, level in parts if np.any(x)), np.zeros_like(parts[0][0])), 0)
