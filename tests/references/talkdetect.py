"""Asterisk's rule for sound, as TALK_DETECT and its silence detector use it, with the rule about levels.

A frame is sound where the mean of its samples' magnitudes, a whole number, is at least `silencethreshold` of dsp.conf.
TALK_DETECT's own state is of no use over a window of listening: it says talking from the first frame until 2.5 s of
silence have passed.
"""

import numpy as np

from tests.references.rule import judged, main, power

THRESHOLD = 256  # silencethreshold, as Asterisk has it without a dsp.conf


class Ear:
    """Hears one clip."""

    def __init__(self):
        self._powers, self._sound = [], []

    def hear(self, frame, far=None):
        """Takes 20 ms."""
        samples = np.frombuffer(frame, "<i2").astype(np.int32)
        self._sound.append(int(np.abs(samples).sum()) // len(samples) >= THRESHOLD)
        self._powers.append(power(frame))

    def finish(self):
        """The answer."""
        return judged(self._powers, self._sound, 0.02)


if __name__ == "__main__":
    main(Ear)
