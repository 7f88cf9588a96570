"""Listens to a recorded call: whatever file it is, one plain answer or one clear sentence why there is none."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from ivr.audio.detector import Detector, Verdict
from ivr.audio.features import FRAME, RATE
from ivr.audio.foreign import NoFfmpeg, NotUnderstood, decoded
from ivr.audio.hearing.bands import Floats
from ivr.audio.hearing.resample import Resampler
from ivr.audio.hearing.wav import Format, WavError, blocks, read_format

_LOUDER = 60  # seconds from which the louder channel is told


class ListenError(Exception):
    """Why a file cannot be listened to, in one sentence."""


def listen_file(path: Path | str, far: Path | str | None = None) -> dict[str, Any]:
    """What is heard in a file, and in `far` what the line itself was playing; times in seconds."""
    with Recording(Path(path)) as near:
        if far is None:
            return _told(near, _heard(near.frames(), iter(())))
        with Recording(Path(far)) as other:
            return _told(near, _heard(near.frames(), other.frames()))


def _told(near: "Recording", verdict: Verdict) -> dict[str, Any]:
    return {
        "file": str(near.path),
        "label": verdict.label.value,
        "decided_at": verdict.decided_at,
        "confidence": verdict.confidence,
        "evidence": dict(verdict.evidence),
        "seconds": round(near.seconds, 3),
    }


def _heard(near: Iterator[bytes], far: Iterator[bytes]) -> Verdict:
    detector = Detector()
    for frame in near:
        verdict = detector.hear(frame, next(far, None))
        if verdict is not None:
            return verdict
    return detector.finish()


class Recording:
    """An open file that gives 20 ms frames of 8 kHz mono; of several channels it takes the louder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._raw = b""
        self._file: BinaryIO | None = None
        self._form: Format | None = None
        self.seconds = 0.0

    def __enter__(self) -> "Recording":
        try:
            size = self.path.stat().st_size
            self._file = self.path.open("rb")
            self._open(self._file, size)
        except OSError as error:
            self.__exit__()
            raise ListenError(f"{self.path} cannot be read: {error.strerror or error}.") from error
        except (WavError, ListenError) as error:
            self.__exit__()
            raise ListenError(f"{self.path} {error}.") from error
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def _open(self, file: BinaryIO, size: int) -> None:
        if size == 0:
            raise WavError("is empty")
        if file.read(4) != b"RIFF":
            self._raw = _converted(self.path)
            self.seconds = len(self._raw) / 2 / RATE
            return
        file.seek(0)
        self._form = read_format(file, size)
        self.seconds = self._form.frames / self._form.rate

    def frames(self) -> Iterator[bytes]:
        """Frames of 320 bytes; the last one is filled up with silence."""
        left = b""
        try:
            for block in self._samples():
                left += np.clip(np.round(block * 32768), -32768, 32767).astype("<i2").tobytes()
                whole = len(left) - len(left) % (2 * FRAME)
                yield from (left[at : at + 2 * FRAME] for at in range(0, whole, 2 * FRAME))
                left = left[whole:]
        except OSError as error:
            raise ListenError(f"{self.path} cannot be read to its end: {error.strerror or error}.") from error
        if left:
            yield left.ljust(2 * FRAME, b"\0")

    def _samples(self) -> Iterator[Floats]:
        if self._form is None or self._file is None:
            yield np.frombuffer(self._raw, "<i2") / 32768
            return
        channel = _louder(self._file, self._form)
        resampler = Resampler(self._form.rate)
        for block in blocks(self._file, self._form):
            yield resampler.hear(block[:, channel])
        if self._form.rate != RATE:
            yield resampler.finish()


def _louder(file: BinaryIO, form: Format) -> int:
    if form.channels == 1:
        return 0
    energy = np.zeros(form.channels)
    for block in blocks(file, form, _LOUDER * form.rate):
        energy += np.einsum("ij,ij->j", block, block)
    return int(energy.argmax())


def _converted(path: Path) -> bytes:
    """Mono 16-bit samples at 8 kHz of a file in another container, through ffmpeg where there is one."""
    try:
        raw = decoded(path, RATE)
    except NoFfmpeg:
        raise ListenError("is not a WAV file, and without ffmpeg no other kind can be read") from None
    except NotUnderstood:
        raise ListenError("is not a sound file that ffmpeg understands") from None
    if not raw:
        raise ListenError("is empty: it holds no samples")
    return raw
