"""The corpus generator: splits are disjoint, clips repeat, labels obey their definitions, every kind occurs."""

import itertools
import wave
from collections import Counter

import numpy as np
import pytest

from tests.corpus import LABELS, SPLITS, clips, families, kinds, speakers
from tests.corpus.__main__ import write
from tests.corpus.codecs import codecs, named
from tests.corpus.draft import Draft
from tests.corpus.generate import KINDS, clip
from tests.corpus.line import concealed_by, idle, lost_before
from tests.corpus.measures import activity, at_active, at_level, dbov, gain_for, snrw, speech_powers, talker_snrw
from tests.corpus.model import FRAME, RATE, Scene
from tests.corpus.noises import drowning, noise
from tests.corpus.stoi import stoi
from tests.corpus.talk import someone, talk
from tests.corpus.truth import HOLDS, loss

SEED = 7


def scene(split="train", seconds=3.0, seed=1):
    return Scene(split, int(seconds * RATE), np.random.default_rng(seed))


def voice(seconds=3.0):
    made = scene(seconds=seconds)
    return at_active(talk(made, someone(made)), -26)


def one_of_each(split, label):
    """A round of a class: each of its kinds is first in turn once."""
    start = LABELS.index(label)
    return [clip(split, start + 3 * turn, SEED, 2.0) for turn in range(len(kinds(split, label)))]


@pytest.mark.parametrize(("a", "b"), list(itertools.combinations(SPLITS, 2)))
def test_no_speaker_and_no_family_is_in_two_splits(a, b):
    assert not set(speakers(a)) & set(speakers(b))
    assert not set(families(a)) & set(families(b))


def test_every_split_has_enough_speakers_and_families():
    assert all(len(speakers(split)) >= 2 for split in SPLITS)
    assert [len(families(split)) >= least for split, least in zip(SPLITS, (9, 4, 5), strict=True)] == [True] * 3


@pytest.mark.parametrize("split", SPLITS)
def test_every_family_makes_noise_of_its_length_at_0_dbov(split):
    made = scene(split, 2.0)
    for family in families(split):
        x = noise(made, family)
        assert x.shape == (made.size,), family
        assert dbov(x) == pytest.approx(0, abs=0.1), family


def test_the_same_arguments_give_the_same_clips_whatever_is_made_before():
    first, again = list(clips("tune", 9, SEED, 2.0)), list(clips("tune", 9, SEED, 2.0))
    alone = clip("tune", 7, SEED, 2.0)
    assert all(np.array_equal(a.near, b.near) and a.kind == b.kind for a, b in zip(first, again, strict=True))
    assert np.array_equal(alone.near, first[7].near)
    assert not np.array_equal(clip("tune", 7, SEED + 1, 2.0).near, alone.near)


def test_a_third_of_each_class_and_every_kind_once_a_round():
    for label in LABELS:
        made = one_of_each("test", label)
        assert {c.label for c in made} == {label}
        assert Counter(c.kind for c in made) == Counter(kinds("test", label))


def test_clips_are_whole_frames_of_the_wanted_length_with_a_far_end_as_long():
    for made in clips("test", 60, SEED):
        assert 2.0 <= made.seconds <= 6.0
        assert len(made.near) % FRAME == 0
        assert made.near.dtype == np.int16
        assert made.far is None or len(made.far) == len(made.near)
        assert (made.far is not None) == (made.kind.endswith(("echo", "barge-in")))
        assert made.lost is None or len(made.lost) == len(made.near) // FRAME
        assert made.lost is None or not np.any(made.near.reshape(-1, FRAME)[made.lost])
        assert not made.speaker or made.speaker in speakers("test")
        assert not made.family or made.family in families("test")


@pytest.mark.parametrize("label", LABELS)
def test_no_draft_fits_two_labels(label):
    chance = np.random.default_rng(3)
    for kind in list(kinds("tune", label))[::3]:
        draft = KINDS[label]["tune"][kind](Scene("tune", 2 * RATE, chance))
        assert draft is None or sum(holds(draft) for holds in HOLDS.values()) <= 1


def test_drafts_that_are_kept_have_the_weighted_snr_of_their_label():
    for label, kind, over in (("clear", "speech+street", 5.9), ("noisy", "speech under street", -15)):
        drafts = (KINDS[label]["train"][kind](scene(seed=seed)) for seed in range(4))
        for draft in (d for d in drafts if d is not None and HOLDS[label](d)):
            assert over <= snrw(draft.speech, draft.noise) <= (15 if label == "clear" else -3)


def test_a_clip_between_the_definitions_is_thrown_away():
    speech, hiss = voice(), at_level(np.random.default_rng(1).standard_normal(3 * RATE), -26)
    gain = gain_for(speech_powers(speech), speech_powers(hiss), 1.0)
    between = Draft(scene(), speech, hiss * 10 ** (gain / 20))
    assert not any(holds(between) for holds in HOLDS.values())


