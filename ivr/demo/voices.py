"""What callers and agents say: a Mandarin sentence, a short 喂, static, comfort noise; 8 kHz, 16-bit, mono."""

import wave
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ivr.audio.levels import active_level, resample
from ivr.audio.synth import Synthesiser

Samples = npt.NDArray[np.float64]
LEVEL = -22.0
"""Active speech level of a clear caller, dBFS."""


class Voices:
    """Sound files without their ending, as Asterisk plays them; made once, with a fixed seed."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        chance = np.random.default_rng(95585)
        speech = self._speech("您好,我的车在路上撞了,请你们派人来看一下。")
        self.claim = self._write("claim", speech)
        self.agent = self._write("agent", self._speech("您好,请问车牌号码是多少?有人受伤吗?"))
        self.hello = self._write("hello", self._speech("喂"))
        long = np.tile(speech, 4)
        self.static = self._write("static", long * 0.5 + chance.normal(0, 10 ** (-12 / 20), len(long)))
        self.comfort = self._write("comfort", chance.normal(0, 10 ** (-60 / 20), 8000 * 40))

    def _speech(self, text: str) -> Samples:
        path = self._folder / "spoken.wav"
        Synthesiser().speak(text, "zh", path)
        with wave.open(str(path)) as file:
            rate = file.getframerate()
            samples = np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768.0
        at8k = resample(samples, rate, 8000)
        gain = 10 ** ((LEVEL - active_level(at8k, 8000)) / 20)
        return np.asarray(at8k * gain, float)

    def _write(self, name: str, samples: Samples) -> Path:
        path = self._folder / name
        clipped = np.clip(samples, -0.99, 0.99)
        with wave.open(f"{path}.wav", "wb") as file:
            file.setparams((1, 2, 8000, 0, "NONE", "not compressed"))
            file.writeframes((clipped * 32767).astype("<i2").tobytes())
        return path
