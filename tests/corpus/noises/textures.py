"""Noises that are no thing in particular: textures of any statistics and showers of any grains.

A model that has learnt a dozen things fails at the thirteenth. These two draw the statistics themselves, so that what
is learnt is what noise may be. Textures after McDermott and Simoncelli (Neuron, 2011): a sound texture is what its
bands' envelopes say, how strong and how sparse they are, how fast they move, and how far they move together.
"""

import numpy as np

from tests.corpus.measures import at_level
from tests.corpus.model import RATE, Floats, Rng, Scene
from tests.corpus.shapes import banded, coloured, convolved, decay, harmonics, mixed, place, resonant, ring, slow, swept

BANDS = 10
LOWEST, HIGHEST = 60.0, 3900.0
SLOW = 9.0  # grains a second


def texture(scene: Scene) -> Floats:
    """A carrier in ten bands, each with an envelope of its own and a share of a common one, over some noise."""
    chance = scene.chance
    together, depth, sparse = chance.uniform(0, 1), chance.uniform(0.1, 1.2), scene.maybe(0.4)
    pace, spread = 10 ** chance.uniform(-0.5, 1.7), float(chance.choice([0.05, 0.3, 1.0]))
    common = _wandering(scene, pace, spread)
    spectrum, out = np.fft.rfft(_carrier(scene)), scene.zeros()
    for mask in _masks(scene.size, chance):
        own = _wandering(scene, pace * chance.uniform(0.5, 2), spread)
        moved = depth * (np.sqrt(together) * common + np.sqrt(1 - together) * own)
        envelope = np.maximum(moved, 0) ** chance.uniform(1, 2) if sparse else np.exp(moved)
        out += np.fft.irfft(spectrum * mask, scene.size) * envelope
    out = out if np.any(out) else coloured(scene)
    return mixed((out, 0), (coloured(scene, chance.uniform(-7, 2), 40), chance.uniform(-30, 0)))


def _wandering(scene: Scene, hertz: float, spread: float) -> Floats:
    """A signal of unit variance that moves about `hertz` times a second: a beat where `spread` is small, else noise."""
    points = max(16, round(scene.seconds * 200))
    about = np.fft.rfftfreq(points, 1 / 200)
    near = np.exp(-0.5 * (np.log2(np.maximum(about, 0.01) / hertz) / spread) ** 2)
    turned = scene.chance.standard_normal(len(about)) + 1j * scene.chance.standard_normal(len(about))
    walk = np.fft.irfft(near * turned, points)
    walk /= walk.std() + 1e-9
    return np.asarray(np.interp(scene.time, np.linspace(0, scene.seconds, points), walk))


def _masks(size: int, chance: Rng) -> list[Floats]:
    """Ten bands of equal width in octaves, their levels a random walk of up to 8 dB from one to the next."""
    hertz = np.maximum(np.fft.rfftfreq(size, 1 / RATE), 1.0)
    height = (np.log2(hertz / LOWEST) / np.log2(HIGHEST / LOWEST)) * BANDS - 0.5
    levels = np.cumsum(chance.normal(chance.uniform(-3, 1), chance.uniform(1, 8), BANDS))
    inside = (hertz > LOWEST) & (hertz < HIGHEST)
    # noise falls by 3 dB per octave in bands of one octave each, which leaves it as loud in each
    return [
        np.where(inside, np.sqrt(np.maximum(0, 1 - np.abs(height - n))), 0.0) * 10 ** (level / 20) / np.sqrt(hertz)
        for n, level in enumerate(levels)
    ]


def _carrier(scene: Scene) -> Floats:
    """What fills the bands: noise, a buzz whose pitch wanders, or impulses from few to many."""
    chance = scene.chance
    draw = chance.random()
    if draw < 0.55:
        return coloured(scene)
    if draw < 0.75:
        return mixed((_buzz(scene), 0), (coloured(scene), chance.uniform(-25, 0)))
    hits = (chance.random(scene.size) < 10 ** chance.uniform(1, 3) / RATE) * chance.laplace(size=scene.size)
    return mixed((hits, 0), (coloured(scene), chance.uniform(-40, -10)))


def _buzz(scene: Scene) -> Floats:
    chance = scene.chance
    hertz = 10 ** chance.uniform(1.2, 2.6) * slow(scene, chance.uniform(0.2, 6), chance.uniform(0, 0.6))
    phase = swept(hertz) / (2 * np.pi)
    return np.diff(np.floor(phase), prepend=0.0) - hertz / RATE


def shower(scene: Scene) -> Floats:
    """Grains that come at random or in a rhythm, from two to two hundred a second, over some noise."""
    chance, out = scene.chance, scene.zeros()
    rate, loose = 10 ** chance.uniform(0.3, 2.3), chance.uniform(0, 1) ** 2
    loose = max(loose, 0.4) if rate < SLOW else loose  # a slow rhythm is a drum
    grains = [_grain(chance) for _ in range(int(chance.integers(1, 6)))]
    uneven = chance.uniform(0, 1.2)
    for at in _times(scene, rate, loose):
        grain = grains[int(chance.integers(len(grains)))]
        place(out, grain * np.exp(chance.normal(0, uneven)), int(at * RATE))
    out = resonant(out * slow(scene, chance.uniform(0.3, 4), chance.uniform(0, 5)), chance, 3, 10)
    if scene.maybe(0.3):
        out = convolved(out, decay(chance, 0.4, chance.uniform(0.02, 0.1)))
    return mixed((out, 0), (coloured(scene, chance.uniform(-7, 2), 40), chance.uniform(-24, 4)))


def _times(scene: Scene, rate: float, loose: float) -> Floats:
    """Moments in seconds, so many a second: as even as a clock where `loose` is 0, by pure chance where it is 1."""
    chance = scene.chance
    steps = (1 - loose) + loose * chance.exponential(1.0, int(rate * scene.seconds) + 2)
    return np.asarray((np.cumsum(steps) - chance.uniform(0, 1)) / rate)


def _grain(chance: Rng) -> Floats:
    """A click, a rasp, a ring or a chirp of 2 to 300 ms."""
    seconds, low = 10 ** chance.uniform(-2.7, -0.5), 10 ** chance.uniform(1.8, 3.2)
    x = GRAINS[int(chance.integers(len(GRAINS)))](chance, seconds, low)
    return at_level(x, 0) * 0.3 if np.any(x) else np.ones(1)


def _click(chance: Rng, seconds: float, low: float) -> Floats:
    return banded(decay(chance, max(seconds, 0.01), seconds / 5), low, chance.uniform(1500, 3900))


def _rasp(chance: Rng, seconds: float, low: float) -> Floats:
    size = _samples(seconds)
    return banded(chance.standard_normal(size), low, chance.uniform(1500, 3900)) * np.hanning(size)


def _struck(chance: Rng, seconds: float, low: float) -> Floats:
    rings = (ring(chance, chance.uniform(100, 3700), seconds, seconds / 4) for _ in range(4))
    return sum(rings, np.zeros(int(seconds * RATE)))


def _chirp(chance: Rng, seconds: float, low: float) -> Floats:
    glide = np.geomspace(chance.uniform(150, 3500), chance.uniform(150, 3500), _samples(seconds))
    audible = np.where(np.arange(1, 4) * glide.max() < 3900, 1.0, 0.0)
    return harmonics(swept(glide), audible) * np.hanning(len(glide))


def _samples(seconds: float) -> int:
    return max(24, int(seconds * RATE))


GRAINS = (_click, _rasp, _struck, _chirp)
