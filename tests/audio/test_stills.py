"""Spectra that stand still while they fade, as decoders invent them for lost packets."""

import numpy as np
import pytest

from ivr.audio.features import POWER
from ivr.audio.hearing.bands import BANDS
from ivr.audio.hearing.stills import NAMES, stills

LONG, FADES = 10, -1.5
"""Frames of a burst; dB a frame."""


def talked(count: int, bursts: int = 0) -> np.ndarray:
    """Bands and level in dB of a voice whose spectrum moves in every frame, but in bursts, where the last one fades."""
    chance = np.random.default_rng(1)
    told = np.zeros((count, POWER + 1), np.float32)
    told[:, :BANDS] = chance.normal(-30, 6, (count, BANDS))
    told[:, POWER] = chance.normal(-20, 3, count)
    for number in range(bursts):
        start = 10 + number * (count - 10) // bursts
        for at in range(start, start + LONG):
            told[at] = told[at - 1] + FADES
    return told


def figure(told: np.ndarray, name: str) -> float:
    return stills(told)[NAMES.index(name)]


def test_bursts_are_found_by_their_number_share_and_fading():
    told = talked(200, bursts=5)
    # frame by frame with the third before: the first burst's frames but its first two
    assert figure(told, "still_runs_2.5") == pytest.approx(5 * 50 / 198, rel=0.02)
    assert figure(told, "stills_2.5") == pytest.approx(5 * (LONG - 2) / 198, rel=0.02)
    assert -2.5 < figure(told, "still_slope_2.5") < -1
    assert figure(told, "still_3_10") < 0.1


def test_whoever_talks_never_stands_still():
    told = talked(200)
    assert figure(told, "stills_4.0") == 0
    assert figure(told, "still_3_2") > 3


def test_the_level_alone_makes_no_difference():
    louder = talked(200, bursts=3)
    louder[:, : POWER + 1] += 12
    assert stills(louder) == pytest.approx(stills(talked(200, bursts=3)), abs=1e-3)


def test_what_is_soft_is_not_compared():
    told = talked(200, bursts=5)
    told[60:, :] -= 80
    assert figure(told, "still_runs_2.5") < figure(talked(200, bursts=5), "still_runs_2.5") / 2


@pytest.mark.parametrize("count", [3, 4, 5, 8])
def test_short_windows_have_figures_too(count):
    assert len(stills(talked(count))) == len(NAMES)
    assert np.isfinite(stills(np.full((count, POWER + 1), -90, np.float32))).all()
