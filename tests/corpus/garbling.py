"""Speech whose bytes reach the decoder in disorder: slipped, stale, foreign, turned, or read as something else."""

from collections.abc import Callable

import numpy as np

from tests.corpus.codecs import Codec, Coded, codecs, named, shorts
from tests.corpus.model import Floats, Rng

Disorder = Callable[[Rng, Codec, Coded, float], Coded]
"""The coded frames in disorder, of a strength from 0 to 1."""
G711 = 160
"""Bytes of a packet of a codec that has no frames of its own."""


def disordered(chance: Rng, x: Floats, strength: float) -> Floats:
    """The sound through one of the codecs whose bytes got into one of the disorders."""
    if chance.random() < 0.25:
        return _misread(chance, x)
    codec = list(codecs().values())[int(chance.integers(len(codecs())))]
    disorder = DISORDERS[int(chance.integers(len(DISORDERS)))]
    sent = codec.sent(x)
    packets = [sent[0][at : at + G711] for at in range(0, len(sent[0]), G711)] if len(sent) == 1 else sent
    came = disorder(chance, codec, packets, strength)
    return codec.received([b"".join(came)] if len(sent) == 1 else came, len(x))


def _misread(chance: Rng, x: Floats) -> Floats:
    """Samples whose two bytes change places, A-law taken for mu-law at too high a level, or bits turned."""
    draw = chance.random()
    if draw < 0.4:
        return np.asarray(shorts(x).byteswap() / 32768.0 * 10 ** (-chance.uniform(0, 20) / 20))
    law = named("alaw")[0] if chance.random() < 0.5 else named("mulaw")[0]
    turn = int(chance.integers(1, 8))
    coded = np.frombuffer(law.sent(x)[0], np.uint8).astype(np.uint16)
    turned = ((coded << turn | coded >> (8 - turn)) & 255).astype(np.uint8)
    return law.received([turned.tobytes()], len(x))


def _spells(chance: Rng, count: int, strength: float) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Which packets are hit: single ones or spells of them, a share of about `strength`."""
    length = int(chance.integers(1, 13))
    starts = chance.random(count) < strength / length
    return np.convolve(starts, np.ones(length))[:count] > 0


def _foreign(chance: Rng, codec: Codec, packets: Coded, strength: float) -> Coded:
    """Packets of anything."""
    hit = _spells(chance, len(packets), strength)
    return [_headed(codec, one, chance.bytes(len(one))) if hit[n] else one for n, one in enumerate(packets)]


def _stale(chance: Rng, codec: Codec, packets: Coded, strength: float) -> Coded:
    """Packets in place of which an older one comes."""
    hit, most = _spells(chance, len(packets), strength), int(chance.integers(3, 60))
    return [packets[max(0, n - int(chance.integers(1, most)))] if hit[n] else one for n, one in enumerate(packets)]


def _slipped(chance: Rng, codec: Codec, packets: Coded, strength: float) -> Coded:
    """Packets whose bytes stand too late, by as many as the last slip has left them."""
    hit, by, out = chance.random(len(packets)) < strength / 4, 0, []
    for number, one in enumerate(packets):
        by = int(chance.integers(len(one))) if hit[number] else by
        out.append(_headed(codec, one, one[by:] + one[:by]))
    return out


def _turned(chance: Rng, codec: Codec, packets: Coded, strength: float) -> Coded:
    """Packets whose bits are turned round by some places."""
    hit, turn, out = _spells(chance, len(packets), strength), int(chance.integers(1, 40)), []
    for number, one in enumerate(packets):
        bits = np.roll(np.unpackbits(np.frombuffer(one, np.uint8)), turn)
        out.append(_headed(codec, one, np.packbits(bits).tobytes()) if hit[number] else one)
    return out


def _headed(codec: Codec, right: bytes, wrong: bytes) -> bytes:
    """The wrong bytes with the leading bits without which a decoder would not begin."""
    if not codec.spared:
        return wrong
    mask = np.ones(len(right) * 8, bool)
    mask[codec.spared :] = False
    first, then = np.frombuffer(right, np.uint8), np.frombuffer(wrong, np.uint8)
    kept = np.packbits(mask)
    return ((first & kept) | (then & ~kept)).tobytes()


DISORDERS: tuple[Disorder, ...] = (_foreign, _stale, _slipped, _turned)
