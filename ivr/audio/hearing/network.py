"""A small convolutional network in a file, which goes over a window's frames and says numbers of each.

What is looked at is brought to mean 0 and deviation 1, mixed into channels by `first` and cut off at 0; then layers add
to each frame what they make of it and of the frames so many before and after it (`apart`; zeros outside the window):
h + max(0, [h(t − apart), h(t), h(t + apart)] · weight + bias). The numbers are the last mix of the channels.
Residual layers over widening distances: van den Oord et al., WaveNet, 2016; Bai et al., 2018 (arXiv 1803.01271).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ivr.audio.features import Rows


@dataclass(frozen=True)
class Layer:
    """A step: `weight` has three times as many rows as columns, one set for each frame looked at."""

    apart: int
    weight: Rows
    bias: Rows


@dataclass(frozen=True)
class Network:
    """All weights; `mean` and `scale` are of what is looked at, in its units."""

    mean: Rows
    scale: Rows
    first: Rows
    bias: Rows
    layers: tuple[Layer, ...]
    last: Rows
    offset: Rows

    def numbers(self, looks: Rows) -> Rows:
        """What it says of each frame (rows), from what is looked at of each."""
        told = np.maximum((looks - self.mean) / self.scale @ self.first + self.bias, 0)
        for layer in self.layers:
            told = told + np.maximum(_three(told, layer.apart) @ layer.weight + layer.bias, 0)
        return np.asarray(told @ self.last + self.offset, np.float32)

    def flat(self) -> Rows:
        """All weights in a row, as the C side reads them."""
        layers = (values for layer in self.layers for values in (layer.weight, layer.bias))
        parts = (self.mean, self.scale, self.first, self.bias, *layers, self.last.T, self.offset)
        return np.concatenate([one.ravel() for one in parts]).astype(np.float32)

    def apart(self) -> npt.NDArray[np.int32]:
        """How far each layer looks, in frames."""
        return np.array([layer.apart for layer in self.layers], np.int32)


def _three(told: Rows, apart: int) -> Rows:
    """Each frame beside those so many before and after it."""
    padded = np.pad(told, ((apart, apart), (0, 0)))
    return np.concatenate([padded[: -2 * apart], told, padded[2 * apart :]], axis=1)


def read(path: Path, names: Sequence[str]) -> Network:
    """The network of a file that looks at these, in this order."""
    told = json.loads(path.read_text())
    if told["looks"] != list(names):
        raise ValueError(f"{path}: looks at {told['looks']}, not at {list(names)}")
    layers = tuple(Layer(one["apart"], _floats(one["weight"]), _floats(one["bias"])) for one in told["layers"])
    plain = (_floats(told[name]) for name in ("mean", "scale", "first", "bias", "last", "offset"))
    mean, scale, first, bias, last, offset = plain
    return Network(mean, scale, first, bias, layers, last, offset)


def _floats(values: Any) -> Rows:  # noqa: ANN401 - lists of numbers, or of lists of them
    return np.array(values, np.float32)
