"""Silero VAD (version 5 and later) by its ONNX file, without torch, with the rule about levels."""

import functools
import importlib.util
from pathlib import Path

import numpy as np
import onnxruntime

from tests.references.rule import RATE, judged, main, power

CHUNK = 256  # samples it takes at a time at 8 kHz
CONTEXT = 32  # samples of the chunk before that it wants in front
LIKELY = 0.5  # its authors' default from which a chunk is speech


def model():
    """Where the package keeps the model; the package itself is not imported, since it would need torch."""
    package = importlib.util.find_spec("silero_vad")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("No module named 'silero_vad'")
    return Path(package.origin).with_name("data") / "silero_vad.onnx"


MODEL = model()


@functools.cache
def session():
    """The loaded model; it keeps nothing of a call, so all ears share it."""
    options = onnxruntime.SessionOptions()
    options.inter_op_num_threads = options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(MODEL), options, providers=["CPUExecutionProvider"])


class Ear:
    """Hears one clip."""

    def __init__(self):
        self._session = session()
        self._state = np.zeros((2, 1, 128), np.float32)
        self._context = np.zeros(CONTEXT, np.float32)
        self._waiting = b""
        self._powers, self._speech = [], []

    def hear(self, frame, far=None):
        """Takes 20 ms."""
        self._waiting += frame
        while len(self._waiting) >= 2 * CHUNK:
            chunk, self._waiting = self._waiting[: 2 * CHUNK], self._waiting[2 * CHUNK :]
            self._speech.append(self._likely(chunk) >= LIKELY)
            self._powers.append(power(chunk))

    def finish(self):
        """The answer; less than one chunk at the end is left out."""
        return judged(self._powers, self._speech, CHUNK / RATE)

    def _likely(self, chunk):
        samples = np.frombuffer(chunk, "<i2").astype(np.float32) / 32768
        given = {
            "input": np.concatenate([self._context, samples])[None, :],
            "state": self._state,
            "sr": np.array(RATE, np.int64),
        }
        told, self._state = self._session.run(None, given)
        self._context = samples[-CONTEXT:]
        return float(told[0, 0])


if __name__ == "__main__":
    main(Ear)
