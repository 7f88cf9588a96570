"""The figures of a window and the forest that judges them."""

import json

import numpy as np
import pytest

from ivr.audio.features import BANDS, COLUMNS, FRAME, analyse
from ivr.audio.hearing.figures import _COMPILED, NAMES, figures, tell_plainly
from ivr.audio.hearing.forest import CLASSES, FILE, forest
from ivr.audio.hearing.judge import measure
from tests.training.examples import COUNT, LONGER, SEED, HeldOut, examples
from tests.training.rounding import rounded

SMALL = {
    "depth": 2,
    "trees": [
        {"class": "clear", "splits": [["snr", 5.0, -1, 1], ["voice", 0.5, -2, -3]], "leaves": [-1.0, 0.5, 2.0]},
        {"class": "noisy", "splits": [["snr", 5.0, -1, -2]], "leaves": [1.0, -1.0]},
        {"class": "silent", "splits": [], "leaves": [0.25]},
    ],
}


def rows(samples):
    """The rows of a signal, as a window of listening holds them."""
    found = np.zeros((len(samples) // FRAME - 1, COLUMNS + 3), np.float32)
    for at in range(0, len(found), 6):
        some = found[at : at + 6]
        analyse(samples[at * FRAME : (at + 1 + len(some)) * FRAME], some)
    return found


@pytest.mark.parametrize(("snr", "voice", "votes"), [(0, 0, (0.25, -1, 1)), (9, 0.2, (0.25, 0.5, -1)),
                                                     (9, 0.9, (0.25, 2, -1)), (5, 1, (0.25, -1, 1))])  # fmt: skip
def test_a_forest_by_hand(tmp_path, snr, voice, votes):
    path = tmp_path / "forest.json"
    path.write_text(json.dumps(SMALL))
    told = np.zeros(len(NAMES), np.float32)
    told[NAMES.index("snr")], told[NAMES.index("voice")] = snr, voice
    share = np.exp(votes) / np.exp(votes).sum()
    assert forest(path).chances(told) == pytest.approx(share, abs=1e-6)


def test_the_shipped_forest_is_whole():
    told = json.loads(FILE.read_text())
    assert told["made_by"].startswith("python -m tests.training --count ")
    for tree in told["trees"]:
        assert tree["class"] in CLASSES
        assert len(tree["leaves"]) == len(tree["splits"]) + 1
        assert {name for name, *_ in tree["splits"]} <= {*NAMES}
    assert sum(forest().chances(np.zeros(len(NAMES), np.float32))) == pytest.approx(1)


@pytest.mark.parametrize("samples", [
    np.zeros(1600), np.full(1600, 5), np.full(1600, 32767), np.tile([32767, -32768], 800),
    np.random.default_rng(1).normal(0, 3000, 48000), np.sin(np.arange(8000)) * 9000,
    np.concatenate([np.zeros(4000), np.random.default_rng(2).normal(0, 900, 4000), np.zeros(4000)]),
])  # fmt: skip
@pytest.mark.parametrize("count", [1, 2, 3, 4, 30, 300])
def test_figures_are_numbers_whatever_is_heard(samples, count):
    window = rows(samples.astype(np.int16))[:count]
    told = figures(window, measure(window, window))
    assert told.shape == (len(NAMES),)
    assert np.isfinite(told).all()


def test_names_are_told_once():
    assert len({*NAMES}) == len(NAMES)


def test_the_shipped_forest_is_what_training_makes_when_it_is_told_nothing():
    recipe = f"python -m tests.training --count {COUNT} --longer {LONGER} --seed {SEED}"
    assert json.loads(FILE.read_text())["made_by"] == recipe


@pytest.mark.parametrize(
    ("threshold", "written"),
    [(14.99999997, 14.9999), (-14.99999997, -15.0), (0.1234567, 0.123456), (1.0000000180025095e-35, 1e-35), (0.0, 0.0)],
)
def test_a_threshold_is_never_rounded_up(threshold, written):
    assert rounded(threshold) == written <= threshold


def test_whoever_is_at_a_limit_is_above_every_threshold():
    """The highest that a figure can be is a value that many windows have, and that trees part at."""
    for name, limit in (("drown_10", 15), ("drown_50", 15), ("drown_90", 15), ("band_90_10", 30), ("band_97_50", 30)):
        trees = forest().trees
        asked = trees.threshold[trees.figure == NAMES.index(name)]
        assert len(asked)
        assert asked.max() < limit


def test_limits_are_kept_to_the_last_digit():
    loud, deaf = np.ones((2, 40, COLUMNS + 3), np.float32)
    loud[:, COLUMNS:] = deaf[:, COLUMNS:] = 0
    deaf[:, :BANDS] = 1e-8
    deaf[::3, :BANDS] = 1.0
    for tell in filter(None, (_COMPILED, tell_plainly)):
        for window in (loud, deaf):
            out = np.zeros(len(NAMES), np.float32)
            tell(window, out)
            told = dict(zip(NAMES[12:], out.tolist(), strict=False))
            assert told["drown_90"] == -15.0
            assert told["drown_10"] == (15.0 if window is deaf else -15.0)
            assert told["band_90_10"] == (30.0 if window is deaf else 0.0)


def test_nothing_is_learnt_from_the_test_split():
    with pytest.raises(HeldOut, match="kept for the test"):
        next(examples("test", 1, 1))
