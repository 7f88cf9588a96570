"""`python -m tests.training.thresholds FOREST`: what each threshold of the ear does on the tune split.

FOREST has learnt from train alone (`python -m tests.training --alone FOREST`), else tune would judge what it taught.
Each clip is heard once and what the ear knew at every moment is kept; the ear then goes through it again with each
threshold at several values, the others as they are. Nothing here ever hears the test split.
"""

import argparse
import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from types import ModuleType

import numpy as np

from ivr.audio import detector
from ivr.audio.detector import Detector, Label, Verdict
from ivr.audio.hearing import verdict
from ivr.audio.hearing.figures import figures
from ivr.audio.hearing.forest import Chances, Forest, forest
from ivr.audio.hearing.judge import Measured
from tests.corpus.generate import clip
from tests.training.examples import frames

LONGER = 4
"""One clip in so many comes over a longer connection."""
GIVEN: Mapping[str, tuple[float, ...]] = {
    "noisy_after": (1.5, 2.0, 2.5),
    "clear_after": (0.8, 1.2, 1.6, 2.0),
    "word_over": (0.1, 0.28, 0.34, 0.4, 0.5),
}
"""What an ear is made with."""
TRIED: tuple[tuple[ModuleType, str, tuple[float, ...]], ...] = (
    (detector, "_NOISY", (0.9, 0.95, 0.98)),
    (detector, "_CLEAR", (0.8, 0.85, 0.9, 0.95)),
    (detector, "_CLEAR_SOON", (0.95, 0.98, 0.99)),
    (detector, "_MUCH", (0.5, 0.8, 1.2)),
    (detector, "_WORD", (0.9, 0.95, 0.98)),
    (detector, "_LIKELY", (0.5, 0.7, 0.9)),
    (verdict, "_NOISY", (0.5, 0.6, 0.7, 0.8, 0.9)),
    (verdict, "_SILENT", (0.4, 0.5, 0.6, 0.7)),
    (verdict, "_SURE_NOT", (0.0, 0.05, 0.1, 0.2)),
)
"""The constants it goes by."""


@dataclass(frozen=True)
class Moment:
    """What an ear knew after so many frames: the frames in which voice began and was last heard, and the rest."""

    now: int
    first_voice: int
    last_voice: int
    loud: float
    measured: Measured
    chances: Chances


@dataclass(frozen=True)
class Heard:
    """A clip's label, and all moments of it, the last at its end."""

    label: str
    moments: list[Moment]


class _Undecided(Detector):
    """Keeps every moment at which it could have decided, and never does."""

    def __init__(self, grown: Forest) -> None:
        super().__init__()
        self._grown = grown
        self.moments: list[Moment] = []

    def _early(self) -> Verdict | None:
        self.keep()
        return None

    def keep(self) -> None:
        self.analyse()
        measured = self._measure()
        chances = self._grown.chances(figures(self._past.window(), measured))
        self.moments.append(
            Moment(self._since_window, self._first_voice, self._last_voice, self._loud, measured, chances)
        )


class _Again(Detector):
    """Goes through the moments of another ear and decides as an ear would that had the thresholds of today."""

    def decided(self, moments: list[Moment]) -> Verdict:
        for self.moment in moments:
            self._frames = self._since_window = self.moment.now
            self._first_voice, self._last_voice = self.moment.first_voice, self.moment.last_voice
            self._loud = self.moment.loud
            if self.moment is not moments[-1] and (found := self.decide()):
                return found
        return self.finish()

    def _measure(self) -> Measured:
        return self.moment.measured

    def _chances(self, measured: Measured) -> Chances:
        return self.moment.chances


def heard(seed: int, file: Path, number: int) -> Heard:
    """Clip `number` of tune, as an ear with the forest of that file hears it."""
    sound, ear = clip("tune", number, seed, longer=number % LONGER == 0), _Undecided(_grown(file))
    for near, far in frames(sound):
        ear.hear(near, far)
    ear.keep()
    return Heard(sound.label, ear.moments)


_grown = cache(forest)


def told(one: Heard, **given: float) -> tuple[str, float]:
    """What an ear made with these thresholds would have said, and after how many seconds."""
    found = _Again(**given).decided(one.moments)  # type: ignore[arg-type]  # only names of GIVEN
    return found.label.value, found.decided_at


def row(name: str, some: list[Heard], **given: float) -> str:
    """F1 of each class and of all, the clear callers kept, and how soon they were."""
    found = [(one.label, *told(one, **given)) for one in some]
    labels = [label.value for label in Label]
    scores = [
        2 * sum(label == said == name for label, said, _ in found)
        / max(1, sum((label == name) + (said == name) for label, said, _ in found))
        for name in labels
    ]  # fmt: skip
    kept = [said == "clear" for label, said, _ in found if label == "clear"]
    soon = [at for label, said, at in found if label == said == "clear"]
    each = "  ".join(f"{score:.4f}" for score in scores)
    return f"{name:<24}  {np.mean(scores):.4f}  {each}  {np.mean(kept):.4f}  {np.mean(soon):.2f} s"


def table(some: list[Heard]) -> Iterator[str]:
    """A line for the thresholds as they are, and one for each value of each."""
    yield f"{'':<24}  macro   {'  '.join(f'{label.value:<6}' for label in Label)}  kept    clear after"
    yield row("as they are", some)
    yield row("only at the end", some, clear_after=99, word_over=99, noisy_after=99)
    for name, values in GIVEN.items():
        yield from (row(f"{name} {value:g}", some, **{name: value}) for value in values)
    for module, name, values in TRIED:
        was = getattr(module, name)
        for value in values:
            setattr(module, name, value)
            if value != was:
                yield row(f"{module.__name__.rpartition('.')[2]}.{name} {value:g}", some)
        setattr(module, name, was)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("forest", type=Path, metavar="FOREST")
    parser.add_argument("--count", type=int, default=6000, help="clips to try them on")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        some = list(pool.map(partial(heard, options.seed, options.forest), range(options.count), chunksize=20))
    print(*table(some), sep="\n")


if __name__ == "__main__":
    main()
