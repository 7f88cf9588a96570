"""What one 20 ms frame shows: band powers, harmonicity and pitch, tone-likeness, clicks and emptiness.

Frames are analysed in small batches, of several calls where they are there, since a numpy call costs the same for one
frame as for six; the transforms are plain matrix products because only the telephone band and the lags of human pitch
are wanted.
"""

import numpy as np
import numpy.typing as npt

from ivr.audio.hearing.bands import BANDS, EDGE, HERTZ, Floats
from ivr.audio.hearing.compiled import helper

Rows = npt.NDArray[np.float32]

RATE = 8000
FRAME = 160  # samples in 20 ms
_WINDOW = 320  # samples looked at for one frame: the frame and the one before
_SIZE = 384  # transform length: close to window plus longest lag, so that the autocorrelation hardly wraps
FIRST_LAG, _LAST_LAG = 19, 115  # 421 to 70 Hz

# Columns of a frame's row; the first BANDS hold band powers re full scale.
POWER = BANDS  # power re full scale, 200 to 3400 Hz
TOTAL = BANDS + 1  # power over all bins, in the units of SQUARES
SQUARES = BANDS + 2  # sum of squared bins: TOTAL² / SQUARES bins of 21 Hz hold the energy (3 tone, 5 DTMF, 90 noise)
PITCHY = BANDS + 3  # height of the pitch peak in the compressed autocorrelation, times HEIGHT
HEIGHT = BANDS + 4  # its height at lag 0
LAG = BANDS + 5  # lag of that peak, in samples over the shortest one looked at
PEAK = BANDS + 6  # number of the strongest bin
QUARTERS = BANDS + 7  # mean square of each 5 ms re full scale, four columns; from here on without the frame's mean
REPEAT = BANDS + 11  # likeness of the frame to the one before, sample by sample, -1 to 1: lost frames are repeated
CREST = BANDS + 12  # largest sample over the root mean square: damaged codec frames click
EDGES = BANDS + 13  # energy of the steps from sample to sample over that of the samples, 0 to 4
STEEP = BANDS + 14  # mean square of the steps from sample to sample in each 5 ms re full scale, four columns
COLUMNS = BANDS + 18

_BINS = np.arange(round(140 * _SIZE / RATE), round(3560 * _SIZE / RATE) + 1)
_BIN_HERTZ = _BINS * RATE / _SIZE
_HANN = 0.5 - 0.5 * np.cos(2 * np.pi * (np.arange(_WINDOW) + 0.5) / _WINDOW)
_UNIT = np.float32(1 / 32768)
_QUARTER = np.float32(1 / 40)
_LEAST = np.float32(1e-9)
_ROWS = np.arange(4096)


def _transform(wave: np.ufunc) -> Rows:
    """One half of the windowed Fourier transform about the window's middle, for samples folded there."""
    place = np.arange(FRAME) - (FRAME - 0.5)
    turns: Floats = _HANN[:FRAME, None] * wave(2 * np.pi * place[:, None] * _BINS[None, :] / _SIZE)
    return turns.astype(np.float32)


def _band_matrix() -> Rows:
    """Weights from bins to band powers re full scale, a bin being shared by overlap; then the level and the total."""
    scale = 2.0 / (_SIZE * float((_HANN**2).sum()))
    half = RATE / _SIZE / 2
    low, high = np.append(HERTZ / EDGE, 200.0), np.append(HERTZ * EDGE, 3400.0)
    top = np.minimum(_BIN_HERTZ[:, None] + half, high[None, :])
    bottom = np.maximum(_BIN_HERTZ[:, None] - half, low[None, :])
    shares: Floats = np.maximum(top - bottom, 0.0) / (2 * half) * scale
    return np.column_stack([shares, np.ones(len(_BINS))]).astype(np.float32)


def _lag_matrix() -> Rows:
    """From magnitudes (200–3400 Hz) to the autocorrelation at the lags of pitch, made up for the window's fall."""
    lags = np.arange(FIRST_LAG, _LAST_LAG + 1)
    own = np.fft.irfft(np.abs(np.fft.rfft(_HANN, 1024)) ** 2)[: _LAST_LAG + 1]
    heard = (_BIN_HERTZ > 200) & (_BIN_HERTZ < 3400)
    turns = np.cos(2 * np.pi * _BINS[:, None] * lags[None, :] / _SIZE) * (own[0] / own[lags]) ** 0.8
    picked: Floats = np.column_stack([turns, np.ones(len(_BINS))]) * heard[:, None]
    return picked.astype(np.float32)


_COSINE, _SINE = _transform(np.cos), _transform(np.sin)
_TO_BANDS = _band_matrix()
_TO_LAGS = _lag_matrix()

_COMPILED = helper((_COSINE, _SINE, _TO_BANDS, _TO_LAGS), FRAME)


def analyse(samples: npt.NDArray[np.int16], out: Rows, calls: int = 1) -> None:
    """Fills the rows `out` from `samples`: for each call one frame of the past and as many frames as it has rows."""
    (_COMPILED or analyse_plainly)(samples, out, calls)


def analyse_plainly(samples: npt.NDArray[np.int16], out: Rows, calls: int = 1) -> None:
    """The same with numpy alone, where the compiled helper is missing."""
    frames = (samples * _UNIT).reshape(calls, -1, FRAME)
    before, after = frames[:, :-1].reshape(-1, FRAME), frames[:, 1:].reshape(-1, FRAME)
    turned = after[:, ::-1]
    real, imaginary = (before + turned) @ _COSINE, (before - turned) @ _SINE
    power = real * real + imaginary * imaginary
    out[:, : TOTAL + 1] = power @ _TO_BANDS
    out[:, SQUARES] = np.einsum("ij,ij->i", power, power)
    out[:, PEAK] = power.argmax(axis=1)
    correlation = np.sqrt(power) @ _TO_LAGS
    best = correlation[:, :-1].argmax(axis=1)
    out[:, LAG] = best
    out[:, PITCHY] = correlation[_ROWS[: len(out)], best]
    out[:, HEIGHT] = correlation[:, -1]
    _samples(before, after, out)


def _centred(frames: Rows) -> Rows:
    """An offset of the way's converters is no sound: faint as it is, it would fill the holes of lost packets."""
    return np.asarray(frames - np.add.reduce(frames, axis=1, keepdims=True) / np.float32(FRAME))


def _samples(before: Rows, after: Rows, out: Rows) -> None:
    """What the samples themselves show, their offset left out: repeats, clicks, edges, the level of each quarter."""
    since = after.copy()
    since[:, 1:] -= after[:, :-1]
    since[:, :1] -= before[:, -1:]
    steps = since.reshape(-1, 4, 40)
    out[:, STEEP : STEEP + 4] = np.einsum("ijk,ijk,->ij", steps, steps, _QUARTER)
    before, after = _centred(before), _centred(after)
    quarters = after.reshape(-1, 4, 40)
    out[:, QUARTERS : QUARTERS + 4] = np.einsum("ijk,ijk,->ij", quarters, quarters, _QUARTER)
    own = np.einsum("ij,ij->i", after, after)
    energies = np.einsum("ij,ij->i", before, before)
    out[:, REPEAT] = np.einsum("ij,ij->i", after, before) / np.sqrt(own * energies + 1e-12)
    whole = own + _LEAST
    out[:, CREST] = np.abs(after).max(axis=1) / np.sqrt(whole / FRAME)
    within = since[:, 1:]
    out[:, EDGES] = np.einsum("ij,ij->i", within, within) / whole
