"""Frame by frame, what of a voice can be heard: where somebody speaks, and where that can be made out.

The glimpses of Cooke, A glimpsing model of speech perception in noise, 2006, with the definitions of the labels: a
frame of speech is made out where its weighted SNR is nearer to that of a clear voice than to that of a drowned one.
"""

import numpy as np

from ivr.audio.hearing.bands import EDGE, HERTZ, IMPORTANCE
from tests.corpus.draft import Draft
from tests.corpus.measures import MARGIN, activity
from tests.corpus.model import FRAME, RATE, Bools, Floats
from tests.corpus.truth import DROWNED, HEARD

_WINDOW = 2 * FRAME
_SIDES = np.ones(3) / 3


def spoken(draft: Draft) -> Bools:
    """The frames in which the voice is no more than P.56's margin below its active level."""
    frames = draft.scene.size // FRAME
    if draft.speech is None:
        return np.zeros(frames, bool)
    power = np.square(draft.speech.reshape(frames, FRAME)).mean(axis=1)
    return np.asarray(power > 10 ** ((activity(draft.speech)[0] - MARGIN) / 10))


def made_out(draft: Draft) -> Bools:
    """Those of them that came, undamaged, and are not drowned in noise."""
    there = spoken(draft)
    if draft.speech is None or draft.damaged:
        return np.zeros(len(there), bool)
    if draft.gone is not None:
        there = there & ~draft.gone
    return np.asarray(there & (_snr(draft.speech, draft.noise) > (HEARD + DROWNED) / 2))


def _snr(speech: Floats, noise: Floats) -> Floats:
    """The weighted SNR in dB of each frame, over it and the ones beside it."""
    snr = 10 * np.log10((_bands(speech) + 1e-14) / (_bands(noise) + 1e-14))
    return np.asarray(np.clip(snr, -15, 15) @ IMPORTANCE)


def _bands(x: Floats) -> Floats:
    """Power of each one-third octave in each frame and the ones beside it, re full scale."""
    padded = np.pad(x, (FRAME // 2, FRAME // 2))
    frames = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::FRAME] * np.hanning(_WINDOW)
    power = np.abs(np.fft.rfft(frames, axis=1)) ** 2
    hertz = np.fft.rfftfreq(_WINDOW, 1 / RATE)[:, None]
    near = np.maximum(0, 1 - np.abs(hertz - HERTZ) / np.maximum(HERTZ * (EDGE - 1 / EDGE), RATE / _WINDOW))
    bands = power @ (near / np.maximum(near.sum(axis=0), 1e-9) * (HERTZ * (EDGE - 1 / EDGE) / (RATE / _WINDOW)))
    smoothed = np.apply_along_axis(np.convolve, 0, bands, _SIDES, "same")
    return np.asarray(smoothed * 2 / (_WINDOW * np.sum(np.hanning(_WINDOW) ** 2)))
