"""Seeded makers of telephone sounds for the listening tests: noises, tones, codecs, lost packets, echo.

Every signal is a float64 array at 8 kHz with full scale 1.0; levels are in dBFS (0 dB = root mean square of 1.0).
"""

import numpy as np
from voices import (
    RATE,
    active_mask,
    at_active,
    at_level,
    band_powers,
    dbfs,
    espeak,
    library_missing,
    mixed,
    rng,
    snrw,
    talk,
)

from ivr.audio.features import COLUMNS, FRAME, analyse
from ivr.audio.hearing.bands import IMPORTANCE, TALKER

__all__ = [
    "IMPORTANCE",
    "RATE",
    "TALKER",
    "active_mask",
    "at_active",
    "at_level",
    "band_powers",
    "dbfs",
    "espeak",
    "library_missing",
    "mixed",
    "rng",
    "snrw",
    "talk",
]


def shaped(seconds, chance, power_per_octave=0.0, low=20.0, high=3900.0):
    """Gaussian noise with a spectral slope in dB per octave between two frequencies in Hz, at 0 dBFS."""
    count = int(seconds * RATE)
    hertz = np.fft.rfftfreq(count, 1 / RATE)
    gain = np.where((hertz > low) & (hertz < high), np.maximum(hertz, low) ** (power_per_octave / 6.02), 0)
    return at_level(np.fft.irfft(np.fft.rfft(chance.standard_normal(count)) * gain, count), 0)


def slow(seconds, chance, hertz, depth_db):
    """A gain that wanders at most `hertz` times a second with a standard deviation of `depth_db`."""
    walk = shaped(seconds, chance, 0, 0.05, hertz)
    return 10 ** (depth_db * walk / 20)


def white(seconds, chance):
    """White noise."""
    return shaped(seconds, chance)


def pink(seconds, chance):
    """Pink noise, −3 dB per octave."""
    return shaped(seconds, chance, -3)


def static(seconds, chance):
    """Radio static: white noise whose level jumps and flutters."""
    return white(seconds, chance) * slow(seconds, chance, 12, 5)


def wind(seconds, chance):
    """Wind on a microphone: low-pass noise in gusts, with turbulence above it."""
    low = shaped(seconds, chance, -9, 40) * slow(seconds, chance, 1.0, 6)
    return at_level(low + 0.35 * shaped(seconds, chance, -4, 60) * slow(seconds, chance, 3.0, 6), 0)


def street(seconds, chance):
    """Traffic: pink-brown noise that swells as cars go by, with now and then a horn."""
    x = shaped(seconds, chance, -5, 50) * slow(seconds, chance, 0.5, 4)
    t = np.arange(len(x)) / RATE
    if chance.random() < 0.4:
        horn = sum(np.sin(2 * np.pi * f * k * t) / k for f in (405, 508) for k in (1, 2, 3, 4, 5))
        start = chance.uniform(0, max(seconds - 0.5, 0.1))
        x += 0.4 * horn * ((t > start) & (t < start + 0.4))
    return at_level(x, 0)


def crackle(seconds, chance):
    """A bad contact: 30 to 150 ringing clicks a second over faint white noise."""
    count = int(seconds * RATE)
    hits = chance.random(count) < chance.uniform(30, 150) / RATE
    amplitude = hits * chance.laplace(size=count)
    ring = np.exp(-np.arange(60) / chance.uniform(3, 15)) * chance.standard_normal(60)
    return at_level(at_level(np.convolve(amplitude, ring)[:count], 0) + 0.1 * white(seconds, chance), 0)


def buzz(seconds, chance):
    """Mains buzz: 50 Hz with strong odd harmonics up to 3 kHz, and noise under it."""
    t = np.arange(int(seconds * RATE)) / RATE
    x = sum(np.sin(2 * np.pi * 50 * k * t + chance.uniform(0, 6)) / np.sqrt(k) for k in range(1, 60, 2))
    return at_level(at_level(x, 0) + 0.3 * white(seconds, chance), 0)


def babble(seconds, chance, speakers=("allison", "armelle"), talkers=10):
    """Many voices at once."""
    names = [speakers[i % len(speakers)] for i in range(talkers)]
    return at_level(sum(talk(name, seconds, chance, (0, 0.2), (0, 0.1)) for name in names), 0)


NOISES = {f.__name__: f for f in (white, pink, static, wind, street, crackle, buzz, babble)}


# ---- no person: tones and small sounds


def tone(seconds, *hertz):
    """A sum of equal sines."""
    t = np.arange(int(seconds * RATE)) / RATE
    return at_level(sum(np.sin(2 * np.pi * f * t) for f in hertz), 0)


def cadence(x, on, off):
    """The signal switched on and off for so many seconds each."""
    t = np.arange(len(x)) / RATE
    return x * (t % (on + off) < on)


