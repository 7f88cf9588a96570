"""Examples of which it is not known what the network says of their frames (`ivr/audio/hearing/glimpses.py`)."""

from dataclasses import replace

import numpy as np

from ivr.audio.hearing import glimpses
from tests.training.examples import Example


def deaf(one: Example) -> Example:
    """The example with the network's figures unknown."""
    figures = one.figures.copy()
    figures[-len(glimpses.NAMES) :] = np.nan
    return replace(one, figures=figures)


def half_deaf(learnt: list[Example], seed: int) -> list[Example]:
    """Every other example, by chance, deaf.

    The network has learnt from the same voices and noises as the forest, from other clips: of these it says more than
    it will ever say of others. Who always heard it would believe it too much.
    """
    chance = np.random.default_rng(seed).random(len(learnt))
    return [deaf(one) if chance[number] < 0.5 else one for number, one in enumerate(learnt)]
