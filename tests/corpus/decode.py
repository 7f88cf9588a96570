"""Reads recordings of any format as mono 8 kHz sound, and keeps a set of them in one file."""

import io
import os
import subprocess
import wave
from pathlib import Path

import numpy as np

from tests.corpus.codecs import codecs
from tests.corpus.model import RATE, Floats, Shorts
from tests.corpus.places import tool, warn


def decoded(path: Path) -> Floats:
    """The sound of a file: 8 kHz WAV and GSM directly, anything else by sox; empty where neither can."""
    if path.suffix == ".gsm" and "gsm" in codecs():
        return _gsm(path)
    if path.suffix == ".wav":
        try:
            return _wav(path.read_bytes())
        except (wave.Error, EOFError, ValueError):
            pass
    return _sox(path)


def _gsm(path: Path) -> Floats:
    data = path.read_bytes()
    return codecs()["gsm"].decode([data[i : i + 33] for i in range(0, len(data) - 32, 33)]) / 32768.0


def _wav(data: bytes) -> Floats:
    with wave.open(io.BytesIO(data)) as file:
        if (file.getframerate(), file.getnchannels(), file.getsampwidth()) != (RATE, 1, 2):
            raise ValueError("not 8 kHz, 16 bits, mono")
        return np.frombuffer(file.readframes(-1), "<i2") / 32768.0


def _sox(path: Path) -> Floats:
    command = tool("sox")
    if command is None:
        warn(f"no sox: {path.suffix} files are left out")
        return np.zeros(0)
    kind = ["-t", "raw", "-r", "16000", "-e", "signed", "-b", "16", "-c", "1"] if path.suffix == ".raw" else []
    wanted = ["-t", "raw", "-r", str(RATE), "-e", "signed", "-b", "16", "-c", "1", "-"]
    told = subprocess.run([*command, "-G", *kind, str(path), *wanted], capture_output=True, check=False)
    return np.frombuffer(told.stdout[: len(told.stdout) // 2 * 2], "<i2") / 32768.0


def resampled(x: Floats, rate: int) -> Floats:
    """A sound of `rate` Hz at 8 kHz, by cutting its spectrum."""
    count = round(len(x) * RATE / rate)
    return np.fft.irfft(np.fft.rfft(x)[: count // 2 + 1], count) * count / len(x)


def save(path: Path, sounds: list[Shorts]) -> None:
    """Keeps sounds and the ends of each in one file, replacing it in one move."""
    ends = np.cumsum([len(x) for x in sounds])
    fresh = path.with_suffix(f".{os.getpid()}.npy")
    np.save(fresh, np.concatenate([np.array([len(ends), *ends], np.int32).view(np.int16), *sounds]))
    fresh.replace(path)


def load(path: Path) -> list[Shorts]:
    """The sounds kept in a file."""
    kept = np.load(path)
    count = int(kept[:2].view(np.int32)[0])
    ends = kept[2 : 2 + 2 * count].view(np.int32)
    return np.split(kept[2 + 2 * count :], ends[:-1])
