"""Standard output of a serving line, written by a thread of its own.

Whoever reads it may be slow (a pager), stopped (Ctrl-S) or gone (a closed terminal): no call waits for them.
"""

import os
import threading
from collections import deque
from contextlib import suppress

MOST = 10_000
"""Lines that wait to be read; beyond, the oldest are left out, and that is told."""


class Console:
    """Writes lines to a file descriptor, in order, and never waits for its reader."""

    def __init__(self, file: int = 1) -> None:
        self._file = file
        self._lines: deque[str] = deque()
        self._left_out = 0
        self._news = threading.Condition()
        self._ends = False
        self._thread = threading.Thread(target=self._write_all, name="console", daemon=True)
        self._thread.start()

    def say(self, text: str) -> None:
        """One line, or several."""
        with self._news:
            self._lines.append(text)
            if len(self._lines) > MOST:
                self._lines.popleft()
                self._left_out += 1
            self._news.notify()

    def close(self, patience: float = 1.0) -> None:
        """Returns when all lines are written, or nobody has read them for so many seconds."""
        with self._news:
            self._ends = True
            self._news.notify()
        self._thread.join(patience)

    def _write_all(self) -> None:
        while text := self._next():
            with suppress(OSError):  # nobody reads any more
                self._write(text.encode(errors="replace"))

    def _next(self) -> str:
        """What is to be written; empty at the end."""
        with self._news:
            while not self._lines and not self._ends:
                self._news.wait()
            lines = [f"({self._left_out} lines left out: nobody read them)"] if self._left_out else []
            lines += self._lines
            self._lines.clear()
            self._left_out = 0
        return "".join(f"{line}\n" for line in lines)

    def _write(self, text: bytes) -> None:
        while text:
            text = text[os.write(self._file, text) :]
