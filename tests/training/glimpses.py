"""`python -m tests.training.glimpses`: grows the network that tells what each frame of a line shows.

The corpus knows of each frame whether it was lost, however it was filled, whether somebody speaks in it and whether
that can be made out: the network learns from each frame, not from the whole clip. It learns from train alone, from
other clips than the forest does, which looks at what it says; then it is asked of tune, whose voices are new to it.
"""

import argparse
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ivr.audio.features import FRAME, Rows
from ivr.audio.hearing.glimpses import CLASSES, FEWEST, FILE, LOOKS, looks, plainly
from ivr.audio.hearing.network import Network, read
from tests.corpus import Clip
from tests.corpus.generate import clip, first_choice
from tests.training import batches, network
from tests.training.examples import SEED, Hearing, allowed, frames

COUNT, LONGER = 40000, 20000
OTHER = SEED + 1
"""Clips to choose from, over short and longer connections, and their seed: not the forest's."""
ONE_IN = 2
"""Of clips without losses, one in so many is heard."""
ROUNDS = 10


class Heard(NamedTuple):
    """A clip's rows, what is so in each of them (a column for each of CLASSES), its label and its kind."""

    rows: Rows
    meant: npt.NDArray[np.bool_]
    label: str
    kind: str


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=COUNT, help="clips to choose from")
    parser.add_argument("--longer", type=int, default=LONGER, help="more of them, over longer connections")
    parser.add_argument("--out", type=Path, default=FILE)
    options = parser.parse_args()
    clips = learnt(heard("train", options.count) + heard("train", options.longer, longer=True))
    asked = heard("tune", options.count // 8)  # before JAX starts threads, with which no process may be forked
    print(f"learning from {sum(len(one.looks) for one in clips)} frames of {len(clips)} clips", flush=True)
    weights = network.grow(clips, ROUNDS, OTHER)
    recipe = f"python -m tests.training.glimpses --count {options.count} --longer {options.longer}"
    options.out.write_text(network.written(weights, recipe, LOOKS))
    print(f"written: {options.out}")
    print("learnt from train, asked of tune:", told(read(options.out, LOOKS), asked))
    return 0


def heard(split: str, count: int, longer: bool = False) -> list[Heard]:
    """Clips with losses, and some others; raises HeldOut for the test split."""
    allowed(split)
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        found = pool.map(partial(_hear, split, longer), range(count), chunksize=50)
        return [one for one in found if one is not None]


def _hear(split: str, longer: bool, number: int) -> Heard | None:
    if not has_losses(first_choice(split, number, OTHER)) and number // 3 % ONE_IN:
        return None
    made, ear = clip(split, number, OTHER, longer=longer), Hearing()
    for near, far in frames(made):
        ear.hear(near, far)
    rows = ear.rows()
    return Heard(rows, meant(made)[-len(rows) :], made.label, made.kind)


def meant(made: Clip) -> npt.NDArray[np.bool_]:
    """What is so in each frame of a clip: a column for each of CLASSES."""
    none = np.zeros(len(made.near) // FRAME, bool)
    columns = (made.gone, made.spoken, made.made_out)
    return np.stack([none if one is None else one for one in columns], axis=1)


def has_losses(kind: str) -> bool:
    """Whether packets get lost in clips of a kind while somebody speaks, or in comfort noise."""
    return "loss" in kind


def learnt(clips: list[Heard]) -> list[batches.Clip]:
    """Frames to learn from, and what is so in them. Where no packets come at all, there is nothing to be told."""
    some = (one for one in clips if one.kind != "no packets" and len(one.rows) >= FEWEST)
    return [batches.Clip(looks(one.rows), one.meant) for one in some]


def told(found: Network, clips: list[Heard]) -> str:
    """Of each class, which share of the frames of which it is told is so, and of which it is so is told."""
    said = np.concatenate([plainly(found, one.rows) for one in clips]) > 0.5
    true = np.concatenate([one.meant for one in clips])
    right = np.sum(said & true, axis=0)
    told_so, is_so = (np.maximum(1, np.sum(one, axis=0)) for one in (said, true))
    shares = zip(CLASSES, right / told_so, right / is_so, strict=True)
    return "; ".join(f"{name}: precision {precision:.3f}, recall {recall:.3f}" for name, precision, recall in shares)


if __name__ == "__main__":
    sys.exit(main())
