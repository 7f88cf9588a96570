"""Judges a window by a forest of small decision trees (gradient boosting, one tree a class and round).

The trees stand in `forest.json`, as `trees.py` reads them; `python -m tests.training` grows it.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from ivr.audio.features import Rows
from ivr.audio.hearing.compiled import Walk, walker
from ivr.audio.hearing.figures import NAMES
from ivr.audio.hearing.trees import Ints, Trees, read

CLASSES = ("silent", "clear", "noisy")
FILE = Path(__file__).with_name("forest.json")
Chances = tuple[float, float, float]
"""Of silent, clear and noisy, in the order of CLASSES; they add up to 1."""


@dataclass(frozen=True)
class Forest:
    """Trees that vote for CLASSES; `walk` is the compiled way to their leaves."""

    trees: Trees
    walk: Walk | None

    def chances(self, figures: Rows) -> Chances:
        """How likely a window with these figures is each class."""
        at = self.walk(figures) if self.walk else self.walk_plainly(figures)
        votes = np.bincount(self.trees.kind, self.trees.leaf.take(at - len(self.trees.figure)), 3)
        chances = np.exp(votes - votes.max())
        silent, clear, noisy = (chances / chances.sum()).tolist()
        return silent, clear, noisy

    def walk_plainly(self, figures: Rows) -> Ints:
        """The same with numpy alone, where the compiled helper is missing."""
        trees = self.trees
        leads = trees.low.copy()
        leads[: len(trees.figure)] += trees.rise * (figures.take(trees.figure) > trees.threshold)
        at = trees.first
        for _ in range(trees.depth):
            at = leads.take(at)
        return at


@cache
def forest(path: Path = FILE) -> Forest:
    """The forest of a file, read once."""
    trees = read(path, NAMES, CLASSES)
    return Forest(trees, walker(trees.places(), trees.first.astype(np.int32), trees.depth))
