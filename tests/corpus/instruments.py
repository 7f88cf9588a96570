"""Instruments that strike, pluck or blow: notes that the band of `band.py` plays beside its held chords.

Plucked strings after Karplus and Strong (1983); bells and electric pianos by frequency modulation, Chowning (1973).
"""

import numpy as np

from tests.corpus.model import RATE, Floats, Rng
from tests.corpus.shapes import banded, harmonics, swept

FORMANTS = ((730, 1090, 2440), (530, 1840, 2480), (270, 2290, 3010), (570, 840, 2410), (300, 870, 2240))
"""Hertz of a, e, i, o, u: the mean of 33 men in Peterson and Barney (1952)."""


def plucked(chance: Rng, hertz: float, seconds: float) -> Floats:
    """A guitar's or a harp's string: noise that goes round in a loop, its high tones dying first."""
    period, size = max(2, round(RATE / hertz)), int(seconds * RATE)
    loop = chance.uniform(-1, 1, period)
    loop -= loop.mean()
    kept = 0.5 ** (1 / (hertz * chance.uniform(0.15, 1.2)))
    rounds = []
    for _ in range(-(-size // period)):
        rounds.append(loop)
        loop = kept * (loop + np.roll(loop, 1)) / 2
    return np.concatenate(rounds)[:size] if rounds else np.zeros(size)


def bell(chance: Rng, hertz: float, seconds: float) -> Floats:
    """A bell, a vibraphone or an electric piano: one tone whose phase is moved by another that fades with it."""
    time = np.arange(int(seconds * RATE)) / RATE
    ratio = float(chance.choice([1.0, 2.0, 3.0, 1.4, 3.5, 5.0]))
    fading = 0.5 ** (time / chance.uniform(0.1, 0.8))
    index = chance.uniform(0.3, 3.0) * fading
    return np.asarray(np.sin(2 * np.pi * hertz * time + index * np.sin(2 * np.pi * ratio * hertz * time)) * fading)


def struck(chance: Rng, hertz: float, seconds: float) -> Floats:
    """A piano: stretched harmonics, the higher ones fading sooner, with the knock of the hammer."""
    time = np.arange(int(seconds * RATE)) / RATE
    out, halving = np.zeros(len(time)), chance.uniform(0.2, 0.9)
    for number in range(1, 9):
        own = number * hertz * np.sqrt(1 + 4e-4 * number**2)
        if own < 3900:
            strength = number ** -float(chance.uniform(0.6, 1.8))
            out += (
                strength * np.sin(2 * np.pi * own * time + chance.uniform(0, 6)) * 0.5 ** (time * number**0.5 / halving)
            )
    knock = banded(chance.standard_normal(len(time)) * 0.5 ** (time / 0.01), 200, 2500)
    return out + 0.2 * knock


def blown(chance: Rng, hertz: float, seconds: float) -> Floats:
    """A horn or a reed: its brightness follows its loudness, it comes in from below and breathes."""
    time = np.arange(int(seconds * RATE)) / RATE
    swell = np.minimum(1, time / chance.uniform(0.02, 0.12)) * np.minimum(1, (seconds - time) / 0.05)
    glide = hertz * (1 - 0.04 * np.exp(-time / 0.03)) * (1 + chance.uniform(0, 0.008) * np.sin(2 * np.pi * 5.5 * time))
    strengths = np.where(np.arange(1, 13) * hertz < 3900, 1 / np.arange(1, 13) ** chance.uniform(0.5, 1.3), 0.0)
    bright = harmonics(swept(glide), strengths)
    breath = banded(chance.standard_normal(len(time)), 800, 3000) * 0.03
    return np.asarray((bright * swell**1.5 + breath) * swell)


def sung(chance: Rng, hertz: float, seconds: float) -> Floats:
    """A singer on one vowel and one note, with vibrato that comes after a while."""
    time = np.arange(int(seconds * RATE)) / RATE
    shake = chance.uniform(0, 0.025) * np.minimum(1, time / 0.4) * np.sin(2 * np.pi * chance.uniform(4.5, 6.5) * time)
    number = np.arange(1, 25)
    formants = np.array(FORMANTS[int(chance.integers(len(FORMANTS)))]) * chance.uniform(0.95, 1.25)
    near = [1 / (1 + ((number * hertz - f) / chance.uniform(50, 110)) ** 2) / (n + 1) for n, f in enumerate(formants)]
    strengths = np.where(number * hertz < 3900, sum(near) + 0.02 / number, 0.0)
    edge = np.minimum(1, np.minimum(time / chance.uniform(0.03, 0.15), (seconds - time) / 0.06))
    return harmonics(swept(hertz * (1 + shake)), strengths) * edge


INSTRUMENTS = (plucked, bell, struck, blown)
