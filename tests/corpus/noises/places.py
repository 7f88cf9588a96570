"""Noises of places and weather: streets, cafes, crowds, wind, rain, surf, and noise of any colour."""

import numpy as np

from tests.corpus.measures import at_level
from tests.corpus.model import RATE, Floats, Scene
from tests.corpus.music import composed
from tests.corpus.shapes import (
    banded,
    coloured,
    convolved,
    decay,
    harmonics,
    mixed,
    moments,
    place,
    resonant,
    ring,
    slow,
)
from tests.corpus.talk import babble


def coloured_noise(scene: Scene) -> Floats:
    """White, pink, brown or any slope between +3 and −9 dB per octave, with up to five resonances."""
    chance = scene.chance
    slope = chance.choice([0.0, -3.0, -6.0]) if scene.maybe(0.4) else chance.uniform(-9, 3)
    x = coloured(scene, float(slope), chance.uniform(20, 120), chance.uniform(3000, 3950))
    x = resonant(x, chance, int(chance.integers(1, 6)), chance.uniform(6, 20)) if scene.maybe(0.6) else x
    x = x * slow(scene, chance.uniform(0.2, 2), chance.uniform(0, 3))
    return at_level(x, 0)


def street(scene: Scene) -> Floats:
    """Traffic: a rumble, cars that come and go, and now and then a horn."""
    chance = scene.chance
    rumble = coloured(scene, chance.uniform(-8, -4), 40) * slow(scene, 0.5, 3)
    hiss = coloured(scene, chance.uniform(-4, -1), 200)
    cars = hiss * _passing(scene, 0.6)
    x = mixed((rumble, 0), (cars, chance.uniform(-8, 3)))
    if scene.maybe(0.4):
        place(x, _horn(scene) * chance.uniform(0.3, 2), int(chance.integers(scene.size)))
    return at_level(x, 0)


def _passing(scene: Scene, per_second: float) -> Floats:
    """A gain that rises and falls as cars go by at some distance."""
    gain = np.full(scene.size, 0.05)
    for at in [int(scene.chance.integers(scene.size)), *moments(scene, per_second)]:
        width = scene.chance.uniform(0.3, 1.5)
        gain += scene.chance.uniform(0.3, 1) / (1 + ((scene.time - at / RATE) / width) ** 2)
    return gain


def _horn(scene: Scene) -> Floats:
    base = scene.chance.uniform(330, 480)
    time = np.arange(int(scene.chance.uniform(0.2, 0.8) * RATE)) / RATE
    strengths = 1 / np.arange(1, 7)
    return sum((harmonics(2 * np.pi * f * time, strengths) for f in (base, base * 1.26)), np.zeros_like(time))


def rain(scene: Scene) -> Floats:
    """Rain: hiss of countless drops with single heavy ones before it."""
    chance = scene.chance
    drop = banded(decay(chance, 0.02, chance.uniform(0.001, 0.004)), chance.uniform(400, 1500), 3800)
    drops = scene.zeros()
    for at in moments(scene, chance.uniform(15, 120)):
        place(drops, drop * chance.exponential(), at)
    hiss = coloured(scene, chance.uniform(-3, 2), 150) * slow(scene, 0.7, 2)
    return mixed((hiss, 0), (drops, chance.uniform(-10, 3)))


def cafe(scene: Scene) -> Floats:
    """A cafe: four to eight voices in a room, crockery, and the hiss of the machine."""
    chance = scene.chance
    room = decay(chance, 0.3, chance.uniform(0.03, 0.08))
    room[0] = chance.uniform(1, 8)
    voices = convolved(babble(scene, int(chance.integers(4, 9))), room)
    dishes = scene.zeros()
    for at in moments(scene, chance.uniform(0.5, 4)):
        place(dishes, ring(chance, chance.uniform(1800, 3700), 0.3, 0.03) * chance.exponential(), at)
    return mixed((voices, 0), (dishes, chance.uniform(-14, -4)), (coloured(scene, -2, 80), chance.uniform(-16, -6)))


