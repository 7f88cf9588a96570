"""Judges a window by a forest of small decision trees (gradient boosting, one tree a class and round).

The trees stand in `forest.json`, one a line: its class, its splits as [figure, threshold, if not above, if above]
and the values of its leaves; a branch n ≥ 0 goes to split n, −1 − n to leaf n. `python -m tests.training` grows it.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ivr.audio.features import Rows
from ivr.audio.hearing.figures import NAMES

CLASSES = ("silent", "clear", "noisy")
FILE = Path(__file__).with_name("forest.json")
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Forest:
    """All splits and leaves in rows of their own; `first` is each tree's first split, `depth` the longest way down."""

    figure: Ints
    threshold: Rows
    branch: Ints
    leaf: Rows
    first: Ints
    kind: Ints
    depth: int

    def chances(self, figures: Rows) -> tuple[float, float, float]:
        """How likely a window with these figures is silent, clear and noisy; they add up to 1."""
        at = self.first
        above = (figures[self.figure] > self.threshold).view(np.int8)
        for _ in range(self.depth):
            split = np.maximum(at, 0)
            at = np.where(at >= 0, self.branch[split, above[split]], at)
        votes = np.bincount(self.kind, self.leaf[-1 - at], 3)
        chances = np.exp(votes - votes.max())
        silent, clear, noisy = (chances / chances.sum()).tolist()
        return silent, clear, noisy


@cache
def forest(path: Path = FILE) -> Forest:
    """The forest of a file, read once."""
    told = json.loads(path.read_text())
    place = {name: number for number, name in enumerate(NAMES)}
    splits: list[tuple[int, float, int, int]] = []
    leaves: list[float] = []
    first, kind = [], []
    for tree in told["trees"]:
        base, edge = len(splits), len(leaves)
        first.append(base if tree["splits"] else -1 - edge)
        kind.append(CLASSES.index(tree["class"]))
        for name, threshold, low, high in tree["splits"]:
            splits.append((place[name], threshold, *(base + n if n >= 0 else n - edge for n in (low, high))))
        leaves += tree["leaves"]
    figure, threshold, low, high = zip(*splits, strict=True)
    return Forest(
        np.array(figure), np.array(threshold, np.float32), np.array([low, high]).T, np.array(leaves, np.float32),
        np.array(first), np.array(kind), int(told["depth"]),
    )  # fmt: skip