def test_burst_losses_are_a_third_and_more_and_last_100_to_320_ms():
    draft = next(d for d in (KINDS["noisy"]["train"]["burst loss, zero"](scene(seed=s)) for s in range(20)) if d)
    runs = [len(list(run)) for lost, run in itertools.groupby(draft.gone[: -FRAME // 10]) if lost]
    assert loss(draft) >= 0.3
    assert all(length <= 16 for length in runs)
    assert max(runs) >= 5


def test_packets_that_get_lost_begin_where_ours_do_in_half_of_all_clips():
    def torn(x):
        out = x.copy()
        out[4 * FRAME : 5 * FRAME] = 0
        return out

    chance, ours = np.random.default_rng(SEED), []
    for _ in range(80):
        sound, alike = lost_before(chance, np.ones(10 * FRAME), torn)
        gone = np.flatnonzero(sound == 0)
        assert (len(gone), gone[-1] - gone[0]) == (FRAME, FRAME - 1)
        assert (gone[0] % FRAME == 0) == alike
        ours.append(alike)
    assert 25 < sum(ours) < 55


def test_an_analogue_piece_of_the_way_adds_little_noise_or_an_offset():
    added = [idle(scene(seed=seed), np.zeros(3 * RATE)) for seed in range(60)]
    offsets, noise = [abs(x.mean()) for x in added], [dbov(x - x.mean()) for x in added]
    assert max(noise) < -59
    assert max(offsets) < 4e-3
    assert 5 < sum(level > -81 for level in noise) < 25
    assert 1 <= sum(offset > 1e-5 for offset in offsets) < 20


@pytest.mark.parametrize("split", SPLITS)
def test_faint_noise_of_any_family_is_no_noisy_line(split):
    for kind, most in (("faint noise", 15.01), ("fainter noise", 15.01)):
        drafts = [d for d in (KINDS["silent"][split][kind](scene(split, seed=seed)) for seed in range(12)) if d]
        assert len(drafts) >= 6
        assert {draft.family for draft in drafts} <= set(drowning(split))
        assert all(10 <= talker_snrw(draft.noise) <= most for draft in drafts)


@pytest.mark.parametrize("prefix", [codec for codec in ("amr 12.2", "g729") if named(codec)])
def test_a_codec_that_conceals_goes_on_for_a_moment_and_then_falls_silent(prefix):
    codec, speech = named(prefix)[0], voice()
    lost = np.zeros(len(speech) // FRAME, bool)
    loudest = int(np.square(speech.reshape(-1, FRAME)).mean(axis=1).argmax())
    lost[loudest : loudest + 16] = True
    heard, whole = concealed_by(codec, speech, lost), codec.passed(speech)
    power = np.square(heard.reshape(-1, FRAME)).mean(axis=1)
    assert len(heard) == len(speech)
    assert np.array_equal(heard[: loudest * FRAME - 400], whole[: loudest * FRAME - 400])
    assert power[loudest + 14] < power[loudest] / 10
    assert power[loudest] > 1e-5


def test_levels_of_the_classes_overlap():
    levels = {label: [] for label in LABELS}
    for made in clips("train", 360, SEED, 2.0):
        levels[made.label].append(dbov(made.near / 32768))
    quiet, loud = (np.quantile([levels[label] for label in LABELS], q, axis=1) for q in (0.1, 0.9))
    assert max(quiet) < min(loud) - 6


def test_active_level_is_that_of_p56_for_a_tone_that_is_half_the_time_on():
    time = np.arange(10 * RATE) / RATE
    level, active = activity(0.1 * np.sqrt(2) * np.sin(2 * np.pi * 500 * time) * (time % 2 < 1))
    assert level == pytest.approx(-20.9, abs=0.3)
    assert active == pytest.approx(0.62, abs=0.03)


def test_stoi_is_one_for_the_same_falls_with_noise_and_is_none_for_a_short_word():
    speech = voice()
    hiss = at_level(np.random.default_rng(1).standard_normal(len(speech)), -26)
    scores = [stoi(speech, speech + hiss * 10 ** (level / 20)) for level in (-40, -10, 0, 10)]
    assert scores[0] > 0.99
    assert scores == sorted(scores, reverse=True)
    assert stoi(speech[:2000], speech[:2000]) is None


def test_codecs_keep_speech_understandable_and_aligned():
    speech = voice()
    for codec in codecs().values():
        heard = codec.passed(speech)
        assert len(heard) == len(speech)
        assert stoi(speech, heard) > 0.8, codec.name


def test_the_command_writes_clips_and_labels(tmp_path):
    write(tmp_path, clips("test", 6, SEED, 2.0), 6)
    rows = (tmp_path / "labels.csv").read_text().splitlines()
    assert rows[0] == "file,label,kind,far,speaker,family"
    assert [row.split(",")[1] for row in rows[1:]] == list(LABELS) * 2
    with wave.open(str(tmp_path / "0000.wav")) as file:
        assert (file.getframerate(), file.getsampwidth(), file.getnchannels(), file.getnframes()) == (8000, 2, 1, 16000)
