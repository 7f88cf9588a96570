"""Tells which frames may be our own prompt coming back, from what the line was playing up to 300 ms before."""

import numpy as np

from ivr.audio.hearing.bands import Floats

_REACH = 17  # frames of delay looked at: 0 to 320 ms
_RETURN = 10**-1.4  # at first an echo may be 14 dB under what was played
_MARGIN = 10**0.6  # a learnt echo may flutter by 6 dB
_MEMORY = 0.985  # weight kept per frame: about 1.3 s
_ENOUGH = 35.0  # frames of evidence before the echo path is believed
_ALIKE = 0.8  # correlation of the envelopes that tells an echo from chance
_QUIET = 10**-5.5  # far end below −55 dBFS plays nothing
_OPEN = 10**-7.0  # whatever lies under −70 dBFS is nobody, gate or no gate
_DELAYED = np.arange(64)[:, None] + np.arange(_REACH)[::-1]


class EchoGate:
    """Follows the envelopes of both directions and learns the delay and the loss of the echo path."""

    def __init__(self) -> None:
        self._far: Floats = np.zeros(_REACH - 1)  # powers, oldest first
        self._sums = np.zeros((5, _REACH))  # near, far, near², far², near·far in dB, for each delay
        self._weight = 0.0
        self.delay: int | None = None  # frames, once learnt
        self.gain = _RETURN  # power

    def hear(self, near: list[float], far: list[float]) -> list[bool]:
        """Takes the powers of some frames (re full scale); tells for each whether it may be echo."""
        if not any(far) and not self._far.any():
            return [False] * len(near)
        played: Floats = np.concatenate([self._far, far])
        self._far = played[-(_REACH - 1) :]
        delayed = played[_DELAYED[: len(near)]]  # a row a frame, a column a delay
        heard = np.array(near)
        masked: list[bool] = (heard <= self._loudest(delayed) * self.gain + _OPEN).tolist()
        if delayed.max() > _QUIET:
            self._learn(heard, delayed)
            self._believe()
        return masked

    def _loudest(self, delayed: Floats) -> Floats:
        if self.delay is not None:
            delayed = delayed[:, max(0, self.delay - 2) : self.delay + 3]
        loudest: Floats = delayed.max(axis=1)
        return loudest

    def _learn(self, heard: Floats, delayed: Floats) -> None:
        near = 10 * np.log10(heard + 1e-8)
        far = 10 * np.log10(delayed + 1e-8)
        fade = _MEMORY ** len(near)
        self._sums *= fade
        self._sums[1] += far.sum(axis=0)
        self._sums[3] += (far * far).sum(axis=0)
        self._sums[4] += near @ far
        self._sums[0] += near.sum()
        self._sums[2] += near @ near
        self._weight = self._weight * fade + len(near)

    def _believe(self) -> None:
        if self._weight < _ENOUGH:
            return
        near, far, near2, far2, both = self._sums / self._weight
        spread = (near2 - near**2) * (far2 - far**2)
        alike = (both - near * far) / np.sqrt(np.maximum(spread, 1.0))
        best = int(alike.argmax())
        if alike[best] >= _ALIKE:
            self.delay = best
            learnt = 10 ** (float(near[best] - far[best]) / 10) * _MARGIN
            self.gain = min(_RETURN, learnt)
