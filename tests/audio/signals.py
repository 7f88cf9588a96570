"""Seeded makers of telephone sounds for the listening tests: voices, noises, tones, codecs, lost packets, echo.

Every signal is a float64 array at 8 kHz with full scale 1.0; levels are in dBFS (0 dB = root mean square of 1.0).
"""

import ctypes
import io
import subprocess
import wave
from functools import cache
from pathlib import Path

import numpy as np

from ivr.audio.hearing.bands import BANDS, HERTZ, IMPORTANCE, TALKER  # noqa: F401
from ivr.native import HOME, ROOT, program

RATE = 8000
FRAME = 160
SOUNDS = HOME / ".deps/voices/usr/share/asterisk/sounds"
RECORDED = {"allison": "en_US_f_Allison", "menardi": "it_IT_f_Menardi", "armelle": "fr"}


def rng(seed):
    """A generator of chance that always gives the same numbers for the same seed."""
    return np.random.default_rng(seed)


# ---- levels


def dbfs(x):
    """The level in dBFS."""
    return 10 * np.log10(np.mean(np.square(x)) + 1e-12)


def at_level(x, level):
    """The signal scaled to a level in dBFS."""
    return x * 10 ** ((level - dbfs(x)) / 20)


def active_mask(x, under_peak=18.0):
    """Marks the samples where speech is active: 40 ms levels within `under_peak` dB of the loudest (near P.56)."""
    power = np.convolve(x * x, np.ones(320) / 320, "same")
    return power > np.quantile(power, 0.95) * 10 ** (-under_peak / 10)


def active_level(x):
    """The level in dBFS of the active part of speech."""
    return dbfs(x[active_mask(x)])


def at_active(x, level):
    """Speech scaled to an active level in dBFS."""
    return x * 10 ** ((level - active_level(x)) / 20)


def band_powers(x):
    """Mean power in the fourteen one-third octaves from 160 to 3150 Hz."""
    spectrum = np.abs(np.fft.rfft(x)) ** 2
    hertz = np.fft.rfftfreq(len(x), 1 / RATE)
    edge = 2 ** (1 / 6)
    return np.array([spectrum[(hertz >= c / edge) & (hertz < c * edge)].sum() for c in HERTZ]) / len(x) ** 2 * 2


def snrw(speech, noise):
    """The weighted SNR in dB as issue 3 defines it, from the speech and the noise apart."""
    active = active_mask(speech)
    snr = 10 * np.log10((band_powers(speech) * len(speech) / active.sum() + 1e-14) / (band_powers(noise) + 1e-14))
    assert len(snr) == BANDS
    return float(IMPORTANCE @ np.clip(snr, -15, 15))


def mixed(speech, noise, want):
    """Speech and noise such that their weighted SNR is `want` dB (found by bisection); returns the sum."""
    low, high = -60.0, 80.0
    for _ in range(30):
        gain = (low + high) / 2
        low, high = (gain, high) if snrw(speech, noise * 10 ** (gain / 20)) > want else (low, gain)
    return speech + noise * 10 ** (low / 20)


# ---- voices


