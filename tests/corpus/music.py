"""Music: the unpacked music on hold of the split, and what is made here: tunes, chords, a band with drums.

Two tracks are too few to learn music from, so those that are learnt from are heard in other keys, paces and colours
too; the composer of the test split has only the tunes.
"""

from functools import cache

import numpy as np

from tests.corpus.band import SCALES, band
from tests.corpus.decode import decoded
from tests.corpus.measures import at_level
from tests.corpus.model import RATE, Floats, Scene
from tests.corpus.places import files, warn
from tests.corpus.shapes import harmonics, mixed, pitched, place, resonant
from tests.corpus.studio import produced

TRACKS = {"train": "cold_day", "tune": "robot_dity", "test": "the_simplicity"}


@cache
def track(split: str) -> Floats:
    """The split's track of music on hold by macroform; empty where it is not unpacked."""
    found = files(f"asterisk/moh/macroform-{TRACKS[split]}.wav")
    if not found:
        warn(f"no macroform-{TRACKS[split]}: synthetic music instead")
    return decoded(found[0]) if found else np.zeros(0)


def recorded(scene: Scene) -> Floats:
    """A passage of the split's track, at 0 dBov."""
    whole = track(scene.split)
    if not len(whole):
        return composed(scene)
    for _ in range(5):
        start = int(scene.chance.integers(max(1, len(whole) - scene.size)))
        passage = whole[start : start + scene.size]
        if np.mean(np.square(passage)) > 0.1 * np.mean(np.square(whole)):
            break
    passage = passage if scene.split == "test" else _otherwise(scene, passage)
    return at_level(np.pad(passage, (0, scene.size - len(passage))), 0)


def _otherwise(scene: Scene, passage: Floats) -> Floats:
    """The passage, three times in four, in another key and pace, or from another loudspeaker."""
    chance = scene.chance
    if scene.maybe(0.75):
        passage = np.tile(pitched(passage, chance.uniform(0.7, 1.45)), 2)[: scene.size]
    return resonant(passage, chance, int(chance.integers(2, 8)), 12) if scene.maybe(0.75) else passage


def layered(scene: Scene) -> Floats:
    """A passage of the split's track with other music over it, as richer arrangements have it, at 0 dBov."""
    other = recorded(scene) if scene.maybe(0.5) else composed(scene)
    return mixed((recorded(scene), 0.0), (other, float(scene.chance.uniform(-12, 6))))


def composed(scene: Scene) -> Floats:
    """Music made here, at 0 dBov; what is learnt from has bands and strings besides tunes."""
    if scene.split == "test":
        return tune(scene)
    return produced(scene, tune(scene)) if scene.maybe(0.3) else band(scene)


def tune(scene: Scene) -> Floats:
    """A tune with chords in a random scale, tempo and timbre, plucked or held, at 0 dBov."""
    chance, out = scene.chance, scene.zeros()
    beat, key = chance.uniform(0.18, 0.6), chance.uniform(110, 260)
    scale = key * 2 ** (np.array(SCALES[int(chance.integers(3))]) / 12)
    timbre = 1 / np.arange(1, 9) ** chance.uniform(0.8, 2.2) * chance.uniform(0.3, 1, 8)
    fading, held = chance.uniform(0.15, 0.8), chance.uniform(0.9, 2.0)
    for step in range(int(scene.seconds / beat) + 1):
        notes = [2 * chance.choice(scale)] if chance.random() < 0.8 else []
        notes += list(scale[[0, 2, 4]]) if step % 4 == 0 else []
        for hertz in notes:
            place(out, _note(float(hertz), beat * held, fading, timbre), int(step * beat * RATE))
    return at_level(out, 0) if np.any(out) else out


def _note(hertz: float, seconds: float, fading: float, timbre: Floats) -> Floats:
    time = np.arange(int(seconds * RATE)) / RATE
    audible = np.where(np.arange(1, 9) * hertz < 3900, timbre, 0)
    edge = np.minimum(1, np.minimum(time, seconds - time) / 0.01)
    return np.asarray(harmonics(2 * np.pi * hertz * time, audible) * 0.5 ** (time / fading) * edge)
