"""`python -m tests.training.unseen [--count N] [--seed S]`: what a forest makes of an impairment it has never met.

Of each impairment, a forest is grown from train without anything of it, in whatever class, and is asked of the noisy
clips of tune that have it, with voices and noises that it has not met either; beside it stands a forest that has met
all of train. What the network says of frames is kept from the first, since the network has met everything. Nothing
here ever hears the test split.
"""

import argparse
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from ivr.audio.hearing.forest import CLASSES
from tests.training.deaf import deaf, half_deaf
from tests.training.examples import SEED, Example, table

if TYPE_CHECKING:
    import lightgbm

_VOICES = ("cafe", "canteen", "table talk", "party", "babble", "next door")
_BLOWS = (
    "hammering", "keyboard", "shower", "ignition", "sferics", "scratches", "knocks", "clicks", "struck", "thumps",
    "rattles", "things",
)  # fmt: skip
_AIR = ("surf", "gusts", "rain", "static", "coloured", "street", "puffs")
_WHEELS = ("rails", "engine", "fan")
UNSEEN: dict[str, Callable[[Example], bool]] = {
    "lost packets": lambda one: "loss" in one.kind or "lossy" in one.kind,
    "bit errors": lambda one: "bit errors" in one.kind,
    "bytes in disorder": lambda one: one.kind == "bytes in disorder",
    "shuffled frames": lambda one: one.kind == "garbled",
    "voices": lambda one: _of(one, _VOICES),
    "blows and clicks": lambda one: _of(one, _BLOWS),
    "air, water and hiss": lambda one: _of(one, _AIR),
    "machines": lambda one: _of(one, _WHEELS),
}


def _of(one: Example, names: tuple[str, ...]) -> bool:
    return any(name in one.kind for name in names) or one.family in names


def main() -> int:
    """Makes the clips, grows the forests and prints a line for each impairment."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=16000, help="clips to learn from")
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    from tests.training.__main__ import grow, shown

    learnt = list(shown("train", options.count, options.seed))
    held = [one for one in shown("tune", options.count // 2, options.seed) if one.whole and one.label == "noisy"]
    seen = grow(half_deaf(learnt, options.seed), options.seed)
    print(f"{'impairment':<22} clips  recall, never met  met")
    for name, has in UNSEEN.items():
        asked = [one for one in held if has(one)]
        never = grow([deaf(one) for one in learnt if not has(one)], options.seed)
        missed = recall(never, [deaf(one) for one in asked])
        print(f"{name:<22} {len(asked):>5}  {missed:<17.3f}  {recall(seen, asked):.3f}", flush=True)
    return 0


def recall(booster: "lightgbm.Booster", asked: list[Example]) -> float:
    """The share of clips that are told noisy."""
    found, _ = table(asked, CLASSES)
    return float(np.mean(np.asarray(booster.predict(found)).argmax(axis=1) == CLASSES.index("noisy")))


if __name__ == "__main__":
    sys.exit(main())
