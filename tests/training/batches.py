"""Clips as a network is shown them in training: in random order, cut and coloured at random, about as long together.

Cut, so that it knows windows of all lengths; coloured, so that it does not learn ten voices' spectra by heart.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ivr.audio.features import Rows
from ivr.audio.hearing.bands import BANDS

BATCH = 64
SHORTEST, LENGTHS = 40, 50
"""Frames of the shortest cut; cuts are filled up to a multiple of the second."""
COLOURED = (2.0, 1.2, 0.6)
"""dB, deviation of a slope, a bow and a wave over the bands."""
Bools = npt.NDArray[np.bool_]
Fixed = Mapping[str, Rows]
"""`mean` and `scale` of what is looked at."""


class Clip(NamedTuple):
    """What is looked at of each frame (rows), and what is so in it."""

    looks: Rows
    meant: Bools


class Batch(NamedTuple):
    """Clips of one length, 1 where there is a frame."""

    looks: Rows
    meant: Rows
    there: Rows


def batches(clips: Sequence[Clip], fixed: Fixed, chance: np.random.Generator) -> Iterator[Batch]:
    """All clips in random order, those of one batch about as long, each cut and coloured at random."""
    order = chance.permutation(len(clips))
    for first in range(0, len(order), BATCH * 16):
        part = [_cut(clips[n], chance) for n in order[first : first + BATCH * 16]]
        part.sort(key=lambda one: len(one.looks))
        groups = [part[start : start + BATCH] for start in range(0, len(part), BATCH)]
        for number in chance.permutation(len(groups)):
            yield _together(groups[number], fixed, chance)


def _cut(clip: Clip, chance: np.random.Generator) -> Clip:
    """Half of the time a part of it."""
    count = len(clip.looks)
    if count <= SHORTEST or chance.random() < 0.5:
        return clip
    length = int(chance.integers(SHORTEST, count))
    first = int(chance.integers(0, count - length))
    return Clip(clip.looks[first : first + length], clip.meant[first : first + length])


def _together(clips: Sequence[Clip], fixed: Fixed, chance: np.random.Generator) -> Batch:
    length = -(-max(len(one.looks) for one in clips) // LENGTHS) * LENGTHS
    looks = np.zeros((BATCH, length, clips[0].looks.shape[1]), np.float32)
    meant = np.zeros((BATCH, length, clips[0].meant.shape[1]), np.float32)
    there = np.zeros((BATCH, length), np.float32)
    for number, one in enumerate(clips):
        count = len(one.looks)
        looks[number, :count] = (one.looks - fixed["mean"]) / fixed["scale"]
        meant[number, :count], there[number, :count] = one.meant, 1
    looks[:, :, :BANDS] += _colours(chance)[:, None] / fixed["scale"][:BANDS] * there[:, :, None]
    return Batch(looks, meant, there)


def _colours(chance: np.random.Generator) -> Rows:
    """dB for each band of each clip."""
    place = np.linspace(-1, 1, BANDS)
    shapes = np.stack([place, np.cos(np.pi * place), np.sin(2 * np.pi * place)]) * np.array(COLOURED)[:, None]
    return np.asarray(chance.standard_normal((BATCH, len(shapes))) @ shapes, np.float32)
