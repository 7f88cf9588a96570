"""What is left out to find out what a forest makes of the unknown."""

import numpy as np
import pytest

from ivr.audio.hearing import glimpses
from ivr.audio.hearing.figures import NAMES
from tests.corpus import kinds
from tests.corpus.generate import KINDS
from tests.corpus.noises import drowning
from tests.training.deaf import deaf, half_deaf
from tests.training.examples import Example
from tests.training.unseen import UNSEEN


def example(kind, family=""):
    return Example(np.zeros(1, np.float32), 4.0, True, "noisy", kind, family)


def groups(kind, family=""):
    return [name for name, has in UNSEEN.items() if has(example(kind, family))]


@pytest.mark.parametrize(
    "kind", [kind for kind in kinds("tune", "noisy") if "echo" not in kind and "barge" not in kind]
)
def test_every_noisy_kind_of_tune_is_one_impairment(kind):
    assert len(groups(kind)) == 1


@pytest.mark.parametrize("family", drowning("tune"))
def test_a_family_is_found_where_the_kind_does_not_name_it(family):
    assert groups("noise over echo", family) == groups(f"{family} alone")


def test_whoever_has_not_met_it_is_not_told_by_the_network_that_has():
    told = Example(np.ones(len(NAMES), np.float32), 4.0, True, "noisy", "burst loss, zero", "")
    silenced = {name for name, value in zip(NAMES, deaf(told).figures, strict=True) if np.isnan(value)}
    assert silenced == {*glimpses.NAMES}


def test_half_of_the_examples_are_told_and_always_the_same_half():
    told = [Example(np.ones(len(NAMES), np.float32), 4.0, True, "noisy", str(n), "") for n in range(400)]
    some = half_deaf(told, 1)
    unknown = [bool(np.isnan(one.figures).any()) for one in some]
    assert 150 < sum(unknown) < 250
    assert [one.kind for one in some] == [one.kind for one in told]
    assert unknown == [bool(np.isnan(one.figures).any()) for one in half_deaf(told, 1)]


def test_every_loss_is_left_out_in_whatever_class():
    lossy = {kind for label in KINDS for kind in KINDS[label]["train"] if "loss" in kind}
    assert len(lossy) > 8
    assert all(groups(kind) == ["lost packets"] for kind in lossy)
