"""Examples kept in a file, since to make them takes most of an hour and to grow a forest from them minutes."""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from ivr.audio.hearing import glimpses
from ivr.audio.hearing.figures import NAMES
from tests.training.examples import Example

_TOLD = ("seconds", "whole", "label", "kind", "family")


class OtherFigures(ValueError):
    """The file holds other figures than the ear looks at now."""


def keep(file: Path, found: Iterable[Example]) -> None:
    """Writes examples to an .npz file; nothing half-done is left under its name."""
    some = list(found)
    half = file.with_name(f"{file.stem}.half.npz")
    told: dict[str, Any] = {name: np.array([getattr(one, name) for one in some]) for name in _TOLD}
    np.savez(
        half,
        figures=np.stack([one.figures for one in some]),
        names=np.array(NAMES),
        network=np.array(_network()),
        **told,
    )
    half.rename(file)


def _network() -> str:
    """Which network the figures of frames are of: another gives others under the same names."""
    return hashlib.sha256(glimpses.FILE.read_bytes()).hexdigest()


def kept(file: Path) -> list[Example]:
    """The examples of a file; raises OtherFigures where they are not of the figures of now."""
    with np.load(file, allow_pickle=False) as held:
        if tuple(held["names"].tolist()) != NAMES or str(held.get("network")) != _network():
            raise OtherFigures(
                f"{file} holds other figures than the ear looks at now: delete it, and they are made again"
            )
        rows = zip(held["figures"], *(held[name].tolist() for name in _TOLD), strict=True)
        return [Example(*row) for row in rows]
