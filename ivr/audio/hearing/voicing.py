"""Follows pitch from frame to frame: a voice glides, a tone or a musical note stands still, noise jumps."""

import ctypes

from ivr.audio.features import FIRST_LAG, PEAK, POWER, Rows
from ivr.audio.hearing.compiled import follower
from ivr.audio.hearing.past import ECHO, STEADY

_PITCHY = 0.26  # a pitch peak lower than this is noise
_FAINT = 10**-5.0  # a person's voiced sound is louder than −50 dBFS
_JUMP = 0.14  # share by which pitch may change in 20 ms
_LEAST = 4  # frames that make a voiced sound
_MOVING = 0.2  # share of frames in which the pitch of a voice moves
_GLIDE = 2.0  # samples by which the lag of a voice wanders at least
_TONE_BINS = 7.0  # energy in fewer bins than this may be a tone
_LEVEL_TONE = 0.2  # share by which the power of a tone changes at most in 20 ms
_STILL = 4  # frames after which an unmoving narrow peak is a tone


class Voicing(ctypes.Structure):
    """The run of voiced frames that is going on, and how much its pitch moved; `voicing.c` follows it too."""

    length: int
    moves: int
    still: int  # frames for which a narrow, level peak has stood in the same bin
    highest: float
    lowest: float
    lag: float
    older: float  # lag two frames ago
    peak: float
    power: float
    _fields_ = [
        *((name, ctypes.c_int) for name in ("length", "moves", "still")),
        *((name, ctypes.c_double) for name in ("highest", "lowest", "lag", "older", "peak", "power")),
    ]

    def __init__(self) -> None:
        super().__init__(peak=-1.0)

    def follow(self, rows: Rows, echo: list[bool]) -> list[int]:
        """Marks tones and echo in rows; of each, how many rows up to it just proved to be voice."""
        return _COMPILED(self, rows, bytes(echo)) if _COMPILED else self.follow_plainly(rows, echo)

    def follow_plainly(self, rows: Rows, echo: list[bool]) -> list[int]:
        """The same in Python alone, where the compiled helper is missing."""
        found = [0] * len(rows)
        for at, (power, total, squares, pitchy, height, lag, peak) in enumerate(rows[:, POWER : PEAK + 1].tolist()):
            if echo[at]:
                rows[at, ECHO] = 1
                self.cut()
                continue
            bins = total * total / (squares + 1e-15)
            found[at], steady = self.hear(power, pitchy / (height + 1e-9), lag, bins, peak)
            if steady:
                rows[at, STEADY] = 1
        return found

    def hear(self, power: float, pitchy: float, lag: float, bins: float, peak: float) -> tuple[int, bool]:
        """Takes one frame; returns how many frames up to it just proved to be voice, and whether it stands still."""
        lag += FIRST_LAG
        tone = self._tone(power, bins, peak)
        voiced = pitchy > _PITCHY and power > _FAINT and not tone
        steady = tone or (pitchy > _PITCHY and lag == self.lag == self.older)
        if not voiced or abs(lag - self.lag) > _JUMP * max(lag, self.lag):
            self.cut()
            self.highest = self.lowest = lag
        self.moves += lag != self.lag and self.length > 0
        self.older, self.lag = self.lag, lag
        return (self._voice(lag) if voiced else 0), steady

    def _tone(self, power: float, bins: float, peak: float) -> bool:
        level = abs(power - self.power) < _LEVEL_TONE * power
        self.still = self.still + 1 if level and bins < _TONE_BINS and abs(peak - self.peak) <= 1 else 0
        self.peak, self.power = peak, power
        return self.still >= _STILL

    def _voice(self, lag: float) -> int:
        self.length += 1
        self.highest, self.lowest = max(self.highest, lag), min(self.lowest, lag)
        enough = self.length >= _LEAST and self.moves >= _MOVING * self.length
        if not enough or self.highest - self.lowest < _GLIDE:
            return 0
        return self.length

    def cut(self) -> None:
        """Ends the run: no packet, or our own echo."""
        self.length, self.moves = 0, 0


_COMPILED = follower(Voicing)
