"""What each frame shows: that it never came, that somebody speaks, that this can be made out."""

import json

import numpy as np
import pytest
from signals import at_level, rows, talk

from ivr.audio.features import COLUMNS, FRAME
from ivr.audio.hearing.glimpses import CLASSES, FILE, LOOKS, NAMES, chances, glimpses, looks, network
from tests.corpus.codecs import codecs
from tests.corpus.fillings import WAYS, filled
from tests.corpus.line import bursts, concealed_by
from tests.training.examples import HeldOut
from tests.training.glimpses import COUNT, LONGER, heard
from tests.training.network import APART, CHANNELS


def speech(seed):
    """Somebody in a room: nothing at all between two words is what lost packets look like."""
    chance = np.random.default_rng(seed)
    x = talk("allison", 4.0, chance)
    return x + at_level(chance.standard_normal(len(x)), -58)


def found(x, name):
    return glimpses(rows(x))[NAMES.index(name)]


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
    told = chances()(rows(x))[:, CLASSES.index("lost")]  # the first frame has no row: it is only looked back at
    assert told[lost[1:]].mean() > told[~lost[1:]].mean() + 0.3


def test_a_voice_is_told_from_noise_and_from_a_tone_and_made_out_only_over_the_noise():
    for seed in range(4):
        chance = np.random.default_rng(seed)
        x = talk("allison", 4.0, chance)
        noise, tone = at_level(chance.standard_normal(len(x)), -26), 0.07 * np.sin(np.arange(len(x)) * 0.35)
        assert found(x, "spoken_mean") > 4 * max(found(noise, "spoken_mean"), found(tone, "spoken_mean"))
        buried = at_level(x, -30) + 3 * noise
        assert found(x, "made_out_mean") > 4 * found(buried, "made_out_mean")
        assert found(x, "made_out_of_spoken") > found(buried, "made_out_of_spoken")


def test_a_few_frames_tell_nothing_and_silence_is_told_in_numbers():
    silence = np.zeros((40, COLUMNS + 3), np.float32)
    assert glimpses(silence[:3]) == [0.0] * len(NAMES)
    assert np.isfinite(glimpses(silence)).all()
    assert looks(silence).shape == (40, len(LOOKS))


def test_levels_are_counted_from_the_loudest_and_changes_of_colour_from_the_frame_before():
    window = rows(speech(3))
    seen, louder = looks(window), looks(rows(speech(3) / 4))
    level, change = LOOKS.index("level"), LOOKS.index("from -4")
    assert np.percentile(seen[:, level], 90) == pytest.approx(0, abs=1)
    lively = seen[:, level] > -20
    assert louder[lively, level] == pytest.approx(seen[lively, level], abs=0.1)
    still = window.copy()
    still[50:55] = still[50]
    assert looks(still)[54, change] == pytest.approx(0, abs=1e-3)
    assert seen[54, change] > 0.5
    assert not seen[:4, change].any(), "there is no frame so far back"


def test_the_shipped_network_is_what_training_makes_when_it_is_told_nothing():
    told, own = json.loads(FILE.read_text()), network()
    assert told["made_by"] == f"python -m tests.training.glimpses --count {COUNT} --longer {LONGER}"
    assert own.first.shape == (len(LOOKS), CHANNELS)
    assert tuple(own.apart()) == APART
    assert own.last.shape == (CHANNELS, len(CLASSES))


def test_nothing_is_learnt_from_the_test_split():
    with pytest.raises(HeldOut, match="kept for the test"):
        heard("test", 1)
