"""Speech for a scene: somebody talking, one word, a whisper, or many at once."""

import numpy as np

from tests.corpus.measures import activity, at_active, at_level
from tests.corpus.model import FRAME, RATE, Floats, Rng, Scene, Shorts
from tests.corpus.shapes import pitched, place
from tests.corpus.speakers import speakers, utterances, words

LOUDEST, FAINTEST = -14.0, -38.0
LEAST_ACTIVE = 0.25


def level(scene: Scene) -> float:
    """An active level between −38 and −14 dBov."""
    return float(scene.chance.uniform(FAINTEST, LOUDEST))


def someone(scene: Scene) -> str:
    """One of the split's speakers."""
    names = speakers(scene.split)
    return names[int(scene.chance.integers(len(names)))]


def _one(chance: Rng, sounds: list[Shorts]) -> Floats:
    return sounds[int(chance.integers(len(sounds)))] / 32768.0


def _said(scene: Scene, sounds: list[Shorts]) -> Floats:
    """One of the utterances; for training, half of them from another throat: 18 % lower and slower to 25 % higher."""
    said = _one(scene.chance, sounds)
    return pitched(said, scene.chance.uniform(0.82, 1.25)) if scene.split == "train" and scene.maybe(0.5) else said


def _line(scene: Scene, name: str, pause: tuple[float, float], lead: float) -> Floats:
    out, chance = scene.zeros(), scene.chance
    at = int(chance.uniform(0, lead) * RATE)
    while at < scene.size - 0.3 * RATE:
        said = _said(scene, utterances(name))
        start = int(chance.integers(len(said) - 3 * RATE)) if len(said) > 5 * RATE else 0
        said = said[start:]
        place(out, said, at)
        at += len(said) + int(chance.uniform(*pause) * RATE)
    return out


def talk(scene: Scene, name: str) -> Floats:
    """A speaker's utterances with pauses, active at least a quarter of the time, at a level of −38 to −14 dBov."""
    lead = min(1.0, scene.seconds / 4)
    for _ in range(8):
        said = _line(scene, name, (0.15, 0.7), lead)
        if activity(said)[1] >= LEAST_ACTIVE:
            break
    return at_active(said, level(scene))


def word(scene: Scene, name: str) -> Floats:
    """One short utterance somewhere in the scene, at −38 to −14 dBov."""
    out = scene.zeros()
    said = _said(scene, words(name) or utterances(name))[:RATE]
    said[-FRAME:] *= np.linspace(1, 0, len(said[-FRAME:]))
    place(out, said, int(scene.chance.integers(1, max(2, scene.size - len(said)))))
    return at_active(out, level(scene))


def babble(scene: Scene, talkers: int) -> Floats:
    """So many of the split's voices at once, nearer and farther ones, at 0 dBov."""
    voices = [_line(scene, someone(scene), (0.0, 0.2), 0.2) for _ in range(talkers)]
    gains = 10 ** (scene.chance.uniform(-6, 3, talkers) / 20)
    return at_level(sum((v * g for v, g in zip(voices, gains, strict=True)), scene.zeros()), 0)


def whispered(x: Floats, chance: Rng) -> Floats:
    """Speech without its voice: the smoothed spectra of 32 ms windows on noise, at the same active level."""
    size, hop = 256, 64
    window = np.hanning(size)
    noise = chance.standard_normal(len(x) + size)
    padded = np.concatenate([np.zeros(size // 2), x, np.zeros(size)])
    out = np.zeros(len(padded))
    for start in range(0, len(x), hop):
        spectrum = np.abs(np.fft.rfft(padded[start : start + size] * window))
        smooth = np.convolve(spectrum, np.ones(9) / 9, "same")
        breath = np.fft.rfft(noise[start : start + size] * window)
        out[start : start + size] += np.fft.irfft(breath * smooth * _tilt(len(smooth)), size) * window
    return at_active(out[size // 2 :][: len(x)], activity(x)[0])


def _tilt(count: int) -> Floats:
    """A whisper's missing low frequencies."""
    hertz = np.arange(count) * RATE / 2 / count
    return np.asarray(1 / (1 + (500 / np.maximum(hertz, 1)) ** 2))
