"""Other ways to fill what got lost, for what is learnt from: no two makers of telephones conceal alike.

A gap is filled with something made from what was heard before it, lowered or not, and blended in and out or not. What
learns from four fillings alone takes the fifth for a voice.
"""

import itertools
from collections.abc import Callable

import numpy as np

from tests.corpus.model import FRAME, RATE, Bools, Floats, Rng
from tests.corpus.substitution import period

Way = Callable[[Rng, Floats, Floats], Floats]
"""What fills a gap, from the sound before it and from what was lost, as long as this."""
LEAST_BEFORE = 2000
LONGEST_BLEND = 0.012


def filled(chance: Rng, x: Floats, lost: Bools, way: str) -> Floats:
    """The sound with each burst of lost frames filled in one of WAYS, "any" of them in each gap."""
    out, at = x[: len(lost) * FRAME].copy(), 0
    blend = int(chance.choice([0.0, chance.uniform(0, LONGEST_BLEND)]) * RATE)
    fade = chance.choice([0.0, chance.uniform(0, 60), chance.uniform(60, 300)])  # dB a second
    for missing, run in itertools.groupby(lost):
        size = len(list(run)) * FRAME
        if missing and at >= LEAST_BEFORE:
            make = WAYS[way] if way in WAYS else list(WAYS.values())[int(chance.integers(len(WAYS)))]
            made = make(chance, out[:at], x[at : at + size]) * 10 ** (-fade * np.arange(size) / RATE / 20)
            out[at : at + size] = made
            _blended(out, x, at, size, blend)
        elif missing:
            out[at : at + size] = 0
        at += size
    return out


def _blended(out: Floats, x: Floats, at: int, size: int, blend: int) -> None:
    """Fades the sound into the gap's beginning and out of its end."""
    if blend:
        into = np.linspace(0, 1, blend)
        out[at : at + blend] = out[at : at + blend] * into + x[at : at + blend] * (1 - into)
        stop = at + size
        out[stop - blend : stop] = out[stop - blend : stop] * (1 - into) + x[stop - blend : stop] * into


def _held(chance: Rng, before: Floats, gone: Floats) -> Floats:
    """One to three pitch periods over and over."""
    return np.resize(before[-period(before) * int(chance.integers(1, 4)) :], len(gone))


def _looped(chance: Rng, before: Floats, gone: Floats) -> Floats:
    """The last 20 to 200 ms over and over, each blended into the next, at times backwards in turn."""
    piece = before[-int(chance.uniform(0.02, 0.2) * RATE) :]
    piece = np.concatenate([piece, piece[::-1]]) if chance.random() < 0.3 else piece
    overlap = int(len(piece) * chance.uniform(0, 0.45))
    window = np.ones(len(piece))
    window[:overlap] = np.linspace(0, 1, overlap)
    window[len(piece) - overlap :] = np.linspace(1, 0, overlap)
    out = np.zeros(len(gone) + 2 * len(piece))
    for at in range(0, len(gone) + overlap, len(piece) - overlap):
        out[at : at + len(piece)] += piece * window
    return out[overlap : overlap + len(gone)]


def _stale(chance: Rng, before: Floats, gone: Floats) -> Floats:
    """What was heard 0.1 to 0.8 s ago, once more."""
    late = max(int(chance.uniform(0.1, 0.8) * RATE), 400)
    return np.resize(before[-min(late, len(before)) :], len(gone))


def _shaped(chance: Rng, before: Floats, gone: Floats) -> Floats:
    """Noise of the colour and level of the last 30 ms, or a buzz in its colour."""
    last = before[-240:] * np.hanning(240)
    colour = np.convolve(np.abs(np.fft.rfft(last, 512)), np.hanning(9), "same")
    source = chance.standard_normal(len(gone))
    if chance.random() < 0.3:
        source = (np.arange(len(gone)) % period(before) == 0) * 1.0
    size = -(-len(gone) // 512) * 512
    hertz, own = np.fft.rfftfreq(size), np.fft.rfftfreq(512)
    made = np.fft.irfft(np.fft.rfft(source, size) * np.interp(hertz, own, colour), size)[: len(gone)]
    return made * _rms(before[-240:]) / (_rms(made) + 1e-9)


def _hissing(chance: Rng, before: Floats, gone: Floats) -> Floats:
    """The noise of a link without a signal, from as loud as the voice to 35 dB softer."""
    made = np.convolve(chance.standard_normal(len(gone)), np.ones(int(chance.integers(1, 4))), "same")
    return made * _rms(before[-LEAST_BEFORE:]) / (_rms(made) + 1e-9) * 10 ** (-chance.uniform(0, 35) / 20)


def _ducked(chance: Rng, before: Floats, gone: Floats) -> Floats:
    """The lost sound itself, 25 to 60 dB softer: a link that fades, a loudspeaker telephone that listens elsewhere."""
    return gone * 10 ** (-chance.uniform(25, 60) / 20)


def _clicked(chance: Rng, before: Floats, gone: Floats) -> Floats:
    """The last sample held while it falls, or silence, with a click where it begins."""
    time = np.arange(len(gone))
    click = chance.normal(0, 2) * _rms(before[-LEAST_BEFORE:]) * 0.5 ** (time / chance.uniform(2, 40))
    return np.asarray(before[-1] * 0.5 ** (time / chance.uniform(20, 4000)) + click)


def _rms(x: Floats) -> float:
    return float(np.sqrt(np.mean(np.square(x))))


WAYS: dict[str, Way] = {
    "held": _held, "looped": _looped, "stale": _stale, "shaped": _shaped, "hissing": _hissing, "ducked": _ducked,
    "clicked": _clicked,
}  # fmt: skip
