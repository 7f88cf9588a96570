"""The fourteen one-third octaves from 160 to 3150 Hz, what each carries for speech, and a talker's level in them."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

HERTZ = np.array([160, 200, 250, 315, 400, 500, 630, 800, 1000, 1250, 1600, 2000, 2500, 3150], dtype=float)
BANDS = len(HERTZ)

# ANSI S3.5-1997, one-third octave band importances (table 3) and speech spectrum levels at normal effort, dB.
_IMPORTANCES = (83, 95, 150, 289, 440, 578, 653, 711, 818, 844, 882, 898, 868, 844)
_SPECTRUM = (32.41, 34.48, 34.75, 33.98, 34.59, 34.27, 32.06, 28.30, 25.01, 23.00, 20.15, 17.32, 13.18, 11.55)

IMPORTANCE: Floats = np.array(_IMPORTANCES) / sum(_IMPORTANCES)
EDGE = 2 ** (1 / 6)


def _talker() -> Floats:
    power: Floats = 10 ** (np.array(_SPECTRUM) / 10) * HERTZ * (EDGE - 1 / EDGE)
    share: Floats = power / power.sum()
    return share


TALKER: Floats = _talker() * 10**-2.6  # band powers of a talker at −26 dB re full scale


def weighted_snr(speech: Floats, noise: Floats) -> float:
    """SNR in dB of two sets of band powers: each band clipped to ±15 dB, weighted by its importance."""
    snr = 10 * np.log10((speech + 1e-14) / (noise + 1e-14))
    return float(IMPORTANCE @ np.clip(snr, -15.0, 15.0))
