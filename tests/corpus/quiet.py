"""Sounds of a line on which nobody speaks: comfort noise, breath, clicks, rustle, hum. Levels are the caller's."""

import numpy as np

from tests.corpus.codecs import codecs
from tests.corpus.measures import at_level
from tests.corpus.model import RATE, Floats, Scene
from tests.corpus.shapes import (
    banded,
    coloured,
    decay,
    gated,
    harmonics,
    moments,
    place,
    resonant,
    slow,
)

FAINT, STRONG = -75.0, -40.0


def comfort(scene: Scene, strongest: float = STRONG) -> Floats:
    """Comfort noise of −75 dBov to `strongest`: white, pink or of a random colour."""
    chance = scene.chance
    slope = float(chance.choice([0.0, -3.0, chance.uniform(-6, 2)]))
    x = coloured(scene, slope, chance.uniform(20, 300), chance.uniform(2500, 3950))
    x = resonant(x, chance, 2, 8) if scene.maybe(0.3) else x
    return at_level(x, chance.uniform(FAINT, strongest))


def bed(scene: Scene, strongest: float) -> Floats:
    """Comfort noise to speak over; a longer connection may come without any, and its pauses are digital silence."""
    x = comfort(scene, strongest)
    return scene.zeros() if scene.longer and scene.maybe(0.25) else x


def quantised(scene: Scene) -> Floats:
    """Comfort noise so faint that A-law or mu-law makes steps of it."""
    law = codecs()[("alaw", "mulaw")[int(scene.chance.integers(2))]]
    return law.passed(at_level(comfort(scene), scene.chance.uniform(FAINT, -55)))


def gapped(scene: Scene) -> Floats:
    """Discontinuous transmission: comfort noise with gaps, and steps where its description is renewed."""
    chance = scene.chance
    on, off = chance.uniform(0.1, 1), chance.uniform(0.05, 0.5)
    steps = np.repeat(chance.uniform(-3, 3, scene.size // 1280 + 1), 1280)[: scene.size]
    return gated(comfort(scene) * 10 ** (steps / 20), on, off, chance.uniform(0, 1))


def hum(scene: Scene, most: int = 8) -> Floats:
    """Mains hum: 50 or 60 Hz with its first harmonics, two to `most`, at 0 dBov."""
    chance = scene.chance
    hertz, count = chance.choice([50.0, 60.0]), int(chance.integers(2, most + 1))
    return at_level(harmonics(2 * np.pi * hertz * scene.time, chance.uniform(0.1, 1, count)), 0)


def knocks(scene: Scene) -> Floats:
    """Steps, a door, somebody who knocks or sets things down: dull blows, in a rhythm or not, at 0 dBov."""
    chance, out = scene.chance, scene.zeros()
    pace, swing = chance.uniform(0.15, 1.2), chance.choice([0.03, 0.1, 0.5])
    high, halving = chance.uniform(250, 2000), chance.uniform(0.005, 0.03)
    at = chance.uniform(0, 0.5)
    while at < scene.seconds:
        blow = banded(decay(chance, 0.2, halving), chance.uniform(30, 120), high)
        place(out, blow * chance.uniform(0.4, 1), int(at * RATE))
        at += pace * chance.uniform(1 - swing, 1 + swing)
    return at_level(out, 0)


def breath(scene: Scene) -> Floats:
    """Breathing: soft noise shaped by a mouth, in and out every 1.5 to 4 s, at 0 dBov."""
    chance = scene.chance
    air = resonant(coloured(scene, chance.uniform(-6, -2), 200, 3500), chance, 3, 10)
    cycle = np.sin(2 * np.pi * scene.time / chance.uniform(1.5, 4) + chance.uniform(0, 6))
    return at_level(air * np.maximum(cycle, 0) ** chance.uniform(1, 3) + air * 0.03, 0)


def clicks(scene: Scene) -> Floats:
    """One to three clicks, pops or knocks a second, the loudest at full scale −20 to 0 dB."""
    chance, out = scene.chance, scene.zeros()
    for at in [int(chance.integers(scene.size)), *moments(scene, chance.uniform(0.3, 3))]:
        low = chance.uniform(30, 600)
        click = banded(decay(chance, 0.05, chance.uniform(0.0005, 0.008)), low, chance.uniform(1000, 3900))
        place(out, click * chance.exponential(), at)
    return out / float(np.abs(out).max()) * 10 ** (chance.uniform(-20, 0) / 20)


def rustle(scene: Scene) -> Floats:
    """A handset that is moved or put down: short scrapes and thuds, at 0 dBov."""
    chance, out = scene.chance, scene.zeros()
    for at in [int(chance.integers(scene.size)), *moments(scene, chance.uniform(0.5, 3))]:
        length = chance.uniform(0.04, 0.3)
        scrape = banded(decay(chance, length, 1.0), chance.uniform(60, 500), chance.uniform(800, 3500))
        scrape *= np.hanning(len(scrape)) * (1 + chance.standard_normal(len(scrape)) * 0.3)
        place(out, scrape * chance.exponential(), at)
    return at_level(out * slow(scene, 20, 4), 0) if np.any(out) else out
