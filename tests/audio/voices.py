"""Voices for the listening tests, recorded and synthetic, and the levels and weighted SNR they are mixed at.

Every signal is a float64 array at 8 kHz with full scale 1.0; levels are in dBFS (0 dB = root mean square of 1.0).
"""

import io
import subprocess
import wave
from functools import cache
from pathlib import Path

import numpy as np

from ivr.audio.hearing.bands import BANDS, HERTZ, IMPORTANCE
from ivr.native import HOME, ROOT, program
from tests.corpus.decode import decoded

RATE = 8000
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


@cache
def recordings(speaker):
    """All recorded utterances of 0.4 s or more of a speaker, in a fixed order; empty where they are not unpacked."""
    found = []
    for path in sorted((SOUNDS / RECORDED[speaker]).rglob("*")):
        if path.suffix not in (".wav", ".gsm") or "silence" in path.parts or "beep" in path.name or "tone" in path.name:
            continue
        x = read_wav(path.read_bytes()) if path.suffix == ".wav" else decoded(path)
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


def library_missing():
    """Whether the recorded voices or espeak-ng are not unpacked here."""
    return not Path(SOUNDS / RECORDED["allison"]).exists() or program("espeak-ng") is None
