"""What a studio and its loudspeakers do to music: overdrive, levelling, rooms, chorus, sweeping filters, pumping."""

import numpy as np

from tests.corpus.measures import at_level
from tests.corpus.model import RATE, Floats, Scene
from tests.corpus.shapes import banded, convolved, decay


def produced(scene: Scene, x: Floats) -> Floats:
    """Music at 0 dBov through some of the effects, each by chance, at 0 dBov again."""
    for effect, likely in ((chorus, 0.25), (driven, 0.25), (swept_filter, 0.25), (pumped, 0.2), (room, 0.5)):
        if scene.maybe(likely) and np.any(x):
            x = at_level(effect(scene, x), 0)
    return at_level(levelled(scene, x), 0) if scene.maybe(0.5) and np.any(x) else x


def driven(scene: Scene, x: Floats) -> Floats:
    """Overdriven: peaks bent over, as a guitar amplifier does it."""
    return np.tanh(x * scene.chance.uniform(0.7, 6.0))


def levelled(scene: Scene, x: Floats) -> Floats:
    """Compressed, as all music made for the radio is: what is loud for a tenth of a second or more comes down."""
    window = np.hanning(int(scene.chance.uniform(0.05, 0.4) * RATE))
    loudness = convolved(np.square(x), window / window.sum())
    return x / np.power(np.maximum(loudness, 1e-3), scene.chance.uniform(0.1, 0.4))


def room(scene: Scene, x: Floats) -> Floats:
    """In a hall of 0.2 to 2.5 s."""
    chance = scene.chance
    seconds = chance.uniform(0.2, 2.5)
    tail = decay(chance, min(seconds, 1.5), seconds / 10)
    return x + at_level(convolved(x, banded(tail, 150, 3400)), chance.uniform(-12, 0))


def chorus(scene: Scene, x: Floats) -> Floats:
    """With a second voice that is late by a few ms, now more, now less."""
    chance = scene.chance
    depth, turns = chance.uniform(0.5, 4.0) / 1000, 2 * np.pi * chance.uniform(0.2, 3.0)
    late = scene.time - 0.01 - depth * np.sin(turns * scene.time + chance.uniform(0, 6))
    return x + chance.uniform(0.3, 1.0) * np.interp(late, scene.time, x)


def swept_filter(scene: Scene, x: Floats) -> Floats:
    """Now dull, now bright, a few times a second or over several."""
    chance = scene.chance
    dull = banded(x, 60, chance.uniform(400, 1200))
    bright = 0.5 + 0.5 * np.sin(2 * np.pi * chance.uniform(0.1, 5.0) * scene.time + chance.uniform(0, 6))
    return dull + (x - dull) * bright


def pumped(scene: Scene, x: Floats) -> Floats:
    """Ducking at every beat, as dance music does under its drum."""
    beat = scene.chance.uniform(0.3, 0.7)
    phase = (scene.time + scene.chance.uniform(0, beat)) % beat / beat
    return x * (1 - scene.chance.uniform(0.3, 0.9) * np.exp(-4 * phase))
