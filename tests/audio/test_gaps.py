"""Bursts of lost packets wherever they begin, and what is none."""

import numpy as np
import pytest
from signals import RATE, at_level, rng, white

from ivr.audio.features import COLUMNS, FRAME, analyse
from ivr.audio.hearing.gaps import PARTS, burst_loss, holes

LOUD = 10**-2.6


def rows(samples):
    found = np.zeros((len(samples) // FRAME - 1, COLUMNS + 3), np.float32)
    analyse((samples * 32767).astype(np.int16)[: (len(found) + 1) * FRAME], found)
    return found


def torn(*gaps, seconds=2.0):
    """Noise with nothing from one moment to another, in samples; the first frame is not among the rows."""
    sound = at_level(white(seconds, rng(3)), -20)
    for start, stop in gaps:
        sound[FRAME + start : FRAME + stop] = 0
    return rows(sound)


def lost(window):
    return burst_loss(window, holes(window), LOUD)


@pytest.mark.parametrize("late", [0, 1, 39, 40, 77, 120, 159])
def test_a_burst_is_as_long_wherever_packets_begin(late):
    gaps = [(at + late, at + late + 6 * FRAME) for at in (1600, 4800, 9600)]
    share, bursts, going_on = lost(torn(*gaps))
    assert (bursts, going_on) == (3, False)
    assert share == pytest.approx(
        18 / 99, abs=0.03
    )  # of a frame that is cut, what is left has a mean, which is taken off


@pytest.mark.parametrize("offset", [8, -90])
def test_an_offset_of_the_way_does_not_fill_holes(offset):
    sound = at_level(white(2.0, rng(3)), -20)
    sound[FRAME + 4800 :][: 6 * FRAME] = 0
    assert lost(rows(sound + offset / 32767))[1] == 1


def test_what_is_shorter_or_longer_is_no_burst():
    assert lost(torn((1600, 1600 + 3 * FRAME)))[1] == 0
    assert lost(torn((1600, 1600 + 22 * FRAME)))[1] == 0


@pytest.mark.parametrize("late", [0, 61])
def test_one_that_has_not_ended_is_going_on(late):
    share, bursts, going_on = lost(torn((2 * RATE - 8 * FRAME + late, 2 * RATE)))
    assert (bursts, going_on) == (1, True)
    assert share > 0.05
    assert not lost(torn((2 * RATE - 40 * FRAME, 2 * RATE)))[2]


def test_a_sound_that_fades_is_not_cut_off():
    sound = at_level(white(2.0, rng(3)), -20)
    sound[4000:5600] *= 10 ** (-np.linspace(0, 60, 1600) / 20)
    sound[5600:6800] = 0
    sound[6800:8400] *= 10 ** (-np.linspace(60, 0, 1600) / 20)
    window = rows(sound)
    assert holes(window).shape == (2, 1)
    assert lost(window)[1] == 0


def test_holes_are_told_by_5_ms_from_the_first_row_to_the_last():
    window = torn((0, 800), (8000, 8400), (14400, 16000))
    (first, *_), (*_, last) = holes(window)
    assert (first, last) == (0, PARTS * len(window))
    assert holes(torn()).size == 0
    assert lost(torn((0, 2 * RATE)))[1:] == (0, False)
