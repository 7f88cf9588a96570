"""What a caller's telephone does to a sound before it is coded: its curve, its room, its levels, its gate.

Each effect keeps the length of the sound and, but for the gate and the suppressor, its plain level.
"""

import numpy as np

from tests.corpus.line import handset, room
from tests.corpus.measures import activity, at_level, dbov
from tests.corpus.model import Bools, Floats, Rng, Scene
from tests.corpus.quiet import comfort
from tests.corpus.shapes import resonant, shaped
from tests.corpus.suppression import suppressed

STEP = 80
"""Samples between two looks at a level."""


def kept(x: Floats, made: Floats) -> Floats:
    """What was made of a sound, at the sound's own level."""
    return at_level(made, dbov(x)) if np.any(made) else made


def curved(scene: Scene, x: Floats) -> Floats:
    """Through a microphone and its housing: a slope, peaks and dips, at times little more than the middle."""
    chance = scene.chance
    tilt = chance.uniform(-4, 4)
    made = shaped(resonant(x, chance, int(chance.integers(1, 5)), 9.0), lambda f: np.maximum(f, 80.0) ** (tilt / 6.02))
    return kept(x, handset(made, chance) if scene.maybe(0.2) else made)


def placed(scene: Scene, x: Floats) -> Floats:
    """In a room, away from the microphone."""
    return kept(x, room(x, scene.chance))


def steered(scene: Scene, x: Floats) -> Floats:
    """Through an automatic gain control: fast down, slowly up, so that pauses grow loud."""
    chance = scene.chance
    loud = levels(x)
    target, most = activity(x)[0], chance.uniform(6, 25)
    down, up = chance.uniform(0.1, 0.6), chance.uniform(0.002, 0.05)
    gain, gains = 0.0, np.zeros(len(loud))
    for number, level in enumerate(loud):
        want = float(np.clip(target - level, -most, most))
        gain += (want - gain) * (down if want < gain else up)
        gains[number] = gain
    return kept(x, x * _smooth(gains, len(x)))


def overdriven(scene: Scene, x: Floats) -> Floats:
    """Too loud for its microphone: peaks cut off or bent over."""
    chance = scene.chance
    top = float(np.quantile(np.abs(x), 0.999)) * chance.uniform(0.15, 0.9) + 1e-9
    return kept(x, np.clip(x, -top, top) if scene.maybe(0.5) else top * np.tanh(x / top))


def cleaned(scene: Scene, x: Floats) -> Floats:
    """Through a noise suppressor."""
    return suppressed(scene.chance, x)


def gated(scene: Scene, x: Floats) -> Floats:
    """Sent only while it is loud, as voice activity detection does it: beginnings are cut, pauses are other noise."""
    chance = scene.chance
    is_open = _open(chance, levels(x), activity(x)[0] - chance.uniform(12, 32))
    depth = -120.0 if scene.maybe(0.5) else -chance.uniform(8, 60)
    gain = _smooth(np.where(is_open, 0.0, depth), len(x))
    filler = comfort(scene, chance.uniform(-75, -50)) if scene.maybe(0.5) else scene.zeros()
    return x * gain + filler[: len(x)] * (1 - gain)


def _open(chance: Rng, loud: Floats, threshold: float) -> Bools:
    """The steps at which a gate is open: from so late after the sound begins until so long after it has ended."""
    late, hold = int(chance.integers(0, 5)), int(chance.uniform(2, 30))
    over = np.flatnonzero(loud > threshold)
    is_open = np.zeros(len(loud), bool)
    for at in over:
        is_open[at + late : at + late + hold] = True
    return is_open


def levels(x: Floats) -> Floats:
    """The level in dBov of every 10 ms."""
    return np.asarray(10 * np.log10(np.square(x[: len(x) // STEP * STEP]).reshape(-1, STEP).mean(axis=1) + 1e-12))


def _smooth(decibels: Floats, size: int) -> Floats:
    """A gain for each sample from one in dB for each step."""
    gains = 10 ** (decibels / 20)
    return np.interp(np.arange(size), np.arange(len(gains)) * STEP + STEP / 2, gains)
