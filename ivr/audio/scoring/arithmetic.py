"""The arithmetic of a score: precision, recall, F1, callers kept, kinds, seconds to a verdict, how sure all that is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

LABELS = ("silent", "clear", "noisy")
"""What a clip can be, in the order of all tables."""
FAILED = "failed"
"""Stands in the place of a label where a detector gave none."""

_COLUMNS = (*LABELS, FAILED)
_CLEAR, _NOISY, _LOST = 1, 2, 3
_DRAWS, _SEED = 10_000, 95585

Counts = npt.NDArray[np.int64]
Shares = npt.NDArray[np.float64]
Interval = tuple[float, float]


@dataclass(frozen=True)
class Said:
    """What a detector said of one clip; without a label it failed, and `error` says why."""

    label: str | None
    decided_at: float | None = None
    confidence: float | None = None
    error: str = ""


@dataclass(frozen=True)
class Heard:
    """One clip with its true label, its kind, and what was said of it."""

    file: str
    label: str
    kind: str
    said: Said

    @property
    def right(self) -> bool:
        """Whether the detector said the label."""
        return self.said.label == self.label


@dataclass(frozen=True)
class ClassScore:
    """How well one label is told; None where there is nothing to divide by."""

    clips: int
    precision: float | None
    recall: float | None
    f1: float | None


@dataclass(frozen=True)
class KindScore:
    """How well the clips of one label and kind are told, and the median second at which it was said."""

    label: str
    kind: str
    clips: int
    right: int
    median: float | None


class Score:
    """All figures about one detector on one set of clips."""

    def __init__(self, heard: Sequence[Heard]) -> None:
        self.heard = heard
        self.confusion = _confusion(heard)

    def of(self, label: str) -> ClassScore:
        """Precision, recall and F1 of one label."""
        at = LABELS.index(label)
        right, true, said = self.confusion[at, at], self.confusion[at].sum(), self.confusion[:, at].sum()
        f1 = _share(2 * right, true + said) if true else None
        return ClassScore(int(true), _share(right, said), _share(right, true), f1)

    @property
    def right(self) -> int:
        """How many clips were told right."""
        return int(np.trace(self.confusion))

    @property
    def macro_f1(self) -> float:
        """The mean F1 over the labels that the set holds."""
        return float(_macro_f1(self.confusion))

    @property
    def kept(self) -> float | None:
        """The share of clear callers who were called clear."""
        return self.of("clear").recall

    @property
    def not_called_noisy(self) -> float | None:
        """The share of clear callers who are not hung up on as noisy; a failure does not count as kept."""
        row = self.confusion[_CLEAR]
        return _share(row.sum() - row[_NOISY] - row[_LOST], row.sum())

    @cached_property
    def drawn(self) -> Counts:
        """Confusions as other sets of as many clips of each label could have shown them: a seeded bootstrap."""
        chance = np.random.default_rng(_SEED)
        rows = [chance.multinomial(row.sum(), row / max(row.sum(), 1), _DRAWS) for row in self.confusion]
        return np.stack(rows, axis=1)

    @property
    def macro_f1_interval(self) -> Interval:
        """Where macro-F1 lies in 95 of 100 drawn sets."""
        return _interval(_macro_f1(self.drawn))

    @property
    def kept_interval(self) -> Interval | None:
        """Where the share of clear callers kept lies in 95 of 100 drawn sets."""
        clear = self.confusion[_CLEAR].sum()
        return _interval(self.drawn[:, _CLEAR, _CLEAR] / clear) if clear else None

    @property
    def latency(self) -> Interval | None:
        """The median and the 95th percentile of the seconds to a verdict."""
        told = _seconds(self.heard)
        return (_rounded(np.median(told)), _rounded(np.percentile(told, 95))) if told else None

    @property
    def failures(self) -> list[Heard]:
        """The clips of which the detector said nothing that counts."""
        return [one for one in self.heard if one.said.label is None]

    @property
    def misses(self) -> list[Heard]:
        """The clips that were told wrong."""
        return [one for one in self.heard if not one.right]

    def kinds(self) -> Iterator[KindScore]:
        """Label by label and kind by kind, in the order of their names."""
        groups: dict[tuple[int, str], list[Heard]] = {}
        for one in self.heard:
            groups.setdefault((LABELS.index(one.label), one.kind), []).append(one)
        for (at, kind), group in sorted(groups.items()):
            told = _seconds(group)
            median = _rounded(np.median(told)) if told else None
            yield KindScore(LABELS[at], kind, len(group), sum(one.right for one in group), median)


def _confusion(heard: Sequence[Heard]) -> Counts:
    """Rows: what a clip is; columns: what was said, failures last."""
    counts = np.zeros((len(LABELS), len(_COLUMNS)), np.int64)
    for one in heard:
        counts[LABELS.index(one.label), _COLUMNS.index(one.said.label or FAILED)] += 1
    return counts


def _macro_f1(confusion: Counts) -> Shares:
    """Of one confusion or of a whole row of them."""
    right = np.diagonal(confusion, axis1=-2, axis2=-1)
    true, said = confusion.sum(axis=-1), confusion.sum(axis=-2)[..., : len(LABELS)]
    f1 = 2 * right / np.maximum(true + said, 1)
    mean: Shares = np.sum(f1, axis=-1, where=true > 0) / np.maximum((true > 0).sum(axis=-1), 1)
    return mean


def _share(part: np.int64, whole: np.int64) -> float | None:
    return float(part / whole) if whole else None


def _interval(drawn: Shares) -> Interval:
    low, high = np.percentile(drawn, (2.5, 97.5))
    return float(low), float(high)


def _seconds(heard: Sequence[Heard]) -> list[float]:
    return [one.said.decided_at for one in heard if one.said.decided_at is not None]


def _rounded(seconds: np.floating) -> float:
    return round(float(seconds), 3)
