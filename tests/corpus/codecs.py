"""Telephone codecs: G.711 by its formulas; GSM 06.10, AMR and G.729 by the unpacked libraries, through ctypes.

Every round trip gives back as many samples as it got, moved forward by the codec's own delay, so that reference
and result stay aligned. Bit errors flip single bits of the coded frames at a given rate.
"""

import ctypes
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from tests.corpus.model import Bools, Floats, Rng, Shorts
from tests.corpus.places import library

Coded = list[bytes]
NO_DATA = b"\x7c"
"""An AMR frame of type 15: nothing was received."""
AMR_MODES = (4.75, 5.15, 5.9, 6.7, 7.4, 7.95, 10.2, 12.2)


@dataclass(frozen=True)
class Codec:
    """A codec: its frames' encoder and decoder, its delay in samples and the leading bits that errors spare."""

    name: str
    encode: Callable[[Shorts], Coded]
    decode: Callable[[Coded], Shorts]
    delay: int = 0
    spared: int = 0
    frame: int = 0
    """Samples of a frame, of codecs whose decoder conceals an empty one as lost; else 0."""

    def passed(self, x: Floats) -> Floats:
        """The sound after coding and decoding."""
        return self.received(self.sent(x), len(x))

    def sent(self, x: Floats) -> Coded:
        """The coded frames, with so many more that the decoder's delay can be cut off."""
        return self.encode(shorts(np.concatenate([x, np.zeros(320)])))

    def damaged(self, coded: Coded, chance: Rng, rate: float) -> Coded:
        """The frames with bit errors at a rate."""
        return [_flipped(frame, chance, rate, self.spared) for frame in coded]

    def without(self, coded: Coded, lost: Bools, size: int) -> Coded:
        """The frames with those of lost packets of `size` samples emptied, for the decoder to conceal."""
        per_packet = size // self.frame
        gone = np.concatenate([np.repeat(lost, per_packet), np.zeros(len(coded), bool)])
        return [b"" if gone[number] else frame for number, frame in enumerate(coded)]

    def received(self, coded: Coded, size: int) -> Floats:
        """The first `size` samples of the decoded frames."""
        return np.asarray(self.decode(coded)[self.delay :][:size] / 32768.0)


def shorts(x: Floats) -> Shorts:
    """16-bit samples, clipped at full scale."""
    return np.clip(np.round(x * 32768), -32768, 32767).astype(np.int16)


def _flipped(frame: bytes, chance: Rng, rate: float, spared: int) -> bytes:
    bits = chance.random(len(frame) * 8) < rate
    bits[:spared] = False
    return (np.frombuffer(frame, np.uint8) ^ np.packbits(bits)).tobytes()


# ---- G.711


def _alaw_value(code: int) -> int:
    code ^= 0x55
    exponent, value = (code & 0x70) >> 4, ((code & 0x0F) << 4) + 8
    value = (value + 0x100) << (exponent - 1) if exponent else value
    return value if code & 0x80 else -value


def _mulaw_value(code: int) -> int:
    code = ~code & 0xFF
    value = ((((code & 0x0F) << 3) + 0x84) << ((code & 0x70) >> 4)) - 0x84
    return -value if code & 0x80 else value


def _g711(name: str, value: Callable[[int], int]) -> Codec:
    """A codec of one byte a sample that takes the nearest of the values its codes stand for."""
    table = np.array([value(code) for code in range(256)], np.int16)
    order = np.argsort(table, kind="stable").astype(np.uint8)
    edges = (table[order][1:].astype(float) + table[order][:-1]) / 2

    def encode(x: Shorts) -> Coded:
        return [order[np.searchsorted(edges, x)].tobytes()]

    def decode(coded: Coded) -> Shorts:
        return table[np.frombuffer(b"".join(coded), np.uint8)]

    return Codec(name, encode, decode)


# ---- GSM 06.10


