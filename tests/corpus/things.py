"""Sounds of things, animals and air near a telephone that nobody speaks into; each makes a row of them, at 0 dBov.

Like the textures of `noises/textures.py`, they draw what they are made of, so that what is learnt is what a thing may
sound like, not what this door does.
"""

from collections.abc import Callable

import numpy as np

from tests.corpus.measures import at_level
from tests.corpus.model import RATE, Floats, Rng, Scene
from tests.corpus.shapes import (
    banded,
    coloured,
    convolved,
    decay,
    harmonics,
    moments,
    place,
    resonant,
    ring,
    slow,
    swept,
)

Thing = Callable[[Rng], Floats]


def scattered(scene: Scene, make: Thing) -> Floats:
    """One or a few sorts of a thing's sound: now and then, in a rhythm, or in flurries; near, or in a room."""
    chance, out = scene.chance, scene.zeros()
    sorts = [make(chance) for _ in range(int(chance.integers(1, 4)))]
    uneven = chance.choice([0.1, 0.5, 1.0])
    for at in _times(scene):
        sound = sorts[int(chance.integers(len(sorts)))] if scene.maybe(0.7) else make(chance)
        place(out, sound * np.exp(chance.normal(0, uneven)), at)
    if scene.maybe(0.5):
        seconds = chance.uniform(0.1, 0.7)
        tail = decay(chance, seconds, seconds / 7) * chance.uniform(0.05, 0.6)
        tail[0] = chance.choice([0.0, 1.0])
        out = convolved(out, tail)
    if scene.maybe(0.3):
        out = banded(out, chance.uniform(30, 300), chance.uniform(600, 3000))
    return at_level(out, 0) if np.any(out) else out


