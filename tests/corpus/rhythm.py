"""Drum machines and hand drums: patterns of sixteen steps that come again, straight or swinging."""

from collections.abc import Callable

import numpy as np

from tests.corpus.measures import at_level
from tests.corpus.model import RATE, Floats, Rng, Scene
from tests.corpus.shapes import banded, decay, place, ring, swept

Drum = Callable[[Rng], Floats]
STEPS = 16


def pattern(scene: Scene, out: Floats, beat: float, key: float) -> None:
    """Two to five drums, each with a pattern of its own in a bar of four beats."""
    chance, step = scene.chance, beat / 4
    late, start = chance.uniform(0, 0.35) * step, -chance.uniform(0, 4 * beat)
    for _ in range(int(chance.integers(2, 6))):
        drum = DRUMS[int(chance.integers(len(DRUMS)))]
        hits = chance.random(STEPS) < chance.uniform(0.1, 0.5)
        loud = chance.uniform(0.3, 1.0, STEPS)
        sound = drum(chance)
        for number in range(int((scene.seconds - start) / step)):
            if hits[number % STEPS]:
                at = start + number * step + late * (number % 2)
                place(out, sound * loud[number % STEPS], int(at * RATE))


def drummed(scene: Scene) -> Floats:
    """Drums and nothing else, at 0 dBov."""
    out = scene.zeros()
    while not np.any(out):
        pattern(scene, out, scene.chance.uniform(0.25, 0.75), 0.0)
    return at_level(out, 0)


def kick(chance: Rng) -> Floats:
    """A bass drum: a tone that falls at once."""
    size = int(chance.uniform(0.1, 0.3) * RATE)
    fall = chance.uniform(45, 90) + chance.uniform(60, 250) * np.exp(-np.arange(size) / chance.uniform(80, 400))
    return np.asarray(np.sin(swept(fall)) * np.linspace(1, 0, size) ** 1.5 * 2)


def snare(chance: Rng) -> Floats:
    """A snare or a clap: a burst of noise, with a tone under it."""
    noise = banded(decay(chance, 0.25, chance.uniform(0.01, 0.06)), chance.uniform(150, 900), 3800)
    return noise + ring(chance, chance.uniform(150, 260), 0.25, 0.03)[: len(noise)]


def hat(chance: Rng) -> Floats:
    """A cymbal or a shaker."""
    return banded(decay(chance, 0.3, chance.uniform(0.003, 0.08)), chance.uniform(1800, 3000), 3900)


def skin(chance: Rng) -> Floats:
    """A conga, a tom or a tabla: a few tones that do not belong together, bending down."""
    size = int(0.35 * RATE)
    bend = 1 + chance.uniform(0, 0.3) * np.exp(-np.arange(size) / RATE / 0.03)
    base, out = chance.uniform(90, 420), np.zeros(size)
    for ratio in (1.0, 1.59, 2.14):
        fading = 0.5 ** (np.arange(size) / RATE / (chance.uniform(0.03, 0.12) / ratio))
        out += np.sin(swept(base * ratio * bend)) * fading / ratio
    return out


def wood(chance: Rng) -> Floats:
    """A block, a rim or a triangle."""
    return ring(chance, chance.uniform(500, 3500), 0.3, chance.uniform(0.004, 0.08))


DRUMS: tuple[Drum, ...] = (kick, kick, snare, hat, hat, skin, wood)
