"""`python -m tests.training.thresholds FOREST`: what each threshold of the ear does on the tune split.

FOREST has learnt from train alone (`python -m tests.training --alone FOREST`), else tune would judge what it taught.
Each clip is heard once and every judgement kept; each threshold is then tried at several values, the others as they
are. Nothing here ever hears the test split.
"""

import argparse
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import ModuleType

import numpy as np

from ivr.audio import detector
from ivr.audio.detector import SECONDS, Detector, Label, Verdict
from ivr.audio.hearing import forest as forests
from ivr.audio.hearing import verdict
from ivr.audio.hearing.figures import figures
from ivr.audio.hearing.judge import Measured
from ivr.audio.hearing.verdict import Rules, Weighed, decided, quick, soon_enough, weigh
from tests.corpus.generate import clip
from tests.training.examples import frames

TRIED: tuple[tuple[ModuleType, str, tuple[float, ...]], ...] = (
    (detector, "_NOISY", (0.8, 0.9, 0.95)),
    (detector, "_CLEAR", (0.8, 0.85, 0.9, 0.95)),
    (detector, "_CLEAR_SOON", (0.95, 0.98, 0.99)),
    (detector, "_MUCH", (0.5, 0.8, 1.2)),
    (detector, "_WORD", (0.9, 0.95, 0.98)),
    (detector, "_LIKELY", (0.4, 0.5, 0.7)),
    (verdict, "_NOISY", (0.4, 0.5, 0.6)),
    (verdict, "_TORN_ONLY", (0.5, 0.6, 0.7)),
    (verdict, "_SILENT", (0.5, 0.55, 0.6, 0.7)),
)  # fmt: skip


@dataclass(frozen=True)
class Judgement:
    """What the ear could have told after so many seconds; `suspected` is empty at the end of the window."""

    at: float
    suspected: str
    measured: Measured
    chances: tuple[float, float, float] | None


@dataclass(frozen=True)
class Heard:
    """A clip's label, and all judgements on it, the last at its end."""

    label: str
    judgements: list[Judgement] = field(default_factory=list)


class _Undecided(Detector):
    """Keeps every judgement and never decides."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[Judgement] = []

    def _early(self) -> Verdict | None:
        now = self._since_window
        if not self._worth_judging() or now < self._doubted + detector._AGAIN:
            return None
        since_word, since_first = (now - self._last_voice) * SECONDS, (now - self._first_voice) * SECONDS
        if soon_enough(self._rules, now * SECONDS, since_word, since_first):
            suspected = quick(self._measure(), self._rules, since_word, since_first)
            if suspected:
                self._keep(suspected.measured, suspected.label)
                self._doubted = now
        return None

    def end(self) -> None:
        self.analyse()
        self._keep(self._measure(), "")

    def _keep(self, measured: Measured, suspected: str) -> None:
        asked = measured.heard >= detector._SHORT
        chances = forests.forest().chances(figures(self._past.window(), measured)) if asked else None
        self.kept.append(Judgement(self._since_window * SECONDS, suspected, measured, chances))


def heard(seed: int, forest: Path, number: int) -> Heard:
    """Clip `number` of tune, with a forest of its own."""
    forests.FILE = forest
    sound, ear = clip("tune", number, seed), _Undecided()
    for near, far in frames(sound):
        ear.hear(near, far)
    ear.end()
    return Heard(sound.label, ear.kept)


def told(one: Heard) -> tuple[str, float]:
    """What the ear would have said with the thresholds of this moment, and after how many seconds."""
    maybe: Weighed | None = None
    for judged in one.judgements:
        weighed = _weighed(judged)
        if not judged.suspected:
            return (maybe or weighed).label if weighed.label == Label.SILENT.value else weighed.label, judged.at
        if judged.chances is None or (
            weighed.label == judged.suspected and weighed.confidence >= detector._enough(weighed)
        ):
            return weighed.label, judged.at
        if weighed.label == Label.CLEAR.value and weighed.confidence >= detector._LIKELY:
            maybe = weighed
    raise ValueError("the last judgement is that of the end")


def _weighed(judged: Judgement) -> Weighed:
    if judged.chances is None:
        return weigh(judged.measured, Rules(1.5, 1.2))
    return decided(judged.measured, judged.chances)


def row(name: str, some: list[Heard]) -> str:
    """F1 of each class and of all, the clear callers kept, and how soon they were."""
    found = [(one.label, *told(one)) for one in some]
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
    """A line for the thresholds as they are, and one for each other value."""
    yield f"{'':<24}  macro   {'  '.join(f'{label.value:<6}' for label in Label)}  kept    clear after"
    yield row("as they are", some)
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
