"""What a telephone line does to sound: codecs, lost and shuffled frames, bit errors, rooms, handsets and echo."""

from collections.abc import Callable

import numpy as np

from tests.corpus.codecs import Codec, codecs, named
from tests.corpus.fillings import WAYS, filled
from tests.corpus.measures import at_level, dbov
from tests.corpus.model import FRAME, RATE, Bools, Floats, Rng, Scene
from tests.corpus.quiet import comfort
from tests.corpus.shapes import banded, coloured, convolved, decay
from tests.corpus.substitution import GONE, substituted

LONGEST, SHORTEST = 16, 5
FADE = 0.75
FILLINGS = ("zero", "repeat", "noise", "pitch")


def some_codec(chance: Rng) -> Codec | None:
    """A-law or mu-law in half of all cases, another codec in a fifth, else none."""
    draw = chance.random()
    if draw < 0.5:
        return _one(chance, named("alaw") + named("mulaw"))
    return _one(chance, list(codecs().values())) if draw < 0.7 else None


def _one(chance: Rng, choice: list[Codec]) -> Codec:
    return choice[int(chance.integers(len(choice)))]


def coded(x: Floats, chance: Rng) -> Floats:
    """The sound through whatever codec a call happens to use."""
    codec = some_codec(chance)
    return codec.passed(x) if codec else x


# ---- lost packets


def scattered(count: int, chance: Rng, rate: float) -> Bools:
    """Single frames lost at random."""
    return np.asarray(chance.random(count) < rate)


def bursts(count: int, chance: Rng, rate: float) -> Bools:
    """Frames lost in bursts of 100 to 320 ms (Gilbert), a share of `rate` of all."""
    lost = np.zeros(count, bool)
    mean = (SHORTEST + LONGEST) / 2
    at = int(chance.exponential(mean * (1 - rate) / rate))
    while at < count:
        length = int(chance.integers(SHORTEST, LONGEST + 1))
        lost[at : at + length] = True
        at += length + 2 + int(chance.exponential(max(mean * (1 - rate) / rate - 2, 0.1)))
    return lost


def some_filling(scene: Scene) -> str:
    """One of the fillings; what is learnt from knows more of them."""
    known = FILLINGS if scene.split == "test" else (*FILLINGS, *WAYS)
    return known[int(scene.chance.integers(len(known)))]


def concealed(scene: Scene, x: Floats, lost: Bools, filling: str) -> Floats:
    """The sound with lost frames silenced, repeated and faded, filled with comfort noise or with the last period.

    What is learnt from is filled in more ways: faded faster or slower, by repeats of any period, in noise as loud as
    the pauses.
    """
    if filling not in FILLINGS:
        return filled(scene.chance, x, lost, filling)
    if filling == "pitch":
        return substituted(x, lost, GONE if scene.split == "test" else int(scene.chance.uniform(160, 1600)))
    frames = x[: scene.size].reshape(-1, FRAME).copy()
    filler, fade, period = comfort(scene, -50), FADE, FRAME
    if scene.split != "test":
        filler, fade, period = _otherwise(scene, frames, filler)
    filler = filler.reshape(-1, FRAME)
    last, gain = np.zeros(FRAME), 1.0
    for at, gone in enumerate(lost):
        if not gone:
            last, gain = np.resize(frames[at][-period:], FRAME), 1.0
            continue
        gain *= fade
        frames[at] = {"zero": last * 0, "repeat": last * gain, "noise": filler[at]}[filling]
    return frames.ravel()


def concealed_by(codec: Codec, x: Floats, lost: Bools) -> Floats:
    """The sound through a codec whose decoder fills the lost frames in its own way."""
    return codec.received(codec.without(codec.sent(x), lost, FRAME), len(x))


def lost_before(chance: Rng, x: Floats, torn: Callable[[Floats], Floats]) -> tuple[Floats, bool]:
    """The sound torn, and whether packets begin where ours do: half of the time a switch has made its own of them."""
    late = int(chance.integers(1, FRAME)) if chance.random() < 0.5 else 0
    return np.roll(torn(np.roll(x, -late)), late), not late


def _otherwise(scene: Scene, frames: Floats, filler: Floats) -> tuple[Floats, float, int]:
    """Another filler, fade a frame, and samples repeated."""
    chance = scene.chance
    if scene.maybe(0.5):
        pauses = float(np.quantile(np.square(frames).mean(axis=1), chance.uniform(0.05, 0.4)))
        filler = at_level(filler, 10 * np.log10(max(pauses, 1e-7)))
    return filler, chance.uniform(0.6, 1.0), int(chance.integers(20, FRAME)) if scene.maybe(0.4) else FRAME


def shuffled(x: Floats, chance: Rng) -> Floats:
    """Garbled delivery: 20 to 60 ms pieces swapped at random within a second, some of them doubled."""
    size = FRAME * int(chance.integers(1, 4))
    pieces = x[: len(x) // size * size].reshape(-1, size)
    order = np.argsort(np.arange(len(pieces)) + chance.uniform(0, RATE / size, len(pieces)))
    order = np.where(chance.random(len(order)) < 0.15, np.roll(order, 1), order)
    return np.concatenate([pieces[order].ravel(), x[len(pieces) * size :]])


def idle(scene: Scene, x: Floats) -> Floats:
    """The sound with what an analogue piece of the way may add: noise in a quarter of clips, an offset in a tenth.

    ITU-T G.712 allows an idle channel −65 dBm0p of noise; worse ones are met.
    """
    chance = scene.chance
    if scene.maybe(0.25):
        x = x + coloured(scene, chance.uniform(-4, 1)) * 10 ** (chance.uniform(-80, -60) / 20)
    return x + chance.normal(0, 1e-3) if scene.maybe(0.1) else x


# ---- the caller's end


def handset(x: Floats, chance: Rng) -> Floats:
    """A poor handset: 200 to 500 Hz up to 2300 to 3400 Hz."""
    return banded(x, chance.uniform(200, 500), chance.uniform(2300, 3400))


def room(x: Floats, chance: Rng) -> Floats:
    """Hands-free in a room: a direct sound and a reverberation of 0.15 to 0.5 s, at the same level."""
    reverberation = chance.uniform(0.15, 0.5)
    taps = decay(chance, 0.5, reverberation / 20) * chance.uniform(0.02, 0.12)
    taps[: int(chance.uniform(0.002, 0.01) * RATE)] = 0
    taps[0] = 1
    return at_level(convolved(x, taps), dbov(x))


# ---- the own prompt coming back


def echo(scene: Scene, far: Floats) -> Floats:
    """The far end 0 to 300 ms later and 20 to 35 dB lower, through a hybrid or a room, clipped and coded at times."""
    chance = scene.chance
    taps = decay(chance, chance.uniform(0.004, 0.06), chance.uniform(0.0005, 0.01))
    taps[0] += chance.choice([-1, 1]) * chance.uniform(1, 4)
    back = convolved(far, taps)
    if scene.maybe(0.3):
        top = np.abs(back).max() * chance.uniform(0.15, 0.6)
        back = np.clip(back, -top, top)
    back = coded(back, chance) if scene.maybe(0.4) else back
    late = int(chance.uniform(0, 0.3) * RATE)
    back = np.concatenate([np.zeros(late), back])[: len(far)]
    return at_level(back, dbov(far) - chance.uniform(20, 35))