def _gsm(lib: ctypes.CDLL) -> Codec:
    lib.gsm_create.restype = ctypes.c_void_p

    def encode(x: Shorts) -> Coded:
        handle, out = ctypes.c_void_p(lib.gsm_create()), ctypes.create_string_buffer(33)
        coded = []
        for start in range(0, len(x) - 159, 160):
            lib.gsm_encode(handle, x[start : start + 160].tobytes(), out)
            coded.append(out.raw)
        lib.gsm_destroy(handle)
        return coded

    def decode(coded: Coded) -> Shorts:
        handle, out = ctypes.c_void_p(lib.gsm_create()), ctypes.create_string_buffer(320)
        pieces = []
        for frame in coded:
            lib.gsm_decode(handle, frame, out)
            pieces.append(out.raw)
        lib.gsm_destroy(handle)
        return np.frombuffer(b"".join(pieces), np.int16)

    return Codec("gsm", encode, decode, 0, 4)


# ---- AMR narrow-band


def _amr(coder: ctypes.CDLL, mode: int) -> Codec:
    coder.Encoder_Interface_init.restype = ctypes.c_void_p
    coder.Decoder_Interface_init.restype = ctypes.c_void_p

    def encode(x: Shorts) -> Coded:
        handle, out = ctypes.c_void_p(coder.Encoder_Interface_init(0)), ctypes.create_string_buffer(64)
        coded = []
        for start in range(0, len(x) - 159, 160):
            size = coder.Encoder_Interface_Encode(handle, mode, x[start : start + 160].tobytes(), out, 0)
            coded.append(out.raw[:size])
        coder.Encoder_Interface_exit(handle)
        return coded

    def decode(coded: Coded) -> Shorts:
        handle, out = ctypes.c_void_p(coder.Decoder_Interface_init()), ctypes.create_string_buffer(320)
        pieces = []
        for frame in coded:
            coder.Decoder_Interface_Decode(handle, frame or NO_DATA, out, 0)
            pieces.append(out.raw)
        coder.Decoder_Interface_exit(handle)
        return np.frombuffer(b"".join(pieces), np.int16)

    return Codec(f"amr {AMR_MODES[mode]}", encode, decode, 40, 8, 160)


# ---- G.729 annex A


def _g729(lib: ctypes.CDLL) -> Codec:
    lib.initBcg729EncoderChannel.restype = ctypes.c_void_p
    lib.initBcg729DecoderChannel.restype = ctypes.c_void_p

    def encode(x: Shorts) -> Coded:
        handle = ctypes.c_void_p(lib.initBcg729EncoderChannel(0))
        out, size = ctypes.create_string_buffer(10), ctypes.c_uint8(0)
        coded = []
        for start in range(0, len(x) - 79, 80):
            lib.bcg729Encoder(handle, x[start : start + 80].tobytes(), out, ctypes.byref(size))
            coded.append(out.raw)
        lib.closeBcg729EncoderChannel(handle)
        return coded

    def decode(coded: Coded) -> Shorts:
        handle, out = ctypes.c_void_p(lib.initBcg729DecoderChannel()), ctypes.create_string_buffer(160)
        pieces = []
        for frame in coded:
            lost = ctypes.c_uint8(not frame)
            lib.bcg729Decoder(handle, frame or bytes(10), ctypes.c_uint8(10), lost, *[ctypes.c_uint8(0)] * 2, out)
            pieces.append(out.raw)
        lib.closeBcg729DecoderChannel(handle)
        return np.frombuffer(b"".join(pieces), np.int16)

    return Codec("g729", encode, decode, 40, 0, 80)


# ---- all of them


@cache
def codecs() -> dict[str, Codec]:
    """The codecs that can be had here, by name."""
    found = [_g711("alaw", _alaw_value), _g711("mulaw", _mulaw_value)]
    gsm, amr, g729 = library("libgsm.so.1"), library("libopencore-amrnb.so.0"), library("libbcg729.so.0")
    found += [_gsm(gsm)] if gsm else []
    found += [_amr(amr, mode) for mode in range(8)] if amr else []
    found += [_g729(g729)] if g729 else []
    return {codec.name: codec for codec in found}


def named(prefix: str) -> list[Codec]:
    """The codecs whose name starts so."""
    return [codec for name, codec in codecs().items() if name.startswith(prefix)]
