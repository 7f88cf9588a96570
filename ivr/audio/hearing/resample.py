"""Turns a stream of samples at any rate into 8 kHz, block by block, by a windowed sinc with exact phases."""

from math import gcd

import numpy as np

from ivr.audio.features import RATE
from ivr.audio.hearing.bands import Floats

_LOBES = 20  # zero crossings of the sinc on either side
_PASS = 0.94  # of half the lower rate is let through


class Resampler:
    """Takes samples as they come and returns those at 8 kHz that can be told so far; the memory is a few blocks."""

    def __init__(self, rate: int) -> None:
        common = gcd(rate, RATE)
        self._up, self._down = RATE // common, rate // common
        slower = min(1.0, RATE / rate)
        self._reach = int(np.ceil(_LOBES / slower))
        self._table = _table(self._up, self._down, self._reach, slower * _PASS)
        self._kept: Floats = np.zeros(self._reach)
        self._place = self._reach * self._up  # of the next sample told, in steps of 1/up of an input sample

    def hear(self, block: Floats) -> Floats:
        """The 8 kHz samples that these make possible."""
        if self._up == self._down == 1:
            return block
        self._kept = np.concatenate([self._kept, block])
        last = (len(self._kept) - self._reach - 1) * self._up
        places = np.arange(self._place, last + 1, self._down)
        told = self._tell(places)
        if len(places):
            self._place = int(places[-1]) + self._down
        gone = max(0, self._place // self._up - self._reach)
        self._kept = self._kept[gone:]
        self._place -= gone * self._up
        return told

    def finish(self) -> Floats:
        """The last samples, which needed what now will not come."""
        return self.hear(np.zeros(self._reach))

    def _tell(self, places: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Floats:
        out: Floats = np.empty(len(places))
        around = np.arange(-self._reach, self._reach + 1)
        for start in range(0, len(places), 4096):
            some = places[start : start + 4096]
            taken = self._kept[(some // self._up)[:, None] + around]
            out[start : start + 4096] = np.einsum("ij,ij->i", taken, self._table[some % self._up])
        return out


def _table(up: int, down: int, reach: int, cutoff: float) -> Floats:
    """Filter taps for each phase: cutoff as a share of half the input rate."""
    offsets = np.arange(-reach, reach + 1)[None, :] - np.arange(up)[:, None] / up
    window = 0.5 + 0.5 * np.cos(np.pi * np.clip(offsets / (reach + 1), -1, 1))
    taps: Floats = np.sinc(offsets * cutoff) * window
    even: Floats = taps / taps.sum(axis=1, keepdims=True)
    return even
