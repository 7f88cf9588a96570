"""The last six seconds of a call, a row of figures for each 20 ms, in constant memory."""

import numpy as np

from ivr.audio.features import COLUMNS, Rows

VOICE = COLUMNS  # 1 where a person's voiced sound was found
STEADY = COLUMNS + 1  # 1 where tone or music stands still
ECHO = COLUMNS + 2  # 1 where it may be our own prompt
_KEPT = 300  # frames


class Past:
    """Rows in order of time; the oldest are dropped in one move when twice the kept number has been filled."""

    def __init__(self) -> None:
        self._rows: Rows = np.zeros((2 * _KEPT, COLUMNS + 3), np.float32)
        self._end = 0
        self._window = 0

    def room(self, count: int) -> Rows:
        """`count` cleared rows at the end, to be filled in."""
        if self._end + count > len(self._rows):
            self._rows[:_KEPT] = self._rows[self._end - _KEPT : self._end]
            self._window = max(0, self._window - (self._end - _KEPT))
            self._end = _KEPT
        self._end += count
        fresh = self._rows[self._end - count : self._end]
        fresh[:, COLUMNS:] = 0
        return fresh

    def mark_voice(self, last: int, count: int) -> None:
        """Marks `count` rows as voice, the last of them being `last` rows before the end."""
        stop = self._end - last
        self._rows[max(0, stop - count) : stop, VOICE] = 1

    def open_window(self) -> None:
        """From here on counts as a new listening window."""
        self._window = self._end

    def window(self) -> Rows:
        """The rows of this listening window, at most the last six seconds of it."""
        return self._rows[max(self._window, self._end - _KEPT) : self._end]

    def all(self) -> Rows:
        """The rows of the last six seconds, earlier windows included."""
        return self._rows[max(0, self._end - _KEPT) : self._end]