def party(scene: Scene) -> Floats:
    """A party: five to nine loud voices near by, with a bass line through the wall."""
    chance = scene.chance
    beat = chance.uniform(0.35, 0.55)
    bass = scene.zeros()
    for step in range(int(scene.seconds / beat) + 1):
        place(bass, ring(chance, chance.uniform(60, 180), beat, 0.1), int(step * beat * RATE))
    voices = babble(scene, int(chance.integers(5, 10)))
    return mixed((voices, 0), (bass, chance.uniform(-8, 2)), (coloured(scene, -4, 60), chance.uniform(-18, -8)))


def canteen(scene: Scene) -> Floats:
    """A canteen or a waiting room: five to fourteen voices, near or in a hard room, at times over music or a hum."""
    chance = scene.chance
    voices = babble(scene, int(chance.integers(5, 15)))
    if scene.maybe(0.6):
        room = decay(chance, 0.5, chance.uniform(0.02, 0.15))
        room[0] = chance.uniform(0.5, 8)
        voices = convolved(voices, room)
    under = composed(scene) if scene.maybe(0.3) else coloured(scene, chance.uniform(-7, 0), 60)
    return mixed((voices, 0), (under, chance.uniform(-24, -8)))


def table_talk(scene: Scene) -> Floats:
    """Four to six people at the next table, near or in a room, who all talk at once."""
    chance = scene.chance
    voices = babble(scene, int(chance.integers(4, 7)))
    if scene.maybe(0.5):
        room = decay(chance, 0.3, chance.uniform(0.02, 0.1))
        room[0] = chance.uniform(1, 8)
        voices = convolved(voices, room)
    return mixed((voices, 0), (coloured(scene, chance.uniform(-5, 0), 60), chance.uniform(-30, -14)))


def gusts(scene: Scene) -> Floats:
    """Moving air: a car's open window, a draught, breath on the microphone; noise ever fainter upwards, in gusts."""
    chance = scene.chance
    top = chance.uniform(500, 3900)
    air = coloured(scene, chance.uniform(-14, -4), chance.uniform(20, 120), top)
    return at_level(air * np.maximum(slow(scene, chance.uniform(0.5, 6), chance.uniform(2, 9)), 0.02), 0)


def crowd(scene: Scene) -> Floats:
    """A crowd in a hall: twenty voices and more, long reverberation, now and then clapping."""
    chance = scene.chance
    hall = decay(chance, 0.8, chance.uniform(0.1, 0.25))
    x = convolved(babble(scene, int(chance.integers(16, 28))), hall)
    claps = scene.zeros()
    clap = banded(decay(chance, 0.03, 0.004), 500, 3000)
    for at in moments(scene, chance.uniform(0, 40)):
        place(claps, clap * chance.exponential(), at)
    return mixed((x, 0), (claps, chance.uniform(-12, 0)))


def wind(scene: Scene) -> Floats:
    """Wind on a microphone: low-pass noise in gusts, and turbulence above it."""
    chance = scene.chance
    low = coloured(scene, chance.uniform(-11, -7), 30) * slow(scene, chance.uniform(0.6, 1.5), 6)
    high = coloured(scene, chance.uniform(-6, -3), 60) * slow(scene, chance.uniform(2, 4), 6)
    return mixed((low, 0), (high, chance.uniform(-14, -4)))


def surf(scene: Scene) -> Floats:
    """Waves on a beach: bright noise in slow swells over a dull roar."""
    chance = scene.chance
    swell = np.sin(2 * np.pi * scene.time / chance.uniform(2, 6) + chance.uniform(0, 6))
    wave = coloured(scene, chance.uniform(-4, 0), 100) * 10 ** (chance.uniform(4, 10) * swell / 20)
    return mixed((wave, 0), (coloured(scene, -6, 30) * slow(scene, 1, 3), chance.uniform(-10, 0)))
