"""Reads WAV files block by block: 8 to 32-bit integers, floats, A-law and mu-law, any number of channels."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

from ivr.audio.hearing.bands import Floats

_PCM, _FLOAT, _ALAW, _MULAW, _EXTENSIBLE = 1, 3, 6, 7, 0xFFFE
_WIDTHS = {_PCM: (1, 2, 3, 4), _FLOAT: (4, 8), _ALAW: (1,), _MULAW: (1,)}
_BLOCK = 1 << 16  # sample frames read at a time
_STREAMED = (0, 0xFFFFFFFF)  # sizes that writers leave who could not seek back


class WavError(ValueError):
    """Why a file cannot be read, as the end of a sentence that begins with its name."""


@dataclass(frozen=True)
class Format:
    """How the samples lie in the file, and where."""

    code: int
    channels: int
    rate: int
    width: int  # bytes a sample
    start: int  # byte where the samples begin
    frames: int  # samples a channel


def read_format(file: BinaryIO, size: int) -> Format:
    """Finds the format and the samples; `size` is the file's length in bytes."""
    if file.read(12)[8:] != b"WAVE":
        raise WavError("is not a WAV file")
    found: tuple[int, int, int, int] | None = None
    while len(head := file.read(8)) == 8:
        name, length = head[:4], int.from_bytes(head[4:], "little")
        if name == b"data":
            return _placed(found, file.tell(), length, size)
        here = file.tell()
        if name == b"fmt ":
            found = _parse(file.read(min(length, 64)))
        file.seek(here + length + length % 2)
    raise WavError("is damaged: it holds no samples")


def _parse(chunk: bytes) -> tuple[int, int, int, int]:
    if len(chunk) < 16:
        raise WavError("is damaged: its format is cut short")
    code, channels, rate, _, align, bits = struct.unpack("<HHIIHH", chunk[:16])
    if code == _EXTENSIBLE and len(chunk) >= 26:
        code = int.from_bytes(chunk[24:26], "little")
    width = align // channels if channels and align else (bits + 7) // 8
    if width not in _WIDTHS.get(code, ()):
        raise WavError(f"holds samples of a kind that is not understood (format {code}, {bits} bits)")
    if not 1 <= channels <= 64 or not 1000 <= rate <= 768_000:
        raise WavError(f"is damaged: {channels} channels at {rate} Hz cannot be")
    return code, channels, rate, width


def _placed(found: tuple[int, int, int, int] | None, start: int, length: int, size: int) -> Format:
    if found is None:
        raise WavError("is damaged: its samples come before their format")
    code, channels, rate, width = found
    there = size - start
    frames = (there if length in _STREAMED else min(length, there)) // (channels * width)
    if frames <= 0:
        raise WavError("is empty: it holds no samples")
    return Format(code, channels, rate, width, start, frames)


def blocks(file: BinaryIO, form: Format, limit: int | None = None) -> Iterator[Floats]:
    """The samples, full scale 1.0, in arrays of (samples, channels); at most `limit` samples a channel."""
    file.seek(form.start)
    left = form.frames if limit is None else min(limit, form.frames)
    while left > 0:
        data = file.read(min(_BLOCK, left) * form.channels * form.width)
        whole = len(data) // (form.channels * form.width)
        if not whole:
            return
        left -= whole
        yield _decode(data[: whole * form.channels * form.width], form).reshape(whole, form.channels)


def _decode(data: bytes, form: Format) -> Floats:
    if form.code == _FLOAT:
        values = np.frombuffer(data, f"<f{form.width}").astype(np.float64)
        return np.clip(np.nan_to_num(values), -1.0, 1.0)
    if form.code in (_ALAW, _MULAW):
        return (_ALAW_TABLE if form.code == _ALAW else _MULAW_TABLE)[np.frombuffer(data, np.uint8)]
    if form.width == 1:
        return (np.frombuffer(data, np.uint8).astype(np.float64) - 128) / 128
    if form.width == 3:
        bytes_ = np.frombuffer(data, np.uint8).reshape(-1, 3)
        wide = np.zeros((len(bytes_), 4), np.uint8)
        wide[:, 1:] = bytes_
        return wide.view("<i4")[:, 0] / 2.0**31
    return np.frombuffer(data, f"<i{form.width}") / 2.0 ** (8 * form.width - 1)


def _alaw_table() -> Floats:
    code = np.arange(256) ^ 0x55
    exponent, step = (code >> 4) & 7, code & 15
    value = np.where(exponent == 0, (step << 4) + 8, ((step << 4) + 264) << np.maximum(exponent - 1, 0))
    table: Floats = np.where(code & 0x80, value, -value) / 32768
    return table


def _mulaw_table() -> Floats:
    code = 255 - np.arange(256)
    value = ((((code & 15) << 3) + 132) << ((code >> 4) & 7)) - 132
    table: Floats = np.where(code & 0x80, -value, value) / 32768
    return table


_ALAW_TABLE, _MULAW_TABLE = _alaw_table(), _mulaw_table()
