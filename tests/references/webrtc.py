"""WebRTC's voice activity detector in its strictest mode, with the rule about levels."""

import webrtcvad

from tests.references.rule import RATE, judged, main, power

MODE = 3


class Ear:
    """Hears one clip."""

    def __init__(self):
        self._vad = webrtcvad.Vad(MODE)
        self._powers, self._speech = [], []

    def hear(self, frame, far=None):
        """Takes 20 ms."""
        self._speech.append(self._vad.is_speech(frame, RATE))
        self._powers.append(power(frame))

    def finish(self):
        """The answer."""
        return judged(self._powers, self._speech, 0.02)


if __name__ == "__main__":
    main(Ear)
