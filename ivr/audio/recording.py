"""Recordings of calls: the two legs joined into one stereo file, and each file examined before it is trusted."""

import hashlib
import math
import os
import struct
import wave
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

RATE = 8000
_HEADER = struct.Struct("<4sI8s4xHHIIHH4sI")  # a plain WAV's, as Asterisk writes it
_WAV = struct.Struct("<4sI8sIHHIIHH4sI")  # the same to be written
_BLOCK = RATE * 10  # frames read at a time, whatever the length of the call
_FRAME = RATE // 100  # 10 ms, the step of every measure
_AUDIBLE = 32768 * 10 ** (-45 / 20)  # RMS of a frame in which somebody can be heard
_FULL = 32000  # G.711 decodes its loudest codes to 32124 (mu-law) and 32256 (A-law)
_SPOKEN = 0.2  # seconds a side must be heard to have spoken
_QUIET = 12  # frames without sound that must come before an onset
_BEFORE, _AFTER = 0.5, 1.0  # seconds around a mark in which its prompt is looked for
_LEAD = 0.080  # silence at the head of every built prompt
_LENGTH, _STEP, _CLIPPED = 1.0, 0.100, 0.01  # what is tolerated: seconds, seconds, share of samples
_HOLE = 0.2  # seconds that must be missing before waits are filled up
_BROKEN = (OSError, EOFError, wave.Error, struct.error, ValueError, ZeroDivisionError, RuntimeError)

Seconds = tuple[float, float]
Levels = npt.NDArray[np.float32]


class RecordingError(Exception):
    """The legs of a call cannot be joined; the message says why."""


@dataclass(frozen=True)
class Expected:
    """What is known of a call from elsewhere: who spoke, when prompts began, which parts are masked.

    `marks` are the seconds, from the answer, at which the line began to play a prompt file; `legs` are the
    lengths of the two legs as `finish` returned them.
    """

    spoke_left: bool = False
    spoke_right: bool = False
    marks: tuple[float, ...] = ()
    pauses: tuple[Seconds, ...] = ()
    legs: Seconds | None = None


@dataclass(frozen=True)
class RecordingReport:
    """What was found in one recording; `ok` where there are no faults."""

    ok: bool
    faults: list[str]
    seconds: float = 0.0
    sha256: str = ""
    left_active_s: float = 0.0
    right_active_s: float = 0.0
    clipped_share: float = 0.0
    offset_ms: float | None = None


@dataclass
class _Scan:
    """One pass over the sound: the level of each side in each 10 ms, the clipped samples there, what is broken."""

    levels: list[Levels] = field(default_factory=list)
    clipped: list[tuple[int, npt.NDArray[np.intp]]] = field(default_factory=list)
    frames: int = 0
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Joined:
    """What was written into a recording: the lengths of its legs in seconds, and all that is needed to judge it."""

    legs: Seconds
    sha256: str
    scan: _Scan

    def report(self, answered_seconds: float, expected: Expected) -> RecordingReport:
        """As `examine`, without reading the file again."""
        return _judge(self.scan, self.sha256, answered_seconds, replace(expected, legs=self.legs))


def finish(
    left_leg: Path, right_leg: Path, out: Path, answered_seconds: float = 0.0, waits: tuple[Seconds, ...] = ()
) -> Joined:
    """Joins the caller's leg (left) and the line's (right) into one stereo WAV, looking at the sound on the way.

    MixMonitor writes nothing while neither side sends. So much of the waits (seconds from the answer) as is missing
    from the answered time is put back where it belongs, as silence. A leg that is missing or damaged becomes silence,
    so that what the other holds is not lost; the report tells it from the lengths. Raises RecordingError where
    neither can be read.
    """
    with ExitStack() as stack:
        legs = [_leg(path, stack) for path in (left_leg, right_leg)]
        if legs == [None, None]:
            raise RecordingError(f"neither leg can be read: {left_leg.name}, {right_leg.name}")
        fresh = out.with_name(f".new-{out.name}")
        try:
            with open(fresh, "wb", 0, opener=_private) as file:
                joined = _join(legs, file, answered_seconds, waits)
                os.fsync(file.fileno())
            os.replace(fresh, out)
        except BaseException:
            fresh.unlink(missing_ok=True)
            raise
    return joined


def _private(path: str, flags: int) -> int:
    try:
        return os.open(path, flags, 0o640)
    except FileNotFoundError:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return os.open(path, flags, 0o640)


