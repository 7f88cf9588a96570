"""Noises of machines: engines, fans, hammers, keyboards, trains, rotors and sirens."""

import numpy as np

from tests.corpus.measures import at_level
from tests.corpus.model import RATE, Floats, Scene
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
    swept,
)


def engine(scene: Scene) -> Floats:
    """A motor: many harmonics of a wandering speed, through random resonances, with its own roar."""
    chance = scene.chance
    hertz = chance.uniform(18, 110) * slow(scene, 0.5, chance.uniform(0.1, 1.5))
    count = int(min(60, 3500 / hertz.max()))
    strengths = chance.uniform(0.2, 1, count) / np.arange(1, count + 1) ** chance.uniform(0.2, 1.0)
    tones = resonant(harmonics(swept(hertz), strengths), chance, 4)
    return mixed((tones, 0), (coloured(scene, chance.uniform(-7, -2), 40), chance.uniform(-8, 6)))


def fan(scene: Scene) -> Floats:
    """A fan: rushing air, beaten by the blades, with the motor's hum."""
    chance = scene.chance
    air = resonant(coloured(scene, chance.uniform(-6, -1), 60), chance, 3, 10)
    blades = 1 + chance.uniform(0.1, 0.6) * np.sin(2 * np.pi * chance.uniform(8, 60) * scene.time)
    hum = harmonics(2 * np.pi * chance.uniform(48, 130) * scene.time, chance.uniform(0, 1, 8))
    return mixed((air * blades, 0), (hum, chance.uniform(-20, -2)))


def hammering(scene: Scene) -> Floats:
    """A workshop: blows in a rhythm that ring on metal, over a motor's noise."""
    chance, out = scene.chance, scene.zeros()
    pace, fading = chance.uniform(0.07, 0.5), chance.uniform(0.01, 0.08)
    tones = chance.uniform(250, 3500, 5)
    blow = sum((ring(chance, float(f), 0.4, fading) for f in tones), decay(chance, 0.4, fading / 3) * 2)
    at = chance.uniform(0, pace)
    while at < scene.seconds:
        place(out, blow * chance.uniform(0.6, 1.2), int(at * RATE))
        at += pace * chance.uniform(0.92, 1.08)
    return mixed((out, 0), (coloured(scene, chance.uniform(-5, 0), 60), chance.uniform(-8, 4)))


def keyboard(scene: Scene) -> Floats:
    """An office: somebody types fast next to the microphone, under the room's air."""
    chance, out = scene.chance, scene.zeros()
    for at in moments(scene, chance.uniform(5, 14)):
        stroke = banded(decay(chance, 0.03, chance.uniform(0.002, 0.006)), chance.uniform(200, 1500), 3800)
        place(out, stroke * chance.uniform(0.4, 1.3), at)
        place(out, stroke * 0.4, at + int(chance.uniform(0.06, 0.12) * RATE))
    return mixed((out, 0), (coloured(scene, chance.uniform(-5, -1), 60), chance.uniform(-6, 4)))


def rails(scene: Scene) -> Floats:
    """A train: the roar of the wheels with double beats at the joints, and a squeal in curves."""
    chance, beats = scene.chance, scene.zeros()
    pace = chance.uniform(0.35, 1.1)
    knock = banded(decay(chance, 0.15, chance.uniform(0.01, 0.03)), 60, chance.uniform(800, 2500))
    for step in range(int(scene.seconds / pace) + 1):
        place(beats, knock, int(step * pace * RATE))
        place(beats, knock * 0.8, int((step * pace + 0.11) * RATE))
    roar = resonant(coloured(scene, chance.uniform(-6, -2), 40), chance, 3, 12) * slow(scene, 1, 2)
    squeal = np.sin(swept(chance.uniform(1500, 3200) * slow(scene, 3, 0.2))) * slow(scene, 1, 8)
    return mixed((roar, 0), (beats, chance.uniform(-6, 5)), (squeal, chance.uniform(-30, -6)))


def rotor(scene: Scene) -> Floats:
    """A helicopter or a pneumatic drill: noise in 10 to 35 hard beats a second."""
    chance = scene.chance
    pace = chance.uniform(10, 35)
    phase = (scene.time * pace) % 1
    beat = np.exp(-phase * chance.uniform(2, 8))
    body = resonant(coloured(scene, chance.uniform(-6, -1), 40), chance, 4, 14)
    whine = np.sin(2 * np.pi * chance.uniform(400, 2500) * scene.time)
    return mixed((body * beat, 0), (whine, chance.uniform(-25, -6)), (coloured(scene, -3, 40), chance.uniform(-14, -4)))


def siren(scene: Scene) -> Floats:
    """An emergency vehicle: wail, yelp or two tones, echoed by houses, over the street."""
    chance = scene.chance
    low, high, pace = chance.uniform(400, 700), chance.uniform(900, 1600), chance.choice([0.3, 3.5])
    phase = np.sin(2 * np.pi * pace * scene.time + chance.uniform(0, 6))
    wave = np.sign(phase) * 0.5 if scene.maybe(0.4) else phase * 0.5
    tone = harmonics(swept((low + high) / 2 + (high - low) * wave), 1 / np.arange(1, 4) ** chance.uniform(0.5, 2))
    houses = decay(chance, 0.4, 0.06) * 0.1
    houses[0] = 1
    return mixed((at_level(convolved(tone, houses), 0), 0), (coloured(scene, -5, 50), chance.uniform(-25, -8)))
