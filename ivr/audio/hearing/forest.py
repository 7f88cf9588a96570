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
from ivr.audio.hearing.compiled import PLACE, Walk, walker
from ivr.audio.hearing.figures import NAMES

CLASSES = ("silent", "clear", "noisy")
FILE = Path(__file__).with_name("forest.json")
Ints = npt.NDArray[np.int64]
Chances = tuple[float, float, float]
"""Of silent, clear and noisy, in the order of CLASSES; they add up to 1."""


@dataclass(frozen=True)
class Forest:
    """All splits in one row, then all leaves, which lead to themselves, so that `depth` steps reach one in any tree.

    `low` is where each place leads if its figure is not above the threshold, `rise` how much farther if it is;
    `first` is each tree's first place and `kind` the class it votes for. `walk` is the compiled way to the leaves.
    """

    figure: Ints
    threshold: Rows
    low: Ints
    rise: Ints
    leaf: Rows
    first: Ints
    kind: Ints
    depth: int
    walk: Walk | None

    def chances(self, figures: Rows) -> Chances:
        """How likely a window with these figures is each class."""
        at = self.walk(figures) if self.walk else self.walk_plainly(figures)
        votes = np.bincount(self.kind, self.leaf.take(at - len(self.figure)), 3)
        chances = np.exp(votes - votes.max())
        silent, clear, noisy = (chances / chances.sum()).tolist()
        return silent, clear, noisy

    def walk_plainly(self, figures: Rows) -> Ints:
        """The same with numpy alone, where the compiled helper is missing."""
        leads = self.low.copy()
        leads[: len(self.figure)] += self.rise * (figures.take(self.figure) > self.threshold)
        at = self.first
        for _ in range(self.depth):
            at = leads.take(at)
        return at


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
    figure, threshold, low, high = map(np.array, zip(*splits, strict=True))
    ends, depth = np.arange(count, count + len(leaves)), int(told["depth"])
    places = np.zeros(count + len(leaves), PLACE)
    places["figure"][:count], places["threshold"][:count] = figure, threshold
    places["ways"] = np.stack([np.r_[low, ends], np.r_[high, ends]], axis=1)
    return Forest(
        figure, threshold.astype(np.float32), np.r_[low, ends], high - low, np.array(leaves, np.float32),
        np.array(first), np.array(kind), depth, walker(places, np.array(first, np.int32), depth),
    )  # fmt: skip
