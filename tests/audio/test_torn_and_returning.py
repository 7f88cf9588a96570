"""Figures of packets that are missing however they were filled, and of sounds that stay and come back."""

import numpy as np
import pytest
from signals import RATE, at_level, music, rows, talk

from ivr.audio.features import FRAME
from ivr.audio.hearing.cuts import NAMES as CUTS
from ivr.audio.hearing.cuts import cuts
from ivr.audio.hearing.returning import NAMES as RETURNS
from ivr.audio.hearing.returning import returning


def speech(seconds=4.0):
    return talk("allison", seconds, np.random.default_rng(3))


def torn(x, at=0):
    """Six frames of a third of a second lost and filled with faint noise, `at` samples after our frames begin."""
    out, noise = x.copy(), at_level(np.random.default_rng(4).standard_normal(len(x)), -58)
    for start in range(10 * FRAME + at, len(x) - 10 * FRAME, RATE // 3):
        out[start // FRAME * FRAME + at :][: 6 * FRAME] = noise[: 6 * FRAME]
    return out


def told(x, name):
    return cuts(rows(x))[CUTS.index(name)]


@pytest.mark.parametrize(
    ("kind", "at", "share"),
    [*(("cut", at, 1 / 4) for at in (0, 40, 80, 120)), *(("wide", at, 1 / 2) for at in (0, 10, 20, 33, 71, 93, 149))],
)
def test_sound_cut_off_at_the_edges_of_packets_leaps_there_and_nowhere_else(kind, at, share):
    """Edges between two 5 ms show in steps of 5 ms, edges anywhere in steps of 10."""
    whole, lost = speech(), torn(speech(), at)
    more = told(lost, f"{kind}_leaps_between") - told(whole, f"{kind}_leaps_between")
    assert more > 0.3
    assert abs(told(lost, f"{kind}_leaps_within") - told(whole, f"{kind}_leaps_within")) < more * share
    assert told(lost, f"{kind}_notched") > told(whole, f"{kind}_notched") + 0.1


def test_sound_cut_off_at_any_time_is_no_lost_packet():
    """The same number of holes, none as far from the one before as packets are."""
    anywhere, chance = speech(), np.random.default_rng(8)
    noise = at_level(chance.standard_normal(6 * FRAME), -58)
    for start in range(10 * FRAME, len(anywhere) - 10 * FRAME, RATE // 3):
        anywhere[start + chance.integers(FRAME) :][: 6 * FRAME] = noise
    cut = torn(speech())
    assert told(anywhere, "cut_leaps_between") < 0.75 * told(cut, "cut_leaps_between")
    assert told(anywhere, "cut_leaps_within") > told(cut, "cut_leaps_within")


def filled(x, at, fill):
    """Six frames of a third of a second lost, `at` samples after our frames begin, and what a decoder makes of them."""
    out = x.copy()
    for start in range(10 * FRAME + at, len(x) - 10 * FRAME, RATE // 3):
        out[start // FRAME * FRAME + at :][: 6 * FRAME] = fill(x, start // FRAME * FRAME + at)
    return out


def faded(x, start):
    """The last frame again and again, 4 dB softer each time."""
    return np.concatenate([x[start - FRAME : start] * 10 ** (-0.2 * number) for number in range(1, 7)])


def hissing(x, start):
    """Noise as loud as what is missing, but sharper."""
    return np.random.default_rng(start).standard_normal(6 * FRAME) * np.sqrt(np.mean(x[start : start + 6 * FRAME] ** 2))


@pytest.mark.parametrize("at", [0, 33, 93, 149])
def test_of_what_fades_the_end_alone_is_sudden(at):
    whole, lost = speech(), filled(speech(), at, faded)
    assert told(lost, "level_rises_most") > told(whole, "level_rises_most") + 0.15
    assert told(lost, "level_rises_against") > told(whole, "level_rises_against")
    assert told(lost, "level_falls_most") < told(lost, "level_rises_most")


@pytest.mark.parametrize("at", [0, 33, 93, 149])
def test_what_is_as_loud_as_what_is_missing_has_other_edges(at):
    whole, lost = speech(), filled(speech(), at, hissing)
    assert told(lost, "steep_leaps_most") > told(whole, "steep_leaps_most") + 0.3
    assert told(lost, "steep_leaps_most") > told(lost, "level_leaps_most") + 0.2
    assert told(lost, "steep_leaps_against") > told(whole, "steep_leaps_against")


def test_a_voice_that_packets_break_off_and_bring_back_is_there_at_once():
    whole, lost = speech(), torn(speech(), 57)
    assert told(lost, "cut_voice") > told(whole, "cut_voice") + 0.5


def test_notes_are_held_where_a_talker_never_rests():
    chance = np.random.default_rng(5)
    talker, player = (returning(rows(at_level(x, -20))) for x in (speech(), music(4.0, chance)))
    for name in ("colour_move_3", "colour_move_6", "colour_held_50"):
        assert player[RETURNS.index(name)] < 0.7 * talker[RETURNS.index(name)], name


def test_a_pattern_that_is_played_again_returns():
    once = at_level(music(0.8, np.random.default_rng(6)), -20)
    again, talker = returning(rows(np.tile(once, 5))), returning(rows(speech()))
    assert again[RETURNS.index("returns_50")] < 0.5 < talker[RETURNS.index("returns_50")] / 4


@pytest.mark.parametrize("count", [0, 1, 3, 4, 23])
def test_of_too_little_nothing_is_told(count):
    window = rows(speech())[:count]
    assert len(cuts(window)) == len(CUTS)
    if count >= 3:
        assert returning(window) == [0.0] * len(RETURNS)
