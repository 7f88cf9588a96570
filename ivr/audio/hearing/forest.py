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
    """All splits in one row, then all leaves, which lead to themselves, so that `depth` steps reach one in any tree.

    `low` is where each place leads if its figure is not above the threshold, `rise` how much farther if it is;
    `first` is each tree's first place and `kind` the class it votes for.
    """

    figure: Ints
    threshold: Rows
    low: Ints
    rise: Ints
    leaf: Rows
    first: Ints
    kind: Ints
    depth: int

    def chances(self, figures: Rows) -> tuple[float, float, float]:
        """How likely a window with these figures is silent, clear and noisy; they add up to 1."""
        splits = len(self.figure)
        leads = self.low.copy()
        leads[:splits] += self.rise * (figures.take(self.figure) > self.threshold)
        at = self.first
        for _ in range(self.depth):
            at = leads.take(at)
        votes = np.bincount(self.kind, self.leaf.take(at - splits), 3)
        chances = np.exp(votes - votes.max())
        silent, clear, noisy = (chances / chances.sum()).tolist()
        return silent, clear, noisy


@cache
def forest(path: Path = FILE) -> Forest:
    """The forest of a file, read once."""
    told = json.loads(path.read_text())
    place = {name: number for number, name in enumerate(NAMES)}
    count = sum(len(tree["splits"]) for tree in told["trees"])
    splits: list[tuple[int, float, int, int]] = []
    leaves: list[float] = []
    first, kind = [], []
    for tree in told["trees"]:
        base, edge = len(splits), count + len(leaves)
        first.append(base if tree["splits"] else edge)
        kind.append(CLASSES.index(tree["class"]))
        for name, threshold, *ways in tree["splits"]:
            splits.append((place[name], threshold, *(base + n if n >= 0 else edge - 1 - n for n in ways)))
        leaves += tree["leaves"]
    figure, threshold, low, high = zip(*splits, strict=True)
    ends = range(count, count + len(leaves))
    return Forest(
        np.array(figure), np.array(threshold, np.float32), np.array([*low, *ends]),
        np.array(high) - low, np.array(leaves, np.float32), np.array(first), np.array(kind), int(told["depth"]),
    )  # fmt: skip
