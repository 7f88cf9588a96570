"""Examples to learn from are kept as they are, and never taken for those of other figures."""

import numpy as np
import pytest

from ivr.audio.hearing import glimpses
from ivr.audio.hearing.figures import NAMES
from tests.training import kept
from tests.training.examples import Example

SOME = [
    Example(np.full(len(NAMES), number, np.float32), 1.2 + number, number == 1, "noisy", "burst loss, zero", "wind")
    for number in range(2)
]


def test_examples_come_back_as_they_were(tmp_path):
    file = tmp_path / "train-2-1.npz"
    kept.keep(file, iter(SOME))
    back = kept.kept(file)
    assert [one.figures.tolist() for one in back] == [one.figures.tolist() for one in SOME]
    assert [one[1:] for one in map(_row, back)] == [one[1:] for one in map(_row, SOME)]
    assert back[0].figures.dtype == np.float32
    assert list(tmp_path.iterdir()) == [file], "nothing half-done is left"


def _row(one: Example) -> tuple:
    return (one.figures, one.seconds, one.whole, one.label, one.kind, one.family)


def test_those_that_another_network_told_of_are_refused(tmp_path, monkeypatch):
    file, other = tmp_path / "train-2-1.npz", tmp_path / "glimpses.json"
    kept.keep(file, SOME)
    other.write_text(glimpses.FILE.read_text().replace("0", "1", 1))
    monkeypatch.setattr(glimpses, "FILE", other)
    with pytest.raises(kept.OtherFigures, match="delete it"):
        kept.kept(file)


def test_those_kept_before_there_was_a_network_are_refused(tmp_path):
    file = tmp_path / "train-2-1.npz"
    np.savez(file, figures=np.zeros((1, len(NAMES)), np.float32), names=np.array(NAMES))
    with pytest.raises(kept.OtherFigures, match="delete it"):
        kept.kept(file)


def test_those_of_other_figures_are_refused(tmp_path, monkeypatch):
    file = tmp_path / "train-2-1.npz"
    kept.keep(file, SOME)
    monkeypatch.setattr(kept, "NAMES", (*NAMES, "another"))
    with pytest.raises(kept.OtherFigures, match=r"train-2-1\.npz holds other figures .* delete it"):
        kept.kept(file)
