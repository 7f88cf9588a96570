"""Recordings of calls: what MixMonitor leaves made into what is kept, a stereo WAV, caller left, line right.

MixMonitor's option D writes both directions sample by sample in turn, so that no side can get out of step with the
other; but into a `.wav` it writes the header of one channel. Only that header is set right here, in place: the sound is
read once, to be examined and hashed, and written again only where silence has to be put back.
"""

import hashlib
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from ivr.audio.examine import FRAME, RATE, Expected, RecordingReport, Scan, Seconds, judge

_WAV = struct.Struct("<4sI8sIHHIIHH4sI")  # a plain WAV's header
_SIZE = struct.Struct("<I")  # its end: the sound's bytes
_BLOCK = RATE * 10  # sample pairs read at a time, whatever the length of the call
_PAIR = 4  # bytes of one sample of both sides
_HOLE = 0.5  # seconds that must be missing before waits are filled up: half of what a recording may be too short


class RecordingError(Exception):
    """There is no recording in the file; the message says why."""


class StillWritten(Exception):
    """MixMonitor has not closed the file yet: the sound's length, which it writes last, is not told."""


@dataclass(frozen=True)
class Finished:
    """A recording that has been finished: its hash, and all that is needed to judge it."""

    sha256: str
    scan: Scan

    def report(self, answered_seconds: float, expected: Expected) -> RecordingReport:
        """What is to be said of it; its call was answered for so many seconds."""
        return judge(self.scan, self.sha256, answered_seconds, expected)


def finish(
    path: Path, answered_seconds: float = 0.0, waits: tuple[Seconds, ...] = (), *, closed: bool = False
) -> Finished:
    """Makes MixMonitor's file a stereo WAV for owner and group only, looking at the sound on the way.

    MixMonitor writes nothing while neither side sends. So much of the waits (seconds from the answer) as is missing
    from the answered time is put back where it belongs, as silence. Finishing twice does no harm. Raises RecordingError
    where the file holds no recording; with `closed`, StillWritten where its header tells another length than it has.
    """
    with path.open("r+b", 0) as file:
        header, size = file.read(_WAV.size), os.fstat(file.fileno()).st_size - _WAV.size
        if closed and header[-_SIZE.size :] != _SIZE.pack(max(0, size)):
            raise StillWritten(path.name)
        if not _is_recording(header):
            raise RecordingError(f"{path.name} is no recording of MixMonitor's")
        # To the end of the file: where Asterisk was killed, the header still says that there is no data.
        pairs = size // _PAIR
        filled = _filled(pairs, answered_seconds, waits)
        return _written_anew(path, file, pairs, filled) if filled else _in_place(file, pairs)


def _is_recording(header: bytes) -> bool:
    """Whether it is the header that MixMonitor wrote (one channel, it says), or ours of a file finished before."""
    if len(header) < _WAV.size:
        return False
    riff, _, form, _, kind, channels, rate, _, _, bits, data, _ = _WAV.unpack(header)
    return (riff, form, data, kind, rate, bits) == (b"RIFF", b"WAVEfmt ", b"data", 1, RATE, 16) and channels in (1, 2)


def _header(pairs: int) -> bytes:
    size = _PAIR * pairs
    return _WAV.pack(b"RIFF", 36 + size, b"WAVEfmt ", 16, 1, 2, RATE, _PAIR * RATE, _PAIR, 16, b"data", size)


def _in_place(file: BinaryIO, pairs: int) -> Finished:
    head = _header(pairs)
    scan, digest = Scan(), hashlib.sha256(head)
    for block in _blocks(file, pairs):
        digest.update(block)
        scan.add(_sides(block))
    if os.fstat(file.fileno()).st_size != len(head) + _PAIR * pairs:
        os.ftruncate(file.fileno(), len(head) + _PAIR * pairs)
    os.pwrite(file.fileno(), head, 0)
    os.fchmod(file.fileno(), 0o640)
    return Finished(digest.hexdigest(), scan)


def _written_anew(path: Path, file: BinaryIO, pairs: int, filled: list[tuple[int, int]]) -> Finished:
    """The same with silence put in, whole under another name first: what is there is never half overwritten."""
    fresh = path.with_name(f".new-{path.name}")
    head = _header(pairs + sum(count for _, count in filled))
    scan, digest = Scan(), hashlib.sha256(head)
    try:
        with open(fresh, "wb", 0, opener=lambda name, flags: os.open(name, flags, 0o640)) as out:
            out.write(head)
            for block in _with_silence(file, pairs, filled):
                out.write(block)
                digest.update(block)
                scan.add(_sides(block))
            os.fsync(out.fileno())
        os.replace(fresh, path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    return Finished(digest.hexdigest(), scan)


def _with_silence(file: BinaryIO, pairs: int, filled: list[tuple[int, int]]) -> Iterator[bytes]:
    """The sound with its silence, in blocks of whole steps of the measure but for the last."""
    place = 0
    for at, count in filled:
        at = min(pairs, max(place, at)) // FRAME * FRAME
        yield from _blocks(file, at - place)
        place = at
        for start in range(0, count, _BLOCK):
            yield bytes(_PAIR * min(_BLOCK, count - start))
    yield from _blocks(file, pairs - place)


def _blocks(file: BinaryIO, pairs: int) -> Iterator[bytes]:
    while pairs > 0 and (block := file.read(_PAIR * min(_BLOCK, pairs))):
        yield block
        pairs -= len(block) // _PAIR


def _filled(pairs: int, answered: float, waits: tuple[Seconds, ...]) -> list[tuple[int, int]]:
    """Where silence is put in, in sample pairs of the file, and how many pairs of it; whole steps of the measure.

    A phone that sends nothing leaves the whole of each wait out, one that sends now and then a part of it.
    """
    missing, waited = answered - pairs / RATE, sum(end - start for start, end in waits)
    if missing < _HOLE or waited <= 0:
        return []
    share, before, filled = min(1.0, missing / waited), 0, []
    for start, end in waits:
        count = round((end - start) * share * 100) * FRAME
        filled.append((max(0, round(start * 100) * FRAME - before), count))
        before += count
    return filled


def _sides(block: bytes) -> npt.NDArray[np.int16]:
    return np.frombuffer(block, "<i2", len(block) // _PAIR * 2).reshape(-1, 2)
