"""`python -m tests.training.concealment`: grows the trees that tell which frames of a line never came.

The corpus knows which frames of a clip were lost, however they were filled: trees learn from each frame, not from the
whole clip. They learn from train alone, from other clips than the forest does, which looks at what they say; then they
are asked of tune, whose voices they have never heard.
"""

import argparse
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from ivr.audio.features import Rows
from ivr.audio.hearing.concealment import CLASS, FILE, LOOKS, looks
from tests.corpus.generate import clip, first_choice
from tests.training.examples import SEED, Hearing, allowed, frames
from tests.training.written import written

if TYPE_CHECKING:
    import lightgbm

COUNT = 60000
OTHER = SEED + 1
"""Clips to choose from, and their seed: not the forest's."""
ONE_IN = 4
"""Of clips without losses, one in so many is heard."""
ROUNDS = 128
PARAMETERS = {
    "objective": "binary", "num_leaves": 31, "max_depth": 8, "learning_rate": 0.15, "min_data_in_leaf": 300,
    "bagging_fraction": 0.7, "bagging_freq": 1, "feature_fraction": 0.4, "verbose": -1, "deterministic": True,
    "force_row_wise": True, "num_threads": 2,
}  # fmt: skip
SHARES = {"lost": 0.7, "spoken": 0.35, "silent": 0.1}
"""So many frames are learnt from: of clips with losses, of others in which somebody speaks, and of silent ones."""


class Heard(NamedTuple):
    """A clip's rows, the frames that were lost, its label and its kind."""

    rows: Rows
    gone: npt.NDArray[np.bool_]
    label: str
    kind: str


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=COUNT, help="clips to choose from")
    parser.add_argument("--out", type=Path, default=FILE)
    options = parser.parse_args()
    seen, lost = table(heard("train", options.count))
    print(f"growing trees from {len(seen)} frames", flush=True)
    booster = grow(seen, lost)
    print("learnt from train, asked of tune:", told(booster, heard("tune", options.count // 8)))
    recipe = f"python -m tests.training.concealment --count {options.count}"
    options.out.write_text(written(booster, recipe, LOOKS, (CLASS,)))
    print(f"written: {options.out}")
    return 0


def heard(split: str, count: int) -> list[Heard]:
    """Clips with losses, and some others; raises HeldOut for the test split."""
    allowed(split)
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        found = pool.map(partial(_hear, split), range(count), chunksize=50)
        return [one for one in found if one is not None]


def _hear(split: str, number: int) -> Heard | None:
    if not has_losses(first_choice(split, number, OTHER)) and number // 3 % ONE_IN:
        return None
    made, ear = clip(split, number, OTHER), Hearing()
    for near, far in frames(made):
        ear.hear(near, far)
    rows = ear.rows()
    gone = np.zeros(len(rows), bool) if made.gone is None else made.gone[-len(rows) :]
    return Heard(rows, gone, made.label, made.kind)


def has_losses(kind: str) -> bool:
    """Whether packets get lost in clips of a kind while somebody speaks, or in comfort noise."""
    return "loss" in kind


def table(clips: list[Heard]) -> tuple[Rows, npt.NDArray[np.bool_]]:
    """Frames to learn from, and which of them were lost. Where no packets come at all, there is nothing to be told."""
    chance = np.random.default_rng(OTHER)
    seen, lost = [], []
    for one in clips:
        if one.kind == "no packets":
            continue
        which = "lost" if has_losses(one.kind) else "silent" if one.label == "silent" else "spoken"
        taken = chance.random(len(one.rows)) < SHARES[which]
        seen.append(looks(one.rows)[taken])
        lost.append(one.gone[taken])
    return np.concatenate(seen), np.concatenate(lost)


def grow(seen: Rows, lost: npt.NDArray[np.bool_]) -> "lightgbm.Booster":
    """A booster that has learnt which frames were lost."""
    import lightgbm

    return lightgbm.train({**PARAMETERS, "seed": SEED}, lightgbm.Dataset(seen, lost), ROUNDS)


def told(booster: "lightgbm.Booster", clips: list[Heard]) -> str:
    """In clips with losses, which share of the frames told was lost, and of those lost is told; and in clear ones."""
    said = [np.asarray(booster.predict(looks(one.rows))) > 0.5 for one in clips]
    pairs = [(s, one) for s, one in zip(said, clips, strict=True)]
    right = sum(int(np.sum(s & one.gone)) for s, one in pairs if has_losses(one.kind))
    all_told = sum(int(np.sum(s)) for s, one in pairs if has_losses(one.kind))
    all_lost = sum(int(np.sum(one.gone)) for _, one in pairs if has_losses(one.kind))
    others = [s for s, one in pairs if one.label == "clear" and not has_losses(one.kind)]
    wrong = np.mean(np.concatenate(others))
    return f"precision {right / all_told:.3f}, recall {right / all_lost:.3f}; of clear calls' frames {wrong:.4f}"


if __name__ == "__main__":
    sys.exit(main())
