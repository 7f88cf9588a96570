"""What the corpus knows of each frame: where somebody speaks, and where that can be made out."""

import numpy as np
import pytest

from tests.corpus.draft import Draft
from tests.corpus.generate import clip
from tests.corpus.glimpsed import made_out, spoken
from tests.corpus.measures import at_level
from tests.corpus.model import FRAME, RATE, Scene

SIZE = 4 * RATE
HALF = SIZE // FRAME // 2


def scene():
    return Scene("train", SIZE, np.random.default_rng(1))


def voice():
    """A buzz of 120 Hz in syllables of 0.2 s in the first half, nothing in the second."""
    time = np.arange(SIZE) / RATE
    buzz = sum(np.sin(2 * np.pi * 120 * n * time) / n for n in range(1, 28))
    return at_level(buzz * (np.sin(2 * np.pi * 2.5 * time) > 0) * (time < 2), -29)


def noise(level):
    return at_level(np.random.default_rng(2).standard_normal(SIZE), level)


def test_somebody_speaks_where_the_voice_is_whatever_noise_there_is():
    for beside in (-80, -10):
        there = spoken(Draft(scene(), speech=voice(), noise=noise(beside)))
        assert len(there) == SIZE // FRAME
        assert there[:HALF].mean() == pytest.approx(0.5, abs=0.05)
        assert not there[HALF:].any()


def test_nobody_speaks_where_there_is_no_voice():
    draft = Draft(scene(), noise=noise(-20))
    assert not spoken(draft).any()
    assert not made_out(draft).any()


def test_it_is_made_out_over_faint_noise_and_not_under_loud():
    quiet, loud = (Draft(scene(), speech=voice(), noise=noise(level)) for level in (-50, -10))
    assert (made_out(quiet) == spoken(quiet)).all()
    assert not made_out(loud).any()


def test_noise_for_a_while_drowns_that_while():
    beside = noise(-10)
    beside[: RATE // 2] = 0
    draft = Draft(scene(), speech=voice(), noise=beside)
    there = made_out(draft)
    assert there[: RATE // 2 // FRAME - 2].any()
    assert not there[RATE // 2 // FRAME + 1 :].any()


def test_what_never_came_or_came_in_pieces_is_not_made_out():
    gone = np.zeros(SIZE // FRAME, bool)
    gone[: HALF // 2] = True
    torn = Draft(scene(), speech=voice(), gone=gone)
    assert not made_out(torn)[: HALF // 2].any()
    assert made_out(torn)[HALF // 2 :].any()
    assert not made_out(Draft(scene(), speech=voice(), damaged=True)).any()


def test_of_clear_clips_most_that_is_spoken_is_made_out_and_little_of_the_others():
    made = [clip("train", number, 3) for number in range(60)]
    for one in made:
        assert len(one.spoken) == len(one.made_out) == len(one.near) // FRAME
        assert not (one.made_out & ~one.spoken).any()
        assert one.spoken.any() or one.label != "clear"
        assert not (one.spoken.any() and one.label == "silent")
    assert share(one for one in made if one.label == "clear") > 0.5
    assert share(one for one in made if one.label == "noisy" and one.gone is None) < 0.25


def share(clips):
    """Of what is spoken, how much is made out."""
    some = list(clips)
    return sum(one.made_out.sum() for one in some) / sum(one.spoken.sum() for one in some)