def examine(path: Path, answered_seconds: float, expected: Expected | None = None) -> RecordingReport:
    """Examines a joined recording against what is known of its call; a broken file is a fault, never an exception."""
    expected = expected or Expected()
    try:
        digest = _digest(path)
        scan = _scan(path)
    except FileNotFoundError:
        return RecordingReport(False, [f"the recording {path.name} is missing"])
    except _BROKEN as error:
        return RecordingReport(
            False, [f"the recording {path.name} cannot be read: {str(error) or type(error).__name__}"]
        )
    return _judge(scan, digest, answered_seconds, expected)


def _leg(path: Path, stack: ExitStack) -> BinaryIO | None:
    """The leg's file, standing at its first sample; None where it is not one of MixMonitor's WAVs."""
    try:
        file = stack.enter_context(path.open("rb", 0))
        header = file.read(_HEADER.size)
        riff, _, form, kind, channels, rate, _, _, bits, data, _ = _HEADER.unpack(header)
    except (OSError, struct.error):
        return None
    wanted = (b"RIFF", b"WAVEfmt ", b"data", 1, 1, RATE, 16)
    return file if (riff, form, data, kind, channels, rate, bits) == wanted else None


def _join(legs: list[BinaryIO | None], file: BinaryIO, answered: float, waits: tuple[Seconds, ...]) -> Joined:
    # To the end of each file: where Asterisk was killed, the header still says that there is no data.
    lengths = [(os.fstat(leg.fileno()).st_size - _HEADER.size) // 2 if leg else 0 for leg in legs]
    recorded, size = _recorded(max(lengths), _filled(max(lengths), answered, waits))
    scan, digest = _Scan(), hashlib.sha256()
    head = _WAV.pack(b"RIFF", 36 + 4 * size, b"WAVEfmt ", 16, 1, 2, RATE, 4 * RATE, 4, 16, b"data", 4 * size)
    file.write(head)
    digest.update(head)
    for start in range(0, size, _BLOCK):
        end = min(size, start + _BLOCK)
        both = np.zeros((end - start, 2), "<i2")
        for first, last in recorded:
            _read(legs, both[max(0, first - start) : max(0, min(last, end) - start)])
        file.write(both.data)
        digest.update(both.data)
        _add(scan, both)
    return Joined((lengths[0] / RATE, lengths[1] / RATE), digest.hexdigest(), scan)


def _read(legs: list[BinaryIO | None], both: npt.NDArray[np.int16]) -> None:
    """The next samples of the legs, into a stretch of the recording."""
    for side, leg in enumerate(legs):
        if leg and len(both):
            block = _samples(leg.read(2 * len(both)))
            both[: len(block), side] = block


def _filled(size: int, answered: float, waits: tuple[Seconds, ...]) -> list[tuple[int, int]]:
    """Where silence is put in, in frames of the legs, and how many frames of it; whole steps of the measure.

    A phone that sends nothing leaves the whole of each wait out, one that sends now and then a part of it.
    """
    missing, waited = answered - size / RATE, sum(end - start for start, end in waits)
    if missing < _HOLE or waited <= 0:
        return []
    share, before, filled = min(1.0, missing / waited), 0, []
    for start, end in waits:
        count = round((end - start) * share * 100) * _FRAME
        filled.append((max(0, round(start * 100) * _FRAME - before), count))
        before += count
    return filled


def _recorded(size: int, filled: list[tuple[int, int]]) -> tuple[list[tuple[int, int]], int]:
    """The stretches of the recording, start and end, that come out of the legs; how long it all is."""
    stretches, place, shift = [], 0, 0
    for at, count in filled:
        at = min(size, max(place, at))
        stretches.append((place + shift, at + shift))
        place, shift = at, shift + count
    return [*stretches, (place + shift, size + shift)], size + shift


def _samples(data: bytes) -> npt.NDArray[np.int16]:
    return np.frombuffer(data, "<i2", len(data) // 2)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _scan(path: Path) -> _Scan:
    scan = _Scan()
    with wave.open(str(path), "rb") as file:
        form = (file.getnchannels(), file.getsampwidth(), file.getframerate())
        if form != (2, 2, RATE):
            found = f"{form[0]} channels, {8 * form[1]} bits, {form[2]} Hz"
            raise ValueError(f"it has {found} instead of two channels, 16 bits, {RATE} Hz")
        while data := file.readframes(_BLOCK):
            _add(scan, np.frombuffer(data[: len(data) // 4 * 4], "<i2").reshape(-1, 2))
        promised = file.getnframes()
    if scan.frames < promised:
        scan.faults.append(
            f"the file is cut short: {(promised - scan.frames) / RATE:.1f} s that it promises are missing"
        )
    elif _riff_size(path) != path.stat().st_size:
        scan.faults.append("the file was not closed: its header does not agree with its size")
    return scan


def _riff_size(path: Path) -> int:
    with path.open("rb") as file:
        return int(struct.unpack("<I", file.read(8)[4:])[0]) + 8


def _add(scan: _Scan, samples: npt.NDArray[np.int16]) -> None:
    sides = np.zeros((2, -(-len(samples) // _FRAME) * _FRAME), np.float32)
    sides[:, : len(samples)] = samples.T
    frames = sides.reshape(2, -1, _FRAME)
    if len(samples) and (samples.max() >= _FULL or samples.min() <= -_FULL):
        scan.clipped.append((scan.frames // _FRAME, np.count_nonzero(np.abs(frames) >= _FULL, axis=2).T))
    scan.levels.append(np.sqrt(np.einsum("sft,sft->sf", frames, frames).T / _FRAME))
    scan.frames += len(samples)


def _judge(scan: _Scan, digest: str, answered: float, expected: Expected) -> RecordingReport:
    seconds = scan.frames / RATE
    heard = (np.concatenate(scan.levels) if scan.levels else np.zeros((0, 2), np.float32)) > _AUDIBLE
    counted = _outside(len(heard), expected.pauses)
    left, right = (float(np.count_nonzero(heard[:, side] & counted)) * _FRAME / RATE for side in (0, 1))
    clipped = sum((many[counted[at : at + len(many)]].sum(axis=0) for at, many in scan.clipped), np.zeros(2))
    share = float(clipped.max()) / max(1, int(np.count_nonzero(counted)) * _FRAME)
    offset, unheard = _offset(heard[:, 1], expected)
    faults = [
        *scan.faults,
        *_length_faults(seconds, answered, expected.legs),
        *_silent("caller's", expected.spoke_left, left),
        *_silent("line's", expected.spoke_right, right),
        *unheard,
    ]
    if offset is not None and abs(offset) > _STEP:
        faults.append(f"the sides are out of step: a prompt is heard {offset * 1000:+.0f} ms from its time")
    if share > _CLIPPED:
        faults.append(f"the sound is clipped: {share:.1%} of the samples are at full scale")
    return RecordingReport(
        ok=not faults,
        faults=faults,
        seconds=seconds,
        sha256=digest,
        left_active_s=left,
        right_active_s=right,
        clipped_share=share,
        offset_ms=None if offset is None else offset * 1000,
    )


def _outside(frames: int, pauses: tuple[Seconds, ...]) -> npt.NDArray[np.bool_]:
    kept = np.ones(frames, bool)
    for start, end in pauses:
        kept[max(0, math.ceil(start * 100 - 1e-9)) : max(0, math.ceil(end * 100 - 1e-9))] = False
    return kept


def _length_faults(seconds: float, answered: float, legs: Seconds | None) -> Iterator[str]:
    if not seconds and answered > _LENGTH:
        yield "the recording is empty"
    elif abs(seconds - answered) > _LENGTH:
        yield f"the recording is {seconds:.1f} s long, the call was {answered:.1f} s"
    if legs and abs(legs[0] - legs[1]) > _STEP:
        yield f"the legs are out of step: the caller's is {legs[0]:.2f} s long, the line's {legs[1]:.2f} s"


def _silent(side: str, spoke: bool, active: float) -> Iterator[str]:
    if spoke and active < _SPOKEN:
        yield f"the {side} side is silent though it spoke"


def _offset(heard: npt.NDArray[np.bool_], expected: Expected) -> tuple[float | None, list[str]]:
    """The worst distance of a prompt from its mark, and the prompts that were not heard at all."""
    offsets, unheard = [], []
    for mark in expected.marks:
        begin = mark + _LEAD
        window = range(max(0, round((begin - _BEFORE) * 100)), round((begin + _AFTER) * 100))
        if not _usable(window, heard, expected.pauses):
            continue
        onsets = [i / 100 - begin for i in window if heard[i] and not heard[max(0, i - _QUIET) : i].any()]
        if onsets:
            offsets.append(min(onsets, key=abs))
        elif not heard[window.start : window.stop].any():
            unheard.append(f"the prompt begun at {mark:.1f} s is not heard in the recording")
    return max(offsets, key=abs, default=None), unheard


def _usable(window: range, heard: npt.NDArray[np.bool_], pauses: tuple[Seconds, ...]) -> bool:
    return window.stop <= len(heard) and not any(
        start * 100 < window.stop and end * 100 > window.start for start, end in pauses
    )
