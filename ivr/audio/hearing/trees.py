"""Small decision trees in a file, one a line: what they look at, where they part, and the values of their leaves.

A tree stands there as its class, its splits as [figure, threshold, if not above, if above] and its leaves; a branch
n ≥ 0 goes to split n, −1 − n to leaf n.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ivr.audio.features import Rows
from ivr.audio.hearing.compiled import PLACE

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Trees:
    """All splits in one row, then all leaves, which lead to themselves, so that `depth` steps reach one in any tree.

    `low` is where each place leads if its figure is not above the threshold, `rise` how much farther if it is;
    `first` is each tree's first place and `kind` the number of the class it votes for.
    """

    figure: Ints
    threshold: Rows
    low: Ints
    rise: Ints
    leaf: Rows
    first: Ints
    kind: Ints
    depth: int

    def walk(self, rows: Rows) -> Ints:
        """The place that each tree (columns) comes to with each row of figures (rows)."""
        none = np.zeros(len(self.leaf), np.int64)
        figure, rise = np.r_[self.figure, none], np.r_[self.rise, none]
        threshold = np.r_[self.threshold, none.astype(np.float32)]
        at, row = np.tile(self.first, (len(rows), 1)), np.arange(len(rows))[:, None]
        for _ in range(self.depth):
            at = self.low[at] + rise[at] * (rows[row, figure[at]] > threshold[at])
        return at

    def places(self) -> npt.NDArray[np.void]:
        """The same as the C side reads it."""
        places = np.zeros(len(self.low), PLACE)
        splits = len(self.figure)
        places["figure"][:splits], places["threshold"][:splits] = self.figure, self.threshold
        high = self.low.copy()
        high[:splits] += self.rise
        places["ways"] = np.stack([self.low, high], axis=1)
        return places


def read(path: Path, names: Sequence[str], classes: Sequence[str]) -> Trees:
    """The trees of a file that look at figures of these names and vote for these classes."""
    told = json.loads(path.read_text())
    place = {name: number for number, name in enumerate(names)}
    count = sum(len(tree["splits"]) for tree in told["trees"])
    splits: list[tuple[int, float, int, int]] = []
    leaves: list[float] = []
    first, kind = [], []
    for tree in told["trees"]:
        base, edge = len(splits), count + len(leaves)
        first.append(base if tree["splits"] else edge)
        kind.append(classes.index(tree["class"]))
        for name, threshold, *ways in tree["splits"]:
            splits.append((place[name], threshold, *(base + n if n >= 0 else edge - 1 - n for n in ways)))
        leaves += tree["leaves"]
    figure, threshold, low, high = map(np.array, zip(*splits, strict=True))
    ends = np.arange(count, count + len(leaves))
    return Trees(
        figure, threshold.astype(np.float32), np.r_[low, ends], high - low, np.array(leaves, np.float32),
        np.array(first), np.array(kind), int(told["depth"]),
    )  # fmt: skip