def _times(scene: Scene) -> list[int]:
    chance = scene.chance
    first = int(chance.integers(scene.size * 9 // 10))
    draw = chance.random()
    if draw < 0.4:
        return [first, *moments(scene, chance.uniform(0.1, 2.5))]
    if draw < 0.7:
        pace, loose = chance.uniform(0.12, 1.5), chance.choice([0.01, 0.1, 0.3])
        steps = np.cumsum(pace * chance.uniform(1 - loose, 1 + loose, int(scene.seconds / pace) + 1))
        return [int(at * RATE) for at in steps - pace * chance.random()]
    starts = [first, *moments(scene, 0.4)]
    return [start + int(late * RATE) for start in starts for late in chance.exponential(0.25, chance.integers(1, 6))]


def struck(chance: Rng) -> Floats:
    """A cup, a latch, a pan, a key: modes of a body, each with its own decay, and the click of the blow."""
    low, seconds = 10 ** chance.uniform(2, 3.3), 10 ** chance.uniform(-2, -0.4)
    modes = low * np.cumprod(chance.uniform(1.02, 1.9, int(chance.integers(2, 9))))
    rings = [
        ring(chance, float(f), 1.0, seconds / 4 * chance.uniform(0.3, 1)) * chance.exponential()
        for f in modes
        if f < 3800
    ]
    click = np.resize(np.concatenate([decay(chance, 0.05, 10 ** chance.uniform(-3.3, -2)), np.zeros(RATE)]), RATE)
    return click * chance.uniform(0, 1.5) + sum(rings, np.zeros(RATE))


def thump(chance: Rng) -> Floats:
    """A door, a foot, a handset put down: a low body that gives way, and what rattles on it."""
    seconds = chance.uniform(0.04, 0.35)
    time = np.arange(int(seconds * 2 * RATE)) / RATE
    hertz = chance.uniform(35, 220) * (1 + chance.uniform(0, 1.5) * 0.5 ** (time / chance.uniform(0.005, 0.05)))
    body = np.sin(swept(hertz)) * 0.5 ** (time / seconds * chance.uniform(3, 9))
    dull = banded(decay(chance, seconds, seconds / 8), 40, chance.uniform(150, 1500))
    out = body * chance.uniform(0, 1.5)
    place(out, dull * chance.uniform(0.2, 1.5), 0)
    for _ in range(int(chance.integers(0, 4))):
        click = banded(decay(chance, 0.03, chance.uniform(0.001, 0.006)), chance.uniform(200, 1500), 3800)
        place(out, click * chance.uniform(0.05, 0.8), int(chance.uniform(0, seconds) * RATE))
    return out


def puff(chance: Rng) -> Floats:
    """Breath or wind that hits the microphone: low air that swells and dies, so strong at times that it is cut off."""
    size = int(chance.uniform(0.06, 0.8) * RATE)
    air = resonant(chance.standard_normal(size), chance, 2, 10)
    air = banded(air, chance.uniform(15, 80), 10 ** chance.uniform(1.9, 3.1))
    out = at_level(air, 0) * np.hanning(size) ** chance.uniform(0.3, 2) * chance.uniform(0.5, 1)
    top = float(np.abs(out).max()) * chance.uniform(0.2, 1)
    return np.clip(out, -top, top) if chance.random() < 0.3 else out


def creak(chance: Rng) -> Floats:
    """A chair, a hinge, a shoe: something that sticks and slips at a changing pace, through its own resonances."""
    size = int(chance.uniform(0.1, 0.9) * RATE)
    turns = chance.normal(0, 0.6, 6)
    hertz = 10 ** chance.uniform(1.2, 2.9) * np.exp(np.interp(np.linspace(0, 5, size), np.arange(6), turns))
    slips = np.diff(np.floor(np.cumsum(np.minimum(hertz, 1500)) / RATE), prepend=0.0)
    rough = slips * np.exp(chance.normal(0, chance.uniform(0, 0.8), size))
    return resonant(rough + chance.standard_normal(size) * 0.02, chance, 5, 20) * np.hanning(size) ** 0.5


def bark(chance: Rng) -> Floats:
    """An animal's cry, far away: a rough pitch that rises and falls at once, breath, and a throat."""
    size = int(chance.uniform(0.06, 0.5) * RATE)
    bow = np.hanning(size) ** chance.uniform(0.3, 1.5)
    hertz = (
        10 ** chance.uniform(2.2, 3.2) * (1 + chance.uniform(-0.3, 0.9) * bow) * (1 + 0.03 * chance.standard_normal())
    )
    count = max(1, int(min(12, 3600 / float(hertz.max()))))
    voice = harmonics(swept(hertz), 1 / np.arange(1, count + 1) ** chance.uniform(0, 1.5))
    rough = 1 + chance.uniform(0, 0.9) * np.sin(2 * np.pi * chance.uniform(20, 90) * np.arange(size) / RATE)
    breath = chance.standard_normal(size) * chance.uniform(0, 1.2)
    return resonant((voice * rough + breath) * bow, chance, 3, 12)


def chirp(chance: Rng) -> Floats:
    """A bird, an insect, a brake: one to ten swept whistles in a row."""
    pieces = []
    for _ in range(int(chance.integers(1, 11))):
        size = int(10 ** chance.uniform(-1.9, -0.7) * RATE)
        ends = 10 ** chance.uniform(2.9, 3.55, 3)
        glide = np.interp(np.linspace(0, 2, size), [0, 1, 2], ends)
        pieces += [np.sin(swept(glide)) * np.hanning(size), np.zeros(int(chance.uniform(0.002, 0.1) * RATE))]
    return np.concatenate(pieces)


def rattle(chance: Rng) -> Floats:
    """Paper, a zip, coins, a telephone that buzzes on a table: many small blows close to one another."""
    size = int(chance.uniform(0.1, 1.0) * RATE)
    rate = 10 ** chance.uniform(1.2, 2.7)
    even = np.diff(np.floor(np.arange(size) * rate / RATE), prepend=0.0)
    hits = even if chance.random() < 0.4 else (chance.random(size) < rate / RATE) * 1.0
    hits = hits * np.exp(chance.normal(0, 0.7, size)) * np.hanning(size) ** chance.uniform(0.1, 1)
    tail = banded(decay(chance, 0.05, 10 ** chance.uniform(-3.5, -2.2)), 10 ** chance.uniform(1.8, 3.2), 3800)
    return resonant(convolved(hits, tail), chance, 3, 12)


THINGS: dict[str, Thing] = {
    "struck things": struck, "thumps": thump, "puffs": puff, "creaks": creak, "animals": bark, "chirps": chirp,
    "rattles": rattle,
}  # fmt: skip


def some(scene: Scene) -> Floats:
    """A row of any of them, at 0 dBov."""
    makes = list(THINGS.values())
    return scattered(scene, makes[int(scene.chance.integers(len(makes)))])


def stir(scene: Scene) -> Floats:
    """A place where something is always going on: two to four rows of things over the air of the room, at 0 dBov."""
    chance = scene.chance
    air = coloured(scene, chance.uniform(-9, 1), 30) * slow(scene, 1, chance.uniform(0, 4))
    parts = [some(scene) * 10 ** (chance.uniform(-12, 6) / 20) for _ in range(int(chance.integers(2, 5)))]
    return at_level(sum(parts, air * 10 ** (chance.uniform(-20, 3) / 20)), 0)
