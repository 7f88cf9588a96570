"""Longer connections: what telephones and networks do one after another leaves a clip what its label says it is."""

import numpy as np
import pytest

from tests.corpus import LABELS, clips, device
from tests.corpus.connection import CARRIED, SENT, carried, sent
from tests.corpus.generate import clip, first_choice
from tests.corpus.measures import activity, at_level, dbov, talker_snrw
from tests.corpus.model import RATE, Scene
from tests.corpus.talk import someone, talk
from tests.corpus.truth import CALM, DROWNED, LIGHT

SEED = 5
FAINT = ("faint noise", "fainter noise")
EFFECTS = {step.__name__: step for step, _ in (*SENT, *CARRIED)}


def scene(seed=1, seconds=3.0):
    return Scene("train", int(seconds * RATE), np.random.default_rng(seed), longer=True)


def voice(seed=1):
    made = scene(seed)
    return talk(made, someone(made))


@pytest.mark.parametrize("name", EFFECTS)
def test_each_step_keeps_the_length_and_something_to_be_heard(name):
    for seed in range(5):
        x = EFFECTS[name](scene(seed), voice())
        assert x.shape == (3 * RATE,)
        assert np.isfinite(x).all()
        assert dbov(x) > -60


@pytest.mark.parametrize("name", ["curved", "placed", "steered", "overdriven"])
def test_a_telephone_leaves_the_level_as_it_is(name):
    assert dbov(EFFECTS[name](scene(), voice())) == pytest.approx(dbov(voice()), abs=0.1)


def test_gain_control_makes_pauses_louder_against_the_voice():
    x, wider = voice() + at_level(np.random.default_rng(1).standard_normal(3 * RATE), -60), []
    loud = np.repeat(device.levels(x) > activity(x)[0] - 10, device.STEP)
    quiet = np.repeat(device.levels(x) < -55, device.STEP)
    for seed in range(20):
        made = device.steered(scene(seed), x)
        wider.append(dbov(made[loud]) - dbov(made[quiet]))
    assert np.mean(wider) < dbov(x[loud]) - dbov(x[quiet]) - 1


def test_a_gate_lets_the_voice_through_and_lowers_or_replaces_what_is_between():
    noise, turn = np.random.default_rng(1).standard_normal(3 * RATE), np.arange(3 * RATE) / RATE % 1
    x = noise * np.where(turn < 0.5, 10 ** (-20 / 20), 10 ** (-52 / 20))
    spoken, pauses = (turn > 0.1) & (turn < 0.5), turn > 0.9
    lowered = []
    for seed in range(20):
        made = device.gated(scene(seed), x)
        assert dbov(made[spoken]) == pytest.approx(dbov(x[spoken]), abs=0.5)
        lowered.append(dbov(x[pauses]) - dbov(made[pauses]))
    assert min(lowered) > -3
    assert np.mean(lowered) > 12


def test_digital_silence_stays_so_and_a_voice_is_changed_each_time_in_another_way():
    assert not sent(scene(), np.zeros(3 * RATE)).any()
    made = [carried(scene(seed), sent(scene(seed), voice())) for seed in range(8)]
    assert all(np.abs(a - b).max() > 1e-4 for n, a in enumerate(made) for b in made[:n])


def test_the_same_arguments_give_the_same_clips_and_others_than_over_a_short_connection():
    longer, again = list(clips("tune", 6, SEED, 2.0, longer=True)), list(clips("tune", 6, SEED, 2.0, longer=True))
    short = list(clips("tune", 6, SEED, 2.0))
    assert all(np.array_equal(a.near, b.near) for a, b in zip(longer, again, strict=True))
    assert [a.kind for a in longer] == [a.kind for a in short]
    assert any(not np.array_equal(a.near, b.near) for a, b in zip(longer, short, strict=True))


def test_what_comes_out_is_still_what_its_label_says():
    """Told from the finished clips alone: how a talker would fare over noise and nobody, and how many packets came."""
    calm, loud, told = [], [], 0
    for number in range(240):
        if (kind := first_choice("train", number, SEED)) in FAINT or kind.endswith(" alone"):
            made = clip("train", number, SEED, 2.0, longer=True)
            if made.kind == kind and made.near.any():
                (calm if kind in FAINT else loud).append(talker_snrw(made.near / 32768.0))
        elif LABELS[number % 3] == "clear" and (made := clip("train", number, SEED, 2.0, longer=True)).gone is not None:
            told += 1
            assert made.gone.mean() <= LIGHT
    assert calm
    assert loud
    assert told
    assert min(calm) >= CALM - 0.5
    assert max(loud) <= DROWNED + 0.5
