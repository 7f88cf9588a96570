"""A band that plays on hold: chords, bass, drums, leads and broken chords, in random keys, paces and timbres."""

import numpy as np

from tests.corpus.instruments import INSTRUMENTS, plucked, sung
from tests.corpus.measures import at_level
from tests.corpus.model import RATE, Floats, Scene
from tests.corpus.rhythm import pattern
from tests.corpus.shapes import banded, decay, harmonics, place, resonant, swept
from tests.corpus.studio import produced

SCALES = ((0, 2, 4, 5, 7, 9, 11, 12), (0, 2, 3, 5, 7, 8, 10, 12), (0, 2, 4, 7, 9, 12))
CHORDS = ((0, 4, 7), (0, 3, 7), (0, 4, 7, 10), (0, 3, 7, 10), (0, 5, 7))
STEPS = (0, 5, 7, 9, -3, 2)


def band(scene: Scene) -> Floats:
    """Chords that follow each other, with any of bass, drums and a gliding lead over them, at 0 dBov."""
    chance, out = scene.chance, scene.zeros()
    beat, key = chance.uniform(0.25, 0.75), chance.uniform(90, 240)
    likely = (
        (_pad, 0.5), (_bass, 0.6), (_drums, 0.25), (pattern, 0.4), (_lead, 0.3), (_broken, 0.45), (_melody, 0.45),
        (_song, 0.2), (_strummed, 0.35),
    )  # fmt: skip
    parts = [part for part, chance_ in likely if scene.maybe(chance_)]
    for part in parts or [_melody]:
        layer = scene.zeros()
        part(scene, layer, beat, key)
        out += at_level(layer, chance.uniform(-12, 0)) if np.any(layer) else layer
    return produced(scene, at_level(resonant(out, chance, 4, 8), 0)) if np.any(out) else out


def _bars(scene: Scene, beat: float) -> list[tuple[int, float]]:
    """Where each bar of four beats begins, in samples, and by how much its chord is above the key."""
    long = 4 * beat * RATE
    first = -int(scene.chance.uniform(0, long))
    count = int((scene.size - first) / long) + 1
    return [(first + int(at * long), 2 ** (float(scene.chance.choice(STEPS)) / 12)) for at in range(count)]


def _pad(scene: Scene, out: Floats, beat: float, key: float) -> None:
    """Held chords of strings or organ: a few players, each a little out of tune."""
    chance = scene.chance
    chord = CHORDS[int(chance.integers(len(CHORDS)))]
    strengths = 1 / np.arange(1, 13) ** chance.uniform(0.8, 2.0)
    attack, players = chance.uniform(0.01, 0.4), int(chance.integers(1, 4))
    for at, step in _bars(scene, beat):
        for note in chord:
            for _ in range(players):
                hertz = key * step * 2 ** (note / 12) * chance.normal(1, 0.003)
                place(out, _held(scene, hertz, 4 * beat, attack, strengths) * 0.3, at)


def _bass(scene: Scene, out: Floats, beat: float, key: float) -> None:
    strengths = 1 / np.arange(1, 10) ** scene.chance.uniform(0.6, 1.5)
    for at, step in _bars(scene, beat):
        for number in range(4):
            sound = _held(scene, key * step / 2, beat, 0.01, strengths)
            fall = 0.5 ** (np.arange(len(sound)) / RATE / scene.chance.uniform(0.1, 0.4))
            place(out, sound * fall * 0.8, at + int(number * beat * RATE))


def _drums(scene: Scene, out: Floats, beat: float, key: float) -> None:
    chance = scene.chance
    kick = swept(60 + 120 * np.exp(-np.arange(int(0.15 * RATE)) / 300))
    snare = banded(decay(chance, 0.2, chance.uniform(0.01, 0.05)), 150, 3800)
    hat = banded(decay(chance, 0.06, chance.uniform(0.003, 0.015)), 2500, 3900)
    loud = chance.uniform(0.3, 1.5)
    for at, _ in _bars(scene, beat):
        for half in range(8):
            place(out, hat * loud * chance.uniform(0.3, 0.6), at + int(half * beat * RATE / 2))
        for number in range(4):
            hit = snare * 0.7 if number % 2 else np.sin(kick) * np.linspace(1, 0, len(kick))
            place(out, hit * loud, at + int(number * beat * RATE))


def _lead(scene: Scene, out: Floats, beat: float, key: float) -> None:
    """A flute, a violin or a synthesiser: one note after the other, sliding into it, with vibrato."""
    chance = scene.chance
    scale = SCALES[int(chance.integers(3))]
    strengths = 1 / np.arange(1, 11) ** chance.uniform(1.0, 2.5)
    depth, at, last = chance.uniform(0, 0.015), 0, key * 2
    while at < scene.size:
        hertz = key * 2 * 2 ** (float(chance.choice(scale)) / 12)
        size = int(beat * chance.choice([0.5, 1, 1, 2]) * RATE)
        time = np.arange(size) / RATE
        glide = hertz + (last - hertz) * np.exp(-time / chance.uniform(0.005, 0.06))
        phase = swept(glide * (1 + depth * np.sin(2 * np.pi * chance.uniform(4, 7) * time)))
        place(out, harmonics(phase, _below(strengths, hertz)) * _edged(size, 0.02) * 0.8, at)
        at, last = at + size, hertz