def dtmf(seconds, chance):
    """Random keys, 80 to 200 ms each with as much pause."""
    rows, columns = (697, 770, 852, 941), (1209, 1336, 1477, 1633)
    length = chance.uniform(0.08, 0.2)
    key = [
        np.concatenate([tone(length, chance.choice(rows), chance.choice(columns)), np.zeros(int(length * RATE))])
        for _ in range(int(seconds / length / 2) + 1)
    ]
    return np.concatenate(key)[: int(seconds * RATE)]


def music(seconds, chance):
    """Music on hold without song: a chord and a plucked tune with overtones, in steps of 0.2 to 0.5 s."""
    beat = chance.uniform(0.2, 0.5)
    out = np.zeros(int(seconds * RATE) + RATE * 2)
    scale = 220 * 2 ** (np.array([0, 2, 4, 5, 7, 9, 11, 12, 14, 16]) / 12)
    for k in range(int(seconds / beat) + 1):
        t = np.arange(int(1.5 * beat * RATE)) / RATE
        notes = [chance.choice(scale), *(scale[[0, 2, 4]] / 2 if k % 4 == 0 else ())]
        for f in notes:
            note = sum(np.sin(2 * np.pi * f * h * t) / h**1.3 for h in range(1, 8) if f * h < 3900)
            out[int(k * beat * RATE) : int(k * beat * RATE) + len(t)] += note * np.exp(-t * chance.uniform(1, 4))
    return at_level(out[: int(seconds * RATE)], 0)


def breath(seconds, chance):
    """Breathing: soft noise that swells about once in two seconds, shaped by a mouth."""
    t = np.arange(int(seconds * RATE)) / RATE
    return shaped(seconds, chance, -4, 300, 3000) * np.maximum(np.sin(2 * np.pi * t * chance.uniform(0.3, 0.6)), 0) ** 2


def clicks(seconds, chance):
    """A few single clicks or knocks, 1 to 3 a second."""
    count = int(seconds * RATE)
    hits = (chance.random(count) < 2 / RATE) * chance.laplace(size=count)
    return np.convolve(hits, np.exp(-np.arange(160) / 25) * chance.standard_normal(160))[:count]


def hum(seconds, chance):
    """Faint mains hum: 50 Hz and its first harmonics."""
    t = np.arange(int(seconds * RATE)) / RATE
    return at_level(sum(chance.uniform(0.2, 1) * np.sin(2 * np.pi * 50 * k * t) for k in range(1, 9)), 0)


# ---- the line


def pcm(x):
    """16-bit little-endian samples, clipped at full scale."""
    return np.clip(np.round(x * 32768), -32768, 32767).astype("<i2").tobytes()


def frames(x):
    """The signal as whole 20 ms frames of 320 bytes."""
    data = pcm(x)
    return [data[i : i + 320] for i in range(0, len(data) - 319, 320)]


def alaw(x):
    """An A-law round trip (13-segment G.711 quantiser, decision and output values as in the standard)."""
    a = np.minimum(np.abs(np.round(x * 32768)), 32767).astype(int) >> 4
    shift = np.maximum(np.floor(np.log2(np.maximum(a, 1))).astype(int) - 4, 0)
    value = ((a >> shift) << shift) + (1 << shift) / 2
    return np.where(np.round(x * 32768) >= 0, 1, -1) * value * 16 / 32768


def mulaw(x):
    """A mu-law round trip."""
    a = np.minimum(np.abs(np.round(x * 32768)), 32635) + 132
    exponent = np.floor(np.log2(a)).astype(int) - 7
    step = 2.0 ** (exponent + 3)
    return np.sign(x) * ((np.floor(a / step) + 0.5) * step - 132) / 32768


def burst_loss(count, chance, rate, burst=(5, 16)):
    """Marks which of `count` frames get lost: bursts of 5 to 16 frames (100–320 ms) up to the wanted rate."""
    lost = np.zeros(count, bool)
    mean = (burst[0] + burst[1]) / 2
    at = 0
    while at < count:
        at += max(1, int(chance.exponential(mean * (1 - rate) / rate)))
        length = int(chance.integers(burst[0], burst[1] + 1))
        lost[at : at + length] = True
        at += length
    return lost


def lose(x, lost, filled=True):
    """The frames of a signal with the lost ones zero-filled, or None."""
    return [(b"\0" * 320 if filled else None) if gone else frame for frame, gone in zip(frames(x), lost, strict=False)]


def echo(far, delay, level):
    """What comes back of the far end: `delay` s later, `level` dB lower, through a short line response."""
    taps = np.array([1.0, -0.45, 0.2, 0.1, -0.05])
    late = np.concatenate([np.zeros(int(delay * RATE)), np.convolve(far, taps)])[: len(far)]
    return late * 10 ** (level / 20)


def rows(x):
    """The rows of a signal, as a window of listening holds them: its first frame is only looked back at."""
    samples = (x * 32767).astype(np.int16)
    found = np.zeros((len(samples) // FRAME - 1, COLUMNS + 3), np.float32)
    for at in range(0, len(found), 6):
        some = found[at : at + 6]
        analyse(samples[at * FRAME : (at + 1 + len(some)) * FRAME], some)
    return found
