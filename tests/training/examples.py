"""Windows of the corpus's clips as figures, cut at several lengths, with the clip's label."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from ivr.audio.detector import Detector, Verdict
from ivr.audio.features import FRAME, Rows
from ivr.audio.hearing.figures import figures
from tests.corpus import Clip
from tests.corpus.generate import clip

CUTS = (0.8, 1.2, 1.6, 2.0, 2.5, 3.0, 4.0, 5.0)
"""Seconds after which a window is looked at, beside its end."""
ALLOWED = ("train", "tune")
COUNT, SEED = 50000, 95585
"""Clips of train (and a quarter as many of tune) that the shipped forest has learnt from, and where they come from."""
LONGER = 10000
"""And so many more over longer connections (and a quarter as many of tune), from a seed of their own."""
TORN = 0.25


class HeldOut(ValueError):
    """Somebody wanted to learn from speakers or noises that are kept for the test."""


@dataclass(frozen=True)
class Example:
    """One window: its figures, seconds, whether it is the whole clip, and the clip's label, kind and noise family."""

    figures: Rows
    seconds: float
    whole: bool
    label: str
    kind: str
    family: str


class Hearing(Detector):
    """A detector that never decides before the end."""

    def _early(self) -> Verdict | None:
        return None

    def rows(self) -> Rows:
        """The window's rows so far."""
        self.analyse()
        return self._past.window().copy()

    def figures(self) -> Rows:
        """The window's figures so far."""
        return figures(self.rows(), self._measure())


def frames(heard: Clip) -> Iterator[tuple[bytes | None, bytes | None]]:
    """The clip as AudioSocket delivers it: the caller's frame, None where no packet came, and what the line played."""
    for number in range(len(heard.near) // FRAME):
        part = slice(number * FRAME, (number + 1) * FRAME)
        lost = heard.lost is not None and bool(heard.lost[number])
        yield (
            None if lost else heard.near[part].astype("<i2").tobytes(),
            None if heard.far is None else heard.far[part].astype("<i2").tobytes(),
        )


def windows(heard: Clip) -> Iterator[Example]:
    """The clip's windows, the whole of it last."""
    ear = Hearing()
    count = len(heard.near) // FRAME
    wanted = {*(round(cut * 50) for cut in CUTS if cut * 50 < count - 5), count}
    for number, (near, far) in enumerate(frames(heard), 1):
        ear.hear(near, far)
        if number in wanted and (number == count or shows(heard, number)):
            yield Example(ear.figures(), number / 50, number == count, heard.label, heard.kind, heard.family)


def shows(heard: Clip, count: int) -> bool:
    """Whether the first frames, so many, are already what the clip's label says: the word said, the losses there."""
    if heard.label == "clear":
        return count >= heard.heard_from * 50
    if heard.label == "noisy" and heard.gone is not None:
        return float(heard.gone[:count].mean()) >= TORN
    return True


def allowed(split: str) -> None:
    """Raises HeldOut for the test split."""
    if split not in ALLOWED:
        raise HeldOut(f"the {split} split is kept for the test: learn from {' or '.join(ALLOWED)}")


def examples(split: str, count: int, seed: int, longer: bool = False) -> Iterator[Example]:
    """Windows of `count` clips to learn from, over longer connections or not; raises HeldOut for the test split."""
    allowed(split)
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for found in pool.map(partial(_windows_of, split, seed, longer), range(count), chunksize=20):
            yield from found


def _windows_of(split: str, seed: int, longer: bool, number: int) -> list[Example]:
    return list(windows(clip(split, number, seed, longer=longer)))


def table(found: Sequence[Example], classes: Sequence[str]) -> tuple[Rows, npt.NDArray[np.int64]]:
    """The figures as one matrix, and the labels as numbers."""
    return np.stack([one.figures for one in found]), np.array([classes.index(one.label) for one in found])