def _broken(scene: Scene, out: Floats, beat: float, key: float) -> None:
    """Broken chords: their notes one after the other, up or down or about, each ringing into the next."""
    chance = scene.chance
    sound = INSTRUMENTS[int(chance.integers(3))]
    chord = CHORDS[int(chance.integers(len(CHORDS)))]
    order = chance.integers(0, len(chord), 8) if scene.maybe(0.5) else np.arange(8) % len(chord)
    pace, ringing = beat / float(chance.choice([1, 2, 2, 4])), chance.uniform(1.0, 4.0)
    for at, step in _bars(scene, beat):
        for number in range(round(4 * beat / pace)):
            hertz = 2 * key * step * 2 ** (chord[order[number % 8]] / 12)
            place(out, sound(chance, hertz, pace * ringing) * chance.uniform(0.6, 1), at + int(number * pace * RATE))


def _strummed(scene: Scene, out: Floats, beat: float, key: float) -> None:
    """A guitar: chords of four to six strings struck up and down, ringing or muted, at times through an amplifier."""
    chance = scene.chance
    chord = CHORDS[int(chance.integers(len(CHORDS)))] if scene.maybe(0.7) else (0, 7)
    notes = [note + 12 * octave for octave in range(3) for note in chord][: int(chance.integers(4, 7))]
    strokes, muted = chance.random(8) < chance.uniform(0.3, 1.0), chance.random(8) < chance.uniform(0, 0.6)
    apart, ringing = chance.uniform(0.004, 0.025), beat * chance.uniform(0.6, 3.0)
    for at, step in _bars(scene, beat):
        strings = [plucked(chance, key * step * 2 ** (note / 12), ringing) for note in notes]
        for number in np.flatnonzero(strokes):
            seconds = 0.08 if muted[number] else ringing
            for place_, string in enumerate(strings if number % 2 == 0 else strings[::-1]):
                heard = string[: int(seconds * RATE)] * chance.uniform(0.5, 1)
                place(out, heard, at + int((number * beat / 2 + place_ * apart) * RATE))
    if scene.maybe(0.4):
        out[:] = np.tanh(out * chance.uniform(0.5, 8))


def _melody(scene: Scene, out: Floats, beat: float, key: float) -> None:
    """A tune of one instrument with pauses in it; now and then with a second voice in thirds."""
    chance = scene.chance
    sound = INSTRUMENTS[int(chance.integers(len(INSTRUMENTS)))]
    scale, degree, at = SCALES[int(chance.integers(3))], 2, -int(chance.uniform(0, beat) * RATE)
    second = scene.maybe(0.3)
    while at < scene.size:
        seconds = beat * float(chance.choice([0.5, 0.5, 1, 1, 2]))
        degree = int(np.clip(degree + chance.integers(-2, 3), 0, len(scale) - 1))
        for above in (0, 2) if second else (0,):
            hertz = 2 * key * 2 ** (scale[min(degree + above, len(scale) - 1)] / 12)
            if scene.maybe(0.85):
                place(out, sound(chance, hertz, seconds * chance.uniform(0.7, 1.5)), at)
        at += int(seconds * RATE)


def _song(scene: Scene, out: Floats, beat: float, key: float) -> None:
    """One singer or a few, on held vowels; never the only part that the ear could take for somebody talking."""
    chance = scene.chance
    scale, at = SCALES[int(chance.integers(3))], -int(chance.uniform(0, beat) * RATE)
    voices = int(chance.integers(1, 4))
    while at < scene.size:
        seconds = beat * float(chance.choice([1, 1, 2, 4]))
        hertz = 2 * key * 2 ** (float(chance.choice(scale)) / 12)
        if scene.maybe(0.85):
            for _ in range(voices):
                place(out, sung(chance, hertz * chance.normal(1, 0.004), seconds), at)
        at += int(seconds * RATE)


def _held(scene: Scene, hertz: float, seconds: float, attack: float, strengths: Floats) -> Floats:
    size = int(seconds * RATE)
    phase = 2 * np.pi * (hertz * np.arange(size) / RATE + scene.chance.random())
    return harmonics(phase, _below(strengths, hertz)) * _edged(size, attack)


def _below(strengths: Floats, hertz: float) -> Floats:
    """The harmonics that a telephone line carries."""
    return np.where(np.arange(1, len(strengths) + 1) * hertz < 3900, strengths, 0)


def _edged(size: int, attack: float) -> Floats:
    time = np.arange(size) / RATE
    return np.minimum(1, np.minimum(time / attack, (size / RATE - time) / 0.02))
