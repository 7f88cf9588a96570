"""Noises of the line and of radio: static, sparks, sferics, crackle, scratches, mains, GSM bursts and whistles."""

import numpy as np

from tests.corpus.measures import at_level
from tests.corpus.model import RATE, Floats, Scene
from tests.corpus.shapes import (
    banded,
    coloured,
    decay,
    gated,
    harmonics,
    impulses,
    mixed,
    moments,
    place,
    resonant,
    ring,
    slow,
    swept,
)


def static(scene: Scene) -> Floats:
    """Radio static: near-white noise whose level jumps and flutters."""
    chance = scene.chance
    x = coloured(scene, chance.uniform(-2, 3), 200, chance.uniform(2800, 3900))
    return at_level(x * slow(scene, chance.uniform(4, 20), chance.uniform(3, 7)), 0)


def crackle(scene: Scene) -> Floats:
    """A bad contact: 30 to 200 ringing clicks a second over faint white noise."""
    chance = scene.chance
    tail = decay(chance, 0.01, chance.uniform(0.0003, 0.002))
    clicks = impulses(scene, chance.uniform(30, 200), tail) * slow(scene, 3, 3)
    return mixed((clicks, 0), (coloured(scene), chance.uniform(-24, -12)))


def ignition(scene: Scene) -> Floats:
    """An engine's sparks in a radio or a cable: 15 to 200 a second, nearly even, of one shape, over hiss."""
    chance, out = scene.chance, scene.zeros()
    speed = chance.uniform(15, 200) * slow(scene, chance.uniform(0.3, 2), chance.uniform(0.1, 1.5))
    burst = decay(chance, 0.008, chance.uniform(0.0002, 0.0015))
    spark = resonant(np.concatenate([burst, np.zeros(40)]), chance, 3, 10)
    turns = np.floor(np.cumsum(speed) / RATE)
    for at in np.flatnonzero(np.diff(turns, prepend=0.0)):
        late = int(chance.normal(0, 0.0004) * RATE)
        place(out, spark * np.exp(chance.normal(0, 0.3)), int(at) + late)
    return mixed((out, 0), (coloured(scene, chance.uniform(-3, 2), 100), chance.uniform(-26, -6)))


def sferics(scene: Scene) -> Floats:
    """Lightning far away: crashes of clicks that come in flurries, each of its own strength and colour, over hiss."""
    chance, out = scene.chance, scene.zeros()
    fading = 10 ** chance.uniform(-3.5, -2.2, 12)
    strokes = [banded(decay(chance, 0.03, s), chance.uniform(60, 900), chance.uniform(1800, 3900)) for s in fading]
    flurries, each, uneven = chance.uniform(1, 12), chance.uniform(2, 25), chance.uniform(0.3, 1.2)
    for start in moments(scene, flurries):
        strength = np.exp(chance.normal(0, uneven))
        for late in chance.exponential(chance.uniform(0.03, 0.25), chance.poisson(each)):
            stroke = strokes[int(chance.integers(len(strokes)))]
            place(out, stroke * strength * np.exp(chance.normal(0, uneven)), start + int(late * RATE))
    hiss = coloured(scene, chance.uniform(-3, 2), 100)
    return mixed((out, 0), (hiss, chance.uniform(-26, -6))) if np.any(out) else at_level(hiss, 0)


def scratches(scene: Scene) -> Floats:
    """A worn record or a chafing cable: pops, short rasps and a surface hiss."""
    chance = scene.chance
    pops = impulses(scene, chance.uniform(8, 50), banded(decay(chance, 0.02, 0.002), 200, 3500))
    rasps = scene.zeros()
    for at in moments(scene, chance.uniform(2, 8)):
        length = chance.uniform(0.03, 0.25)
        place(rasps, banded(decay(chance, length, 1.0), 300, 3600) * chance.exponential(), at)
    return mixed((pops, 0), (rasps, chance.uniform(-6, 4)), (coloured(scene, -1, 100), chance.uniform(-14, -2)))


def mains(scene: Scene) -> Floats:
    """Mains buzz: 50 or 60 Hz with strong odd harmonics up to 3.5 kHz, and noise under it."""
    chance = scene.chance
    hertz = chance.choice([50.0, 60.0])
    order = np.arange(1, int(3500 / hertz))
    strengths = np.where(order % 2, 1, chance.uniform(0, 0.6)) / order ** chance.uniform(0.2, 0.6)
    tones = harmonics(2 * np.pi * hertz * scene.time, strengths * chance.uniform(0.4, 1, len(order)))
    return mixed((tones, 0), (coloured(scene), chance.uniform(-16, -6)))


def gsm_buzz(scene: Scene) -> Floats:
    """A mobile phone near the wires: bursts of 577 us, 217 times a second, in packets that come and go."""
    chance = scene.chance
    burst = (scene.time * 216.7) % 1 < 0.125
    pulse = np.diff(burst.astype(float), prepend=0.0) + 0.3 * burst * chance.standard_normal(scene.size)
    buzz = resonant(pulse, chance, 3)
    packet = (scene.time * chance.uniform(0.5, 8) + chance.random()) % 1 < chance.uniform(0.5, 1.1)
    return mixed((buzz * packet, 0), (coloured(scene, -2), chance.uniform(-16, -4)))


def heterodyne(scene: Scene) -> Floats:
    """A station beside another: one to three tones, held or drifting, under, in or over the hiss of the receiver."""
    chance, out = scene.chance, scene.zeros()
    for _ in range(int(chance.integers(1, 4))):
        hertz = chance.uniform(250, 3300) * slow(scene, chance.uniform(0.1, 2), chance.choice([0.0, 0.3, 1.5]))
        out += np.sin(swept(np.minimum(hertz, 0.45 * RATE))) * chance.uniform(0.2, 1)
    hiss = coloured(scene, chance.uniform(-3, 3), chance.uniform(100, 300)) * slow(scene, 6, chance.uniform(0, 4))
    return mixed((hiss, 0), (out, chance.uniform(-14, 6)))


def bells(scene: Scene) -> Floats:
    """A bell or an alarm: a few partials that are struck or trilled, for a while or for good."""
    chance = scene.chance
    pace, fading = chance.uniform(0.5, 25), chance.uniform(0.02, 0.4)
    partials = chance.uniform(450, 3400, int(chance.integers(2, 6)))
    stroke = sum((ring(chance, float(hertz), 1.0, fading) for hertz in partials), np.zeros(RATE))
    out = scene.zeros()
    for step in range(int(scene.seconds * pace) + 1):
        place(out, stroke, int(step / pace * RATE))
    out = gated(out, chance.uniform(0.5, 3), chance.uniform(0, 3), chance.uniform(0, 2))
    return mixed((out, 0), (coloured(scene, chance.uniform(-5, 0), 60), chance.uniform(-30, -12)))


def whistles(scene: Scene) -> Floats:
    """Interference: two to five tones that drift, beat and are switched, over radio noise."""
    chance, out = scene.chance, scene.zeros()
    for _ in range(int(chance.integers(2, 6))):
        drift = chance.uniform(300, 3300) * slow(scene, chance.uniform(0.2, 4), chance.uniform(0.1, 2))
        beat = 1 + chance.uniform(0, 1) * np.sin(2 * np.pi * chance.uniform(0.5, 30) * scene.time)
        out += np.sin(swept(np.minimum(drift, 0.45 * RATE))) * beat * chance.uniform(0.2, 1)
    return mixed((out, 0), (coloured(scene, chance.uniform(-2, 2), 200), chance.uniform(-20, -6)))
