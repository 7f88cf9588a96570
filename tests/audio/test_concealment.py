"""Frames that never came, whatever was put in their place, and the trees that find them."""

import json

import numpy as np
import pytest
from signals import at_level, rows, talk

from ivr.audio.features import COLUMNS, FRAME
from ivr.audio.hearing.concealment import CLASS, FILE, LOOKS, NAMES, chances, concealment, looks
from tests.corpus.codecs import codecs
from tests.corpus.fillings import WAYS, filled
from tests.corpus.line import bursts, concealed_by
from tests.training.concealment import COUNT, heard
from tests.training.examples import HeldOut


def speech(seed):
    """Somebody in a room: nothing at all between two words is what lost packets look like."""
    chance = np.random.default_rng(seed)
    x = talk("allison", 4.0, chance)
    return x + at_level(chance.standard_normal(len(x)), -58)


def found(x, name):
    return concealment(rows(x))[NAMES.index(name)]


@pytest.mark.parametrize("filling", ["amr 12.2", "amr 5.9", *WAYS])
def test_more_frames_are_told_lost_where_more_were_lost(filling):
    whole, torn = [], []
    for seed in range(6):
        x, chance = speech(seed), np.random.default_rng(seed)
        lost = bursts(len(x) // FRAME, chance, 0.5)
        broken = filled(chance, x, lost, filling) if filling in WAYS else concealed_by(codecs()[filling], x, lost)
        whole.append(found(x, "lost_mean"))
        torn.append(found(broken, "lost_mean"))
    assert np.mean(torn) > 2 * np.mean(whole)


def test_a_hole_with_hard_edges_is_told_frame_by_frame():
    x = speech(2)
    lost = np.zeros(len(x) // FRAME, bool)
    lost[60:70] = lost[100:112] = True
    x[: len(lost) * FRAME].reshape(-1, FRAME)[lost] = 0
    told = chances()(rows(x))  # the first frame has no row: it is only looked back at
    assert told[lost[1:]].mean() > told[~lost[1:]].mean() + 0.3


def test_a_few_frames_tell_nothing_and_silence_is_told_in_numbers():
    silence = np.zeros((40, COLUMNS + 3), np.float32)
    assert concealment(silence[:3]) == [0.0] * len(NAMES)
    assert np.isfinite(concealment(silence)).all()
    assert looks(silence).shape == (40, len(LOOKS))


def test_looks_are_of_the_neighbours_they_name():
    window = rows(speech(3))
    seen = looks(window)
    for name, at in (("level", 3), ("height", -4), ("repeat", 2)):
        here, there = LOOKS.index(f"{name}+0"), LOOKS.index(f"{name}{at:+d}")
        assert seen[50, there] == seen[50 + at, here]
    assert seen[0, LOOKS.index("level-8")] == seen[0, LOOKS.index("level+0")], (
        "the window's edge stands for what is not"
    )
    assert not seen[0, LOOKS.index("leap-1")]


def test_the_shipped_trees_are_what_training_makes_when_it_is_told_nothing():
    told = json.loads(FILE.read_text())
    assert told["made_by"] == f"python -m tests.training.concealment --count {COUNT}"
    for tree in told["trees"]:
        assert tree["class"] == CLASS
        assert len(tree["leaves"]) == len(tree["splits"]) + 1
        assert {name for name, *_ in tree["splits"]} <= {*LOOKS}


def test_nothing_is_learnt_from_the_test_split():
    with pytest.raises(HeldOut, match="kept for the test"):
        heard("test", 1)
