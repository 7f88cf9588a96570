"""What a telephone's noise suppressor makes of a sound: spectral subtraction and the chirping it leaves.

After Berouti, Schwartz and Makhoul (ICASSP 1979): from the power of each bin of 32 ms windows so much of the noise's
is taken away, down to a floor; what is left of noise alone are short tones anywhere, "musical noise".
"""

import numpy as np

from tests.corpus.model import Floats, Rng

SIZE, HOP = 256, 64


def suppressed(chance: Rng, x: Floats) -> Floats:
    """The sound after a suppressor that takes its quieter parts for noise; at the same length."""
    over, floor = chance.uniform(0.8, 4.0), 10 ** (-chance.uniform(8, 40) / 20)
    window = np.hanning(SIZE + 1)[:SIZE]
    padded = np.concatenate([np.zeros(SIZE), x, np.zeros(2 * SIZE)])
    pieces = np.lib.stride_tricks.sliding_window_view(padded, SIZE)[::HOP]
    spectra = np.fft.rfft(pieces * window)
    power = np.square(np.abs(spectra))
    slow = _smoothed(power, chance.uniform(0, 0.7))
    quiet = np.sort(slow.sum(axis=1))[int(len(slow) * chance.uniform(0.1, 0.6))]
    noise = slow[slow.sum(axis=1) <= quiet + 1e-12].mean(axis=0)
    gain = np.maximum(1 - over * noise / (slow + 1e-12), 0) ** chance.uniform(0.5, 1)
    made = np.fft.irfft(spectra * np.maximum(gain, floor), SIZE) * window
    out = np.zeros(len(padded))
    for number, piece in enumerate(made):
        out[number * HOP : number * HOP + SIZE] += piece
    return out[SIZE : SIZE + len(x)] / 1.5


def _smoothed(power: Floats, kept: float) -> Floats:
    """Each bin's power averaged over time, so much of it kept from one window to the next."""
    out = power.copy()
    for number in range(1, len(out)):
        out[number] = kept * out[number - 1] + (1 - kept) * power[number]
    return out
