"""What is kept of a running call for the check of its recording."""

import numpy as np
import pytest

from ivr.audio.instep import Edge
from ivr.pbx.sounds import Sounds
from ivr.pbx.timing import BEGINS, MOST, UNHEARD, Timing
from tests.waves import write

SAMPLES = (np.sin(np.arange(16000) / 5) * 3000).astype(np.int16)


@pytest.fixture
def sounds(tmp_path):
    write(tmp_path / "zh/menu.wav", SAMPLES)
    return Sounds(tmp_path, "zh")


def test_a_prompt_has_its_levels_as_far_as_it_was_played(sounds):
    timing = Timing()
    timing.said(10.0, 12.03, ("menu",), "", whole=True)
    timing.said(20.0, 21.0, ("menu",), "zh", late=0.2)
    whole, cut = timing.known(sounds).prompts()
    assert (whole.at, len(whole.levels)) == (10.0, 200)
    assert whole.slack == pytest.approx(0.03), "its end tells how much later it can have begun"
    assert (cut.at, cut.slack) == (20.0, BEGINS + 0.2)
    assert len(cut.levels) == 100 - round(UNHEARD * 100) - 20, "its end may have been on its way when it was broken off"
    assert whole.levels.mean() == pytest.approx(3000 / 2**0.5, rel=0.02)


def test_a_prompt_that_is_gone_or_broken_by_then_is_left_out(sounds, tmp_path):
    timing = Timing()
    (tmp_path / "zh/broken.wav").write_bytes(b"none")
    for name in ("gone", "broken", "menu"):
        timing.said(10.0, 12.0, (name,), "")
    assert len(list(timing.known(sounds).prompts())) == 1


def test_the_last_edges_and_prompts_are_kept(sounds):
    timing = Timing()
    for number in range(MOST + 7):
        timing.talking(float(number), number % 2 == 0)
        timing.said(float(number), number + 1.0, ("menu",), "")
    known = timing.known(sounds)
    assert (len(known.edges), known.edges[0]) == (MOST, Edge(7.0, False))
    assert next(iter(known.prompts())).at == 7.0
