"""Tones of telephone networks: keys, progress tones of several countries, fax, modem, special information tones.

Frequencies in Hz and cadences in seconds are those of ITU-T E.180 supplement 2 (national tones), Q.23 (keys),
T.30 (fax) and V.8/V.25 (modems). All are at 0 dBov while they sound.
"""

import numpy as np

from tests.corpus.model import RATE, Floats, Scene
from tests.corpus.shapes import gated, place, swept

ROWS, COLUMNS = (697, 770, 852, 941), (1209, 1336, 1477, 1633)
RING = (((450,), 1, 4), ((440, 480), 2, 4), ((425,), 1, 4), ((400, 450), 0.4, 0.2), ((425,), 1.5, 3.5), ((400,), 1, 2))
BUSY = (((450,), 0.35, 0.35), ((480, 620), 0.5, 0.5), ((425,), 0.5, 0.5), ((400,), 0.375, 0.375), ((425,), 0.2, 0.2))
DIAL = ((450,), (350, 440), (425,), (400,), (350, 450), (440,))
INFORMATION = ((950, 1400, 1800), (985, 1428, 1776), (913, 1370, 1776))


def sines(size: int, *hertz: float) -> Floats:
    """A sum of equal sines, at 0 dBov."""
    time = np.arange(size) / RATE
    parts = sum((np.sin(2 * np.pi * f * time) for f in hertz), np.zeros(size))
    return np.asarray(parts * np.sqrt(2 / len(hertz)))


def keys(scene: Scene, most: int = 12) -> Floats:
    """One to `most` keys with real durations: 50 to 250 ms each, pauses of 50 to 500 ms."""
    chance, out = scene.chance, scene.zeros()
    length, pause = chance.uniform(0.05, 0.25), chance.uniform(0.05, 0.5)
    at = chance.uniform(0, scene.seconds / 3)
    for _ in range(int(chance.integers(1, most + 1))):
        pair = float(chance.choice(ROWS)), float(chance.choice(COLUMNS))
        place(out, sines(int(length * RATE), *pair), int(at * RATE))
        at += length + pause * chance.uniform(0.8, 1.4)
    return out


def ring_back(scene: Scene) -> Floats:
    """The ring-back tone of a country, from anywhere in its cadence."""
    return _cadence(scene, RING[int(scene.chance.integers(len(RING)))])


def busy(scene: Scene) -> Floats:
    """The busy or congestion tone of a country."""
    return _cadence(scene, BUSY[int(scene.chance.integers(len(BUSY)))])


def dial(scene: Scene) -> Floats:
    """The dial tone of a country."""
    return sines(scene.size, *DIAL[int(scene.chance.integers(len(DIAL)))])


def _cadence(scene: Scene, tone: tuple[tuple[int, ...], float, float]) -> Floats:
    hertz, on, off = tone
    start = scene.chance.uniform(0, on * 0.7) if scene.maybe(0.7) else on + off - scene.chance.uniform(0, off / 3)
    return gated(sines(scene.size, *hertz), on, off, start)


def information(scene: Scene) -> Floats:
    """A special information tone: three rising tones of 330 ms, repeated after a second."""
    chance, out = scene.chance, scene.zeros()
    trio = INFORMATION[int(chance.integers(len(INFORMATION)))]
    step = int(0.33 * RATE)
    at = int(chance.uniform(0, 1) * RATE)
    while at < scene.size:
        for number, hertz in enumerate(trio):
            place(out, sines(step, hertz), at + number * step)
        at += 3 * step + RATE
    return out


def fax_call(scene: Scene) -> Floats:
    """A calling fax (CNG): 1100 Hz for half a second every 3.5 s."""
    return gated(sines(scene.size, 1100), 0.5, 3, scene.chance.choice([0.0, 3.0]))


def fax_answer(scene: Scene) -> Floats:
    """An answering fax or modem (CED/ANS): 2100 Hz, plain or turned and modulated every 450 ms, then a preamble."""
    phase = 2 * np.pi * 2100 * scene.time
    if scene.maybe(0.5):
        phase = phase + np.pi * np.floor(scene.time / 0.45)
    tone = np.sqrt(2) * np.sin(phase) * (1 + 0.2 * np.sin(2 * np.pi * 15 * scene.time))
    stop = scene.chance.uniform(0.5, 1.2) * scene.seconds
    return np.where(scene.time < stop, tone, keyed(scene))


def keyed(scene: Scene) -> Floats:
    """A fax preamble or modem data: bits keyed between two tones (V.21 at 300 bit/s, Bell 103 or V.23)."""
    low, high, pace = ((1650, 1850, 300), (2025, 2225, 300), (1300, 2100, 1200))[int(scene.chance.integers(3))]
    count = int(scene.seconds * pace) + 1
    bits = scene.chance.integers(0, 2, count)
    if scene.maybe(0.5):
        bits = np.resize(np.array([0, 1, 1, 1, 1, 1, 1, 0]), count)
    hertz = np.where(bits[(scene.time * pace).astype(int)] > 0, high, low).astype(float)
    return np.asarray(np.sqrt(2) * np.sin(swept(hertz)))
