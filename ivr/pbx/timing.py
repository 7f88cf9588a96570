"""When the caller was heard and what the line said, kept while a call runs: its recording is held to it."""

import wave
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from ivr.audio.instep import STEP, Edge, Known, Prompt, levels_of
from ivr.pbx.sounds import Sounds

MOST = 100
"""Edges, and prompts, of a call that are kept: the last ones."""
BEGINS = 0.05
"""Seconds that a prompt may take to begin, where its end does not tell."""
UNHEARD = 0.3
"""Seconds at the end of a prompt broken off that may have been on their way still, on a busy machine."""


class _Said(NamedTuple):
    at: float
    until: float
    prompts: tuple[str, ...]
    language: str
    whole: bool
    late: float


@dataclass
class Timing:
    """What becomes an `ivr.audio.instep.Known` when the call has ended; times are Unix seconds."""

    _edges: deque[Edge] = field(default_factory=lambda: deque(maxlen=MOST))
    _said: deque[_Said] = field(default_factory=lambda: deque(maxlen=MOST))

    def talking(self, at: float, heard: bool) -> None:
        """Asterisk began, or ceased, to hear the caller."""
        self._edges.append(Edge(at, heard))

    def said(
        self, at: float, until: float, prompts: tuple[str, ...], language: str, *, whole: bool = False, late: float = 0
    ) -> None:
        """The line was told at `at` to play prompts, and played them up to `until`; `whole`: to their end just then.

        `late`: by how much it may have fallen behind meanwhile.
        """
        self._said.append(_Said(at, until, prompts, language, whole, late))

    def known(self, sounds: Sounds) -> Known:
        """All of it; the prompts are read only where they are asked for."""
        said = tuple(self._said)
        return Known(tuple(self._edges), lambda: _read(said, sounds))


def _read(said: tuple[_Said, ...], sounds: Sounds) -> Iterator[Prompt]:
    for one in said:
        try:
            levels = levels_of(sounds.pcm(one.prompts, one.language))
        except (OSError, wave.Error):
            continue
        spare = one.until - one.at - len(levels) * STEP
        slack = max(0.0, spare) if one.whole else BEGINS + one.late
        heard = one.until - one.at - (0.0 if one.whole else UNHEARD + one.late)
        yield Prompt(one.at, slack, levels[: max(0, round(heard / STEP))])
