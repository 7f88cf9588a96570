"""The network that goes over frames: what it says by hand, what its file must be, and what it is shown in training."""

import json

import numpy as np
import pytest

from ivr.audio.hearing.bands import BANDS
from ivr.audio.hearing.network import Layer, Network, read
from tests.training.batches import BATCH, LENGTHS, SHORTEST, Clip, batches
from tests.training.network import written

LOOKS = 20


def floats(*values):
    return np.array(values, np.float32)


def test_a_layer_adds_what_it_makes_of_a_frame_and_of_those_so_many_before_and_after():
    own = Network(
        floats(1), floats(2), floats([1]), floats(0), (Layer(2, floats([10], [1], [100]), floats(-3)),),
        floats([1, 2]), floats(0.5, 0),
    )  # fmt: skip
    looked = floats(3, 1, 5, 1, 1, 9)[:, None]  # (x - 1) / 2: 1 0 2 0 0 4
    before, after = floats(0, 0, 1, 0, 2, 0), floats(2, 0, 0, 4, 0, 0)
    here = floats(1, 0, 2, 0, 0, 4)
    wanted = here + np.maximum(10 * before + here + 100 * after - 3, 0)
    assert own.numbers(looked) == pytest.approx(np.stack([wanted + 0.5, 2 * wanted], axis=1))


def test_what_is_below_zero_is_cut_off():
    own = Network(floats(0), floats(1), floats([1]), floats(0), (), floats([2]), floats(0))
    assert own.numbers(floats(-5, 3)[:, None])[:, 0] == pytest.approx(floats(0, 6))


def weights():
    chance = np.random.default_rng(1)
    layers = [
        {"weight": chance.normal(size=(96, 32)).astype(np.float32), "bias": np.zeros(32, np.float32)} for _ in range(8)
    ]
    return {
        "mean": np.zeros(2), "scale": np.ones(2), "first": chance.normal(size=(2, 32)), "bias": np.zeros(32),
        "last": chance.normal(size=(32, 3)), "offset": floats(-1.25, 0, 1), "layers": layers,
    }  # fmt: skip


def test_it_is_read_as_it_was_written(tmp_path):
    own = weights()
    file = tmp_path / "network.json"
    file.write_text(written(own, "by hand", ("a", "b")))
    told = read(file, ("a", "b"))
    assert told.offset.tolist() == [-1.25, 0, 1]
    assert told.first == pytest.approx(own["first"], rel=1e-4)
    assert [layer.weight.shape for layer in told.layers] == [(96, 32)] * 8
    assert len(told.flat()) == 2 + 2 + 64 + 32 + 8 * (96 * 32 + 32) + 96 + 3
    assert json.loads(file.read_text())["made_by"] == "by hand"
    assert max(len(line) for line in file.read_text().splitlines()) < 600, "a row a line"


def test_a_file_that_looks_at_something_else_is_refused(tmp_path):
    file = tmp_path / "network.json"
    file.write_text(written(weights(), "by hand", ("a", "b")))
    with pytest.raises(ValueError, match=r"network\.json: looks at \['a', 'b'\], not at \['b', 'a'\]"):
        read(file, ("b", "a"))


def shown(count):
    chance = np.random.default_rng(count)
    clips = [
        Clip(chance.normal(3, 2, (n, LOOKS)).astype(np.float32), chance.random((n, 3)) < 0.3)
        for n in chance.integers(20, 300, count)
    ]
    return clips, {"mean": np.full(LOOKS, 3, np.float32), "scale": np.full(LOOKS, 2, np.float32)}


def test_every_clip_is_shown_in_whole_or_in_part_and_nothing_where_there_is_no_frame():
    clips, fixed = shown(150)
    some = list(batches(clips, fixed, np.random.default_rng(2)))
    told = np.concatenate([one.there.sum(axis=1) for one in some])
    assert np.count_nonzero(told) == len(clips)
    assert told[told > 0].min() >= min(SHORTEST, *(len(one.looks) for one in clips))
    assert told.sum() < sum(len(one.looks) for one in clips)
    for one in some:
        assert one.looks.shape[0] == BATCH
        assert one.looks.shape[1] % LENGTHS == 0
        assert not one.looks[one.there == 0].any()
        assert not one.meant[one.there == 0].any()


def test_only_the_bands_are_coloured():
    clips, fixed = shown(1)
    seen, meant = clips[0]
    plain = (seen - 3) / 2
    for seed in range(20):
        (one,) = batches(clips, fixed, np.random.default_rng(seed))
        count = int(one.there[0].sum())
        if count == len(seen):
            assert one.looks[0, :count, BANDS:] == pytest.approx(plain[:, BANDS:], abs=1e-5)
            moved = one.looks[0, :count, :BANDS] - plain[:, :BANDS]
            assert np.ptp(moved, axis=0).max() < 1e-5, "each band by the same in all frames"
            assert np.abs(moved).max() > 0.01
            assert (one.meant[0, :count] == meant).all()
            break
    else:
        pytest.fail("never shown in whole")
