"""Whether the sides of a recording are in step: shifted, and found so; nothing told where nobody spoke."""

import numpy as np
import pytest

from ivr.audio.examine import FRAME, Expected, Scan, judge
from ivr.audio.instep import LONGEST, PERIOD, Trace, behind

ANSWERED = 1_795_300_000.0
BEGAN = ANSWERED + 0.36
SIZE = 160


def talk(seed: int, seconds: float = 8.0, level: float = 3000) -> np.ndarray:
    """Syllables of noise of 60 to 300 ms with pauses of as much, in samples."""
    chance, parts, size = np.random.default_rng(seed), [], 0
    while size < seconds * 8000:
        parts += [
            chance.standard_normal(int(chance.uniform(480, 2400))) * level * chance.uniform(0.2, 1),
            np.zeros(int(chance.uniform(480, 2400))),
        ]
        size += len(parts[-1]) + len(parts[-2])
    return np.concatenate(parts)[: int(seconds * 8000)].clip(-32000, 32000).astype(np.int16)


def trace(heard: np.ndarray, played: np.ndarray, late: int = 2) -> Trace:
    """What a stream that began at BEGAN keeps; the caller's frames wait for `late` frames before they are heard."""
    kept = Trace(at=BEGAN)
    heard = np.concatenate([np.zeros(late * SIZE, np.int16), heard])
    for number in range(len(played) // SIZE):
        part = slice(number * SIZE, (number + 1) * SIZE)
        kept.take(played[part].tobytes(), heard[part].tobytes(), late)
    return kept


def recorded(heard: np.ndarray, played: np.ndarray, *, left: float = 0.0, right: float = 0.0) -> Scan:
    """The recording of a call answered at ANSWERED, its sides shifted by so many seconds."""
    sides = []
    for sound, shift in ((heard, left), (played, right)):
        before = round((BEGAN - ANSWERED + shift) * 8000)
        sides.append(np.concatenate([np.zeros(before, np.int16), sound, np.zeros(8000, np.int16)])[: 9 * 8000])
    scan = Scan()
    scan.add(np.stack(sides, axis=1))
    return scan


@pytest.mark.parametrize("late", [0, 2, 7])
@pytest.mark.parametrize(("left", "right"), [(0.0, 0.0), (0.04, 0.0), (0.25, 0.0), (0.0, 0.3), (0.9, 0.8), (-0.2, 0.1)])
def test_a_shift_is_measured_to_20_ms(left, right, late):
    heard, played = talk(1), talk(2)
    levels = recorded(heard, played, left=left, right=right).levels[0]
    assert behind([trace(heard, played, late)], ANSWERED, levels) == pytest.approx(left - right, abs=0.02)


def test_it_is_found_through_a_codec_and_over_noise():
    heard, played = talk(1), talk(2)
    hiss = np.random.default_rng(3).standard_normal(len(heard)) * 60
    loud = ((heard * 0.7 + hiss) // 256 * 256).astype(np.int16)
    levels = recorded(loud, played, left=0.15).levels[0]
    assert behind([trace(heard, played)], ANSWERED, levels) == pytest.approx(0.15, abs=0.02)


SILENT = np.zeros(8 * 8000, np.int16)
WORD = np.concatenate([talk(1)[:1200], SILENT[1200:]])
HISS = (np.random.default_rng(5).standard_normal(8 * 8000) * 300).astype(np.int16)


@pytest.mark.parametrize(("heard", "played"), [(SILENT, talk(2)), (talk(1), SILENT), (HISS, talk(2)), (WORD, talk(2))])
def test_nothing_is_said_where_a_side_has_too_little_to_go_by(heard, played):
    assert behind([trace(heard, played)], ANSWERED, recorded(heard, played).levels[0]) is None


def test_nothing_is_said_where_the_recording_holds_other_sound():
    assert behind([trace(talk(1), talk(2))], ANSWERED, recorded(talk(7), talk(8)).levels[0]) is None


def test_nothing_is_said_of_sound_that_repeats_itself_so_soon_that_two_places_fit():
    beat = np.tile(np.concatenate([np.full(800, 3000), np.zeros(800)]), 40).astype(np.int16)
    assert behind([trace(beat, talk(2))], ANSWERED, recorded(beat, talk(2), left=0.2).levels[0]) is None


def test_of_several_streams_the_farthest_counts_and_an_empty_one_does_not():
    heard, played = talk(1), talk(2)
    levels = recorded(heard, played, left=0.2).levels[0]
    assert behind([Trace(), trace(heard, played), Trace()], ANSWERED, levels) == pytest.approx(0.2, abs=0.02)
    assert behind([], ANSWERED, levels) is None


def test_a_recording_that_is_too_short_or_empty_is_no_error():
    heard, played = talk(1), talk(2)
    for levels in (np.zeros((0, 2), np.float32), recorded(heard, played).levels[0][:20]):
        assert behind([trace(heard, played)], ANSWERED, levels) is None


def test_only_the_first_twenty_seconds_of_a_stream_are_kept():
    kept = trace(talk(1, 25), talk(2, 25))
    assert [len(way.levels) for way in kept.ways()] == [LONGEST] * 2
    assert LONGEST * PERIOD == 20


def test_sides_out_of_step_are_a_fault():
    heard, played = talk(1), talk(2)
    wanted = Expected(traces=(trace(heard, played),), answered_at=ANSWERED)
    reports = [judge(recorded(heard, played, left=left), "", 9.0, wanted) for left in (0.06, 0.25)]
    assert [report.ok for report in reports] == [True, False]
    assert reports[1].faults == ["the sides are out of step: the caller's is +0.25 s behind the line's"]
    assert FRAME == 80
