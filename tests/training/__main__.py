"""`python -m tests.training [--count N] [--longer N] [--seed S]`: grows the forest from the train and tune splits.

What a forest learnt from train alone does with the voices and noises of tune is told first. Gradient boosting by
LightGBM (`pip install -e .[train]`); what it wrote is read at run time without it.
"""

import argparse
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import lightgbm
import numpy as np

from ivr.audio.hearing.figures import NAMES
from ivr.audio.hearing.forest import CLASSES, FILE
from tests.corpus.fillings import WAYS
from tests.training.deaf import half_deaf
from tests.training.examples import COUNT, LONGER, SEED, Example, examples, table
from tests.training.kept import OtherFigures, keep, kept
from tests.training.written import written

ROUNDS = 480
PARAMETERS = {
    "objective": "multiclass", "num_class": len(CLASSES), "num_leaves": 47, "max_depth": 9, "learning_rate": 0.08,
    "min_data_in_leaf": 200, "bagging_fraction": 0.8, "bagging_freq": 1, "feature_fraction": 0.3, "lambda_l2": 5.0,
    "verbose": -1, "deterministic": True, "force_row_wise": True, "num_threads": 1,
}  # fmt: skip
NETWORK_ONLY = {f"burst loss, {way}" for way in WAYS}
"""Kinds for the network that goes over frames: where each filling has a kind of its own, so much of what is noisy lies
close to a clear call with pauses that these are taken for noisy. The forest hears them mixed, as one kind."""
APART = 5
"""How far the seed of the clips over longer connections is from that of the others."""
SHORTEST = 1.2
"""Seconds of a window from which it is learnt from: what is shorter is hardly ever judged."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=COUNT, help="clips to learn from")
    parser.add_argument("--longer", type=int, default=LONGER, help="more of them, over longer connections")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--out", type=Path, default=FILE)
    parser.add_argument("--alone", type=Path, help="where the forest of train alone goes, to choose thresholds with")
    parser.add_argument(
        "--keep", type=Path, help="where examples are kept, and taken from the next time: not after the corpus changed"
    )
    options = parser.parse_args()
    try:
        learnt = both("train", options.count, options.longer, options.seed, options.keep)
        held = both("tune", options.count // 4, options.longer // 4, options.seed, options.keep)
    except OtherFigures as error:
        parser.error(str(error))
    print("growing two forests")
    with ThreadPoolExecutor() as pool:
        some = half_deaf(learnt, options.seed)
        alone, booster = pool.map(grow, (some, some + held), (options.seed, options.seed))
    print("learnt from train, asked of tune:", told(alone, [one for one in held if one.whole]))
    recipe = f"python -m tests.training --count {options.count} --longer {options.longer} --seed {options.seed}"
    if options.alone:
        options.alone.write_text(written(alone, f"{recipe}, of train alone", NAMES, CLASSES))
    options.out.write_text(written(booster, recipe, NAMES, CLASSES))
    print(f"learnt from both: {options.out}")
    return 0


def both(split: str, count: int, longer: int, seed: int, folder: Path | None) -> list[Example]:
    """The examples of a split, and those over longer connections."""
    return made(split, count, seed, folder) + made(split, longer, seed + APART, folder, longer=True)


def made(split: str, count: int, seed: int, folder: Path | None, longer: bool = False) -> list[Example]:
    """Examples of a split, from the folder if they are there, and there from now on."""
    if folder is None:
        return list(shown(split, count, seed, longer))
    file = folder / f"{split}-{'longer-' if longer else ''}{count}-{seed}.npz"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        keep(file, shown(split, count, seed, longer))
    return kept(file)


def shown(split: str, count: int, seed: int, longer: bool = False) -> Iterator[Example]:
    """Examples of a split; how far it has come is printed, since it takes long."""
    done, step, name = 0, max(1, count // 20), f"{split}, longer" if longer else split
    for one in examples(split, count, seed, longer):
        yield one
        done += one.whole
        if one.whole and done % step == 0:
            print(f"{name}: {done} of {count} clips", flush=True)


def grow(learnt: list[Example], seed: int) -> "lightgbm.Booster":
    """A booster that has learnt from all windows long enough, whole clips counting double."""
    used = [one for one in learnt if one.seconds >= SHORTEST and one.kind not in NETWORK_ONLY]
    figures, labels = table(used, CLASSES)
    weights = np.array([2.0 if one.whole else 1.0 for one in used])
    data = lightgbm.Dataset(figures, labels, weight=weights)
    return lightgbm.train({**PARAMETERS, "seed": seed}, data, ROUNDS)


def told(booster: "lightgbm.Booster", found: list[Example]) -> str:
    """F1 of each class on whole clips, and the share of clear callers kept."""
    figures, labels = table(found, CLASSES)
    said = np.asarray(booster.predict(figures)).argmax(axis=1)
    scores = [
        2 * np.sum((said == n) & (labels == n)) / max(1, np.sum(said == n) + np.sum(labels == n)) for n in range(3)
    ]
    kept = np.mean(said[labels == 1] == 1)
    named = ", ".join(f"{name} {score:.3f}" for name, score in zip(CLASSES, scores, strict=True))
    return f"F1 {named}; macro {np.mean(scores):.4f}; clear callers kept {kept:.4f}"


if __name__ == "__main__":
    sys.exit(main())