def read_wav(data):
    """Mono samples of a 16-bit WAV, resampled to 8 kHz."""
    with wave.open(io.BytesIO(data)) as file:
        x = np.frombuffer(file.readframes(-1)[: 2**26], "<i2") / 32768.0
        rate = file.getframerate()
    if rate == RATE:
        return x
    spectrum = np.fft.rfft(x)
    count = round(len(x) * RATE / rate)
    return np.fft.irfft(spectrum[: count // 2 + 1], count) * count / len(x)


def gsm_decode(data):
    """Samples of GSM 06.10 frames, decoded by the unpacked libgsm."""
    found = sorted(ROOT.glob("usr/lib/*/libgsm.so*"))
    library = ctypes.CDLL(str(found[0]))
    library.gsm_create.restype = ctypes.c_void_p
    handle = ctypes.c_void_p(library.gsm_create())
    out = ctypes.create_string_buffer(320)
    pieces = []
    for start in range(0, len(data) - 32, 33):
        library.gsm_decode(handle, data[start : start + 33], out)
        pieces.append(out.raw)
    library.gsm_destroy(handle)
    return np.frombuffer(b"".join(pieces), "<i2") / 32768.0


@cache
def recordings(speaker):
    """All recorded utterances of 0.4 s or more of a speaker, in a fixed order; empty where they are not unpacked."""
    found = []
    for path in sorted((SOUNDS / RECORDED[speaker]).rglob("*")):
        if path.suffix not in (".wav", ".gsm") or "silence" in path.parts or "beep" in path.name or "tone" in path.name:
            continue
        x = read_wav(path.read_bytes()) if path.suffix == ".wav" else gsm_decode(path.read_bytes())
        if len(x) > 0.4 * RATE and dbfs(x) > -50:
            found.append(x)
    return found


@cache
def espeak(text, voice="cmn-latn-pinyin+f2", speed=160):
    """Synthetic speech, trimmed of its leading and trailing silence; None where there is no espeak-ng."""
    command = program("espeak-ng")
    if command is None:
        return None
    data = next(iter(ROOT.glob("usr/lib/*/espeak-ng-data")), None)
    home = [f"--path={data.parent}"] if data else []
    asked = [*command, *home, "-v", voice, "-s", str(speed), "--stdout", text]
    told = subprocess.run(asked, capture_output=True, check=True)
    x = read_wav(fixed_header(told.stdout))
    loud = np.flatnonzero(np.abs(x) > 0.01 * np.abs(x).max())
    return x[loud[0] : loud[-1] + 1]


def fixed_header(data):
    """A streamed WAV with its true length written into the header (espeak-ng cannot seek back on a pipe)."""
    body = len(data) - 44
    return data[:4] + (body + 36).to_bytes(4, "little") + data[8:40] + body.to_bytes(4, "little") + data[44:]


PINYIN = (
    "wei2 ni3 hao3",
    "wo3 yao4 bao4 an4",
    "wo3 de5 che1 bei4 zhuang4 le5",
    "qing3 wen4 bao3 xian3 zen3 me5 pei2",
    "wo3 zai4 gao1 su4 gong1 lu4 shang4",
    "che1 pai2 hao4 shi4 jing1 a1 yi1 er4 san1 si4 wu3",
    "ting1 de5 jian4 ma5",
    "you3 ren2 ma5",
    "wo3 xiang3 zi1 xun2 yi1 xia4",
    "ma2 fan5 ni3 bang1 wo3 cha2 yi1 xia4",
)
LATIN = (
    "Hello, is anybody there?",
    "I want to report an accident.",
    "My car was hit on the road this morning.",
    "Can you hear me now?",
    "My policy number is four five nine two.",
    "Please help me, I am on the motorway.",
)


def voice_list(speaker):
    """Utterances of a recorded speaker or of an espeak-ng voice."""
    if speaker in RECORDED:
        return recordings(speaker)
    texts = PINYIN if speaker.startswith("cmn") else LATIN
    return [x for x in (espeak(text, speaker) for text in texts) if x is not None]


def talk(speaker, seconds, chance, pause=(0.15, 0.7), lead=(0.0, 1.0)):
    """`seconds` of a speaker's utterances with pauses between them, active level −26 dBFS."""
    voices = voice_list(speaker)
    out = np.zeros(int(seconds * RATE))
    at = int(chance.uniform(*lead) * RATE)
    while at < len(out) - 0.3 * RATE:
        x = at_active(voices[chance.integers(len(voices))], -26)[: len(out) - at]
        out[at : at + len(x)] += x
        at += len(x) + int(chance.uniform(*pause) * RATE)
    return at_active(out, -26)


# ---- noises


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


def library_missing():
    """Whether the recorded voices or espeak-ng are not unpacked here."""
    return not Path(SOUNDS / RECORDED["allison"]).exists() or program("espeak-ng") is None
