"""What makes a voice activity detector a judge of calls: a rule over the levels of speech and of the rest.

The constants are round figures and fitted to nothing. One was changed after a look at 111 clips: the quietest blocks
were a tenth of all, and are a quarter, as in the line's own detector, in the references' favour (one clip more right).
"""

import json
import sys
from pathlib import Path

import numpy as np

from ivr.audio.scoring.clips import frames_of

RATE = 8000
SPEECH = 0.1  # seconds of speech that make a person
SNR = 3.0  # dB of speech and noise over noise; less cannot be made out
LOUD = -32.0  # dBFS from which a line without speech is noisy
REST = 0.1  # share of blocks that the rest must have; else the quietest stand for it:
QUIET = 0.25  # this share of all, as in the line's own detector

_NOTHING = 1e-10


def judged(powers, speech, seconds):
    """The answer from each block's mean square (full scale 1.0), whether it is speech, and a block's seconds."""
    powers, speech = np.asarray(powers, float), np.asarray(speech, bool)
    length = round(len(powers) * seconds, 2)
    if speech.sum() * seconds >= SPEECH:
        label = "noisy" if _level(powers[speech]) - _level(_rest(powers, speech)) < SNR else "clear"
    else:
        label = "noisy" if _level(powers[~speech]) > LOUD else "silent"
    return {"label": label, "decided_at": length}


def power(frame):
    """The mean square of 16-bit samples, full scale 1.0."""
    samples = np.frombuffer(frame, "<i2") / 32768
    return float(samples @ samples) / len(samples)


def _rest(powers, speech):
    """The powers of what is not speech; where nearly all is, of the quietest blocks."""
    rest = powers[~speech]
    return rest if len(rest) >= len(powers) * REST else np.sort(powers)[: max(1, round(len(powers) * QUIET))]


def _level(powers):
    return 10 * np.log10(max(float(np.mean(powers)) if len(powers) else 0.0, _NOTHING))


def main(make):
    """Runs one detector over the file named on the command line and prints its answer."""
    if len(sys.argv) not in (2, 3):
        sys.exit("usage: FILE [FAR]")
    ear = make()
    for frame in frames_of(Path(sys.argv[1])):
        ear.hear(frame)
    print(json.dumps(ear.finish()))
