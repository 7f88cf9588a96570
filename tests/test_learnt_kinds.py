"""What only train and tune have: more things, fillings, suppressors and disorders than the test split asks for."""

import itertools

import numpy as np
import pytest

from tests.corpus import LABELS, kinds
from tests.corpus.codecs import codecs
from tests.corpus.fillings import WAYS, filled
from tests.corpus.garbling import DISORDERS, disordered
from tests.corpus.generate import KINDS
from tests.corpus.learnt import CLEAR, NOISY, SILENT
from tests.corpus.line import FILLINGS, bursts, some_filling
from tests.corpus.measures import at_level, dbov
from tests.corpus.model import FRAME, RATE, Scene
from tests.corpus.shapes import coloured
from tests.corpus.stoi import stoi
from tests.corpus.suppression import suppressed
from tests.corpus.talk import someone, talk
from tests.corpus.things import THINGS, scattered, stir
from tests.corpus.truth import HOLDS

LEARNT = {"silent": SILENT, "clear": CLEAR, "noisy": NOISY}


def scene(split="train", seconds=3.0, seed=1):
    return Scene(split, int(seconds * RATE), np.random.default_rng(seed))


def voice(seed=1):
    made = scene(seed=seed)
    return talk(made, someone(made))


def test_the_test_split_has_none_of_them():
    for label in LABELS:
        assert {*LEARNT[label]} <= {*kinds("train", label)} & {*kinds("tune", label)}
        assert not {*LEARNT[label]} & {*kinds("test", label)}
    assert {some_filling(scene("test", seed=seed)) for seed in range(60)} == {*FILLINGS}
    assert {some_filling(scene("tune", seed=seed)) for seed in range(99)} == {*FILLINGS, *WAYS}


@pytest.mark.parametrize(("label", "kind"), [(label, kind) for label, some in LEARNT.items() for kind in some])
def test_most_drafts_obey_their_definition(label, kind):
    drafts = [KINDS[label]["train"][kind](scene(seed=seed)) for seed in range(8)]
    right = [draft for draft in drafts if draft is not None and HOLDS[label](draft)]
    assert len(right) >= 4
    assert all(np.isfinite(draft.heard).all() and len(draft.heard) == 3 * RATE for draft in right)


@pytest.mark.parametrize("make", [*THINGS.values()], ids=[*THINGS])
def test_things_sound_for_as_long_as_the_scene_at_0_dbov(make):
    for seed in range(6):
        x = scattered(scene(seed=seed), make)
        assert x.shape == (3 * RATE,)
        assert dbov(x) == pytest.approx(0, abs=0.1)
    assert dbov(stir(scene())) == pytest.approx(0, abs=0.1)


@pytest.mark.parametrize("way", [*WAYS, "any"])
def test_a_filling_changes_what_was_lost_and_nothing_else(way):
    x, chance = voice(), np.random.default_rng(3)
    lost = bursts(150, chance, 0.4)
    out = filled(chance, x, lost, way)
    touched = np.repeat(lost, FRAME)
    assert out.shape == x.shape
    assert np.isfinite(out).all()
    assert np.array_equal(out[~touched], x[~touched])
    assert not np.allclose(out[touched], x[touched], atol=1e-3)


def test_gaps_at_the_beginning_have_nothing_to_be_filled_with():
    lost = np.zeros(150, bool)
    lost[2:9] = True
    out = filled(np.random.default_rng(1), voice(), lost, "held")
    assert not out[2 * FRAME : 9 * FRAME].any()


def test_a_suppressor_takes_noise_away_and_leaves_the_voice():
    x = at_level(voice(), -26)
    hiss = coloured(scene(), -3) * 10 ** (-50 / 20)
    for seed in range(4):
        assert dbov(suppressed(np.random.default_rng(seed), hiss)) < dbov(hiss) - 3
        assert stoi(x, suppressed(np.random.default_rng(seed), x + hiss)) > 0.75


def test_bytes_in_disorder_are_as_long_and_hardly_understood():
    scores = []
    for seed in range(24):
        x = voice(seed)
        heard = disordered(np.random.default_rng(seed), x, 1.0)
        assert heard.shape == x.shape
        scores.append(stoi(x, heard) or 0.0)
    assert np.mean(scores) < 0.5


@pytest.mark.parametrize(
    ("disorder", "name"), itertools.product(DISORDERS, sorted({"alaw", "gsm", "amr 12.2"} & {*codecs()}))
)
def test_disorder_keeps_packets_as_long_as_they_were(disorder, name):
    codec, chance = codecs()[name], np.random.default_rng(5)
    sent = codec.sent(voice())
    packets = [sent[0][at : at + FRAME] for at in range(0, len(sent[0]), FRAME)] if len(sent) == 1 else sent
    came = disorder(chance, codec, packets, 0.8)
    assert [len(one) for one in came] == [len(one) for one in packets]
    assert came != packets
