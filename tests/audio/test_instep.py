"""Whether the sides of a recording are in step: shifted, and found so; nothing told where there is nothing to go by."""

import re

import numpy as np
import pytest

from ivr.audio.examine import FRAME, Expected, Scan, judge
from ivr.audio.instep import LOUD, PAUSE, Edge, Known, Prompt, levels_of
from ivr.settings import HOME

ANSWERED = 1_795_300_000.0
RATE = 8000


def talk(seed: int, seconds: float, level: float = 3000) -> np.ndarray:
    """Syllables of noise of 60 to 300 ms with pauses of as much, in samples."""
    chance, parts, size = np.random.default_rng(seed), [], 0
    while size < seconds * RATE:
        parts += [
            chance.standard_normal(int(chance.uniform(480, 2400))) * level * chance.uniform(0.2, 1),
            np.zeros(int(chance.uniform(480, 2400))),
        ]
        size += len(parts[-1]) + len(parts[-2])
    return np.concatenate(parts)[: int(seconds * RATE)].clip(-32000, 32000).astype(np.int16)


def speech(*turns: tuple[float, float], seconds: float = 30.0) -> np.ndarray:
    """A side on which somebody talks in these turns (from, to, in seconds)."""
    side = np.zeros(int(seconds * RATE), np.int16)
    for number, (begin, end) in enumerate(turns):
        sound = talk(number + 11, end - begin)
        side[int(begin * RATE) : int(begin * RATE) + len(sound)] = sound
    return side


def told(side: np.ndarray) -> tuple[Edge, ...]:
    """What TALK_DETECT says of a side, by its own rule (func_talkdetect.c): frames of 20 ms, one after the other."""
    edges, quiet, heard = [], PAUSE, False
    for number, frame in enumerate(side[: len(side) // 160 * 160].reshape(-1, 160).astype(int)):
        quiet = quiet + 0.02 if np.abs(frame).mean() < LOUD else 0.0
        if heard != (quiet < PAUSE - 1e-6):
            heard = not heard
            edges.append(Edge(ANSWERED + number * 0.02, heard))
    return tuple(edges)


def prompts(*each: tuple[float, np.ndarray], slack: float = 0.0):
    return lambda: [Prompt(ANSWERED + at, slack, levels_of(sound.tobytes())) for at, sound in each]


def shifted(side: np.ndarray, seconds: float, since: float = 0.0) -> np.ndarray:
    """The side, from a moment on so much later."""
    at, by = int(since * RATE), round(seconds * RATE)
    late = np.concatenate([side[:at], np.zeros(max(0, by), np.int16), side[at + max(0, -by) :]])
    return np.concatenate([late, np.zeros(len(side), np.int16)])[: len(side)]


def scanned(left: np.ndarray, right: np.ndarray) -> Scan:
    scan = Scan()
    scan.add(np.stack([left, right], axis=1))
    return scan


GREETING, SURVEY = talk(1, 4.0), talk(2, 3.0)
CALLER = speech((5.0, 7.5), (9.0, 12.0), (14.0, 16.5), (18.5, 22.0))
LINE = speech()
LINE[: 4 * RATE] += GREETING
LINE[25 * RATE : 28 * RATE] += SURVEY
SAID = prompts((0.0, GREETING), (25.0, SURVEY))
EDGES = told(CALLER)


def measured(left=CALLER, right=LINE, edges=EDGES, said=SAID, pauses=()) -> float | None:
    wanted = Expected(pauses=pauses, known=Known(edges, said), answered_at=ANSWERED)
    return judge(scanned(left, right), "", len(left) / RATE, wanted).behind_s


@pytest.mark.parametrize("both", [0.0, 0.3, -0.12])
@pytest.mark.parametrize("by", [0.0, 0.04, 0.25, -0.2, 0.9])
def test_a_shift_of_the_caller_is_measured_to_20_ms_wherever_both_sides_stand(by, both):
    assert measured(shifted(CALLER, by + both), shifted(LINE, both)) == pytest.approx(by, abs=0.02)


@pytest.mark.parametrize("by", [0.25, -0.2])
def test_a_shift_of_the_line_too(by):
    assert measured(right=shifted(LINE, by)) == pytest.approx(-by, abs=0.02)


def test_it_is_found_through_a_codec_and_over_faint_noise():
    hiss = np.random.default_rng(3).standard_normal(len(CALLER)) * 60
    coded = ((shifted(CALLER, 0.15) * 0.7 + hiss) // 256 * 256).astype(np.int16)
    assert measured(coded, edges=told((CALLER * 0.7 + hiss).astype(np.int16))) == pytest.approx(0.15, abs=0.02)


def test_a_side_that_slips_in_the_middle_is_found():
    assert measured(shifted(CALLER, 0.4, since=13.0)) == pytest.approx(0.4, abs=0.02)


def test_sound_that_both_sides_lost_together_is_no_step():
    """As while the line waits for a key and neither side sends."""
    left, right = (shifted(side, -0.4, since=13.0) for side in (CALLER, LINE))
    assert measured(left, right) == pytest.approx(0, abs=0.02)


def test_where_a_prompt_may_have_begun_later_the_line_has_the_doubt():
    late = shifted(LINE, 0.05)
    assert measured(right=late) == pytest.approx(-0.05, abs=0.02)
    doubt = prompts((0.0, GREETING), (25.0, SURVEY), slack=0.1)
    assert measured(right=late, said=doubt) == pytest.approx(0, abs=0.01)


def test_one_word_is_enough():
    word = speech((6.0, 6.4))
    assert measured(shifted(word, 0.3), edges=told(word)) == pytest.approx(0.3, abs=0.02)


def test_one_edge_of_several_that_agrees_with_another_tells_nothing():
    """The recording does not show the second one where it was, but something 0.55 s before."""
    told = [EDGES[0]._replace(at=EDGES[0].at - 10), EDGES[1]._replace(at=EDGES[1].at + 0.55)]
    assert measured(CALLER, edges=told) is None


@pytest.mark.parametrize("both", [0.0, -0.12])
def test_who_spoke_before_the_recording_begins_may_have_begun_at_any_time_before(both):
    """Both sides may stand sooner than they happened; that the caller's stands later than it can would show."""
    early, line = speech((0.0, 3.0)), shifted(LINE, both)
    assert measured(early, line, edges=(Edge(ANSWERED - 0.05, True),)) == 0.0
    assert measured(shifted(early, 0.3), line, edges=(Edge(ANSWERED, True),)) == pytest.approx(0.3 - both, abs=0.03)


def test_the_edge_before_the_recording_is_no_later_one():
    said = speech((0.0, 0.2), (0.9, 4.0))
    assert measured(said, edges=(Edge(ANSWERED - 0.05, True),)) == 0.0


def test_an_end_alone_tells_nothing_for_a_phone_may_send_nothing_in_a_pause():
    """Asterisk counts the quiet it is sent: here half a second of it was not."""
    early = speech((0.0, 3.0))
    edges = (Edge(ANSWERED - 0.05, True), Edge(told(early)[1].at + 0.55, False))
    assert measured(early, edges=edges) == 0.0
    assert measured(speech((5.0, 7.5)), edges=(Edge(ANSWERED + 7.5 + PAUSE + 0.55, False),)) is None


def test_who_speaks_on_after_that_is_measured_by_what_comes_later():
    said = speech((0.0, 3.0), (5.0, 7.5))
    edges = (Edge(ANSWERED - 0.05, True), *told(said)[1:])
    assert measured(said, edges=edges) == pytest.approx(0.0, abs=0.02)
    assert measured(shifted(said, 0.4, 4.0), edges=edges) == pytest.approx(0.4, abs=0.02)


def test_a_phone_that_sends_nothing_in_pauses_is_measured_too():
    """Without its packets Asterisk does not tell that it has ceased to be heard."""
    assert measured(shifted(CALLER, 0.2), edges=EDGES[:1]) == pytest.approx(0.2, abs=0.02)


NOTHING = np.zeros(len(CALLER), np.int16)


@pytest.mark.parametrize(
    ("left", "right", "edges", "said"),
    [
        (NOTHING, LINE, (), SAID),
        (CALLER, LINE, (), SAID),
        (CALLER, NOTHING, EDGES, SAID),
        (CALLER, LINE, EDGES, tuple),
        (NOTHING, LINE, EDGES, SAID),
        (speech((2.0, 3.0), (5.0, 9.0), (13.0, 14.0), (17.5, 19.0)), speech((0.0, 20.0)), EDGES, SAID),
    ],
    ids=["silent caller", "no edges", "silent line", "no prompts", "caller not recorded", "other sound"],
)
def test_nothing_is_said_where_there_is_too_little_to_go_by(left, right, edges, said):
    assert measured(left, right, edges, said) is None


def test_nothing_is_said_of_edges_that_fit_two_places():
    twice = speech((5.0, 5.3), (6.1, 6.4))
    assert measured(twice, edges=(Edge(ANSWERED + 5.55, True),)) is None


def test_prompts_that_cannot_be_told_from_what_was_said_around_them_do_not_count():
    beat = np.tile(np.concatenate([np.full(800, 3000), np.zeros(800)]), 20).astype(np.int16)
    line = NOTHING.copy()
    line[: len(beat)] = beat
    assert measured(right=line, said=prompts((0.0, beat[: 2 * RATE]))) is None
    assert measured(said=prompts((0.0, GREETING[: RATE // 10]), (0.0, np.full(RATE, 900, np.int16)))) is None


def test_what_is_like_a_short_prompt_is_not_it():
    """As where a greeting was broken off at once, and somebody speaks after it in the same beat."""
    chance = np.random.default_rng(5)

    def beat(*lengths: float) -> np.ndarray:
        parts = [chance.standard_normal(int(one * RATE)) * 3000 * (at % 2 == 0) for at, one in enumerate(lengths)]
        return np.concatenate(parts).astype(np.int16)

    line, like = NOTHING.copy(), beat(0.23, 0.08, 0.28, 0.08, 0.18)
    line[int(0.6 * RATE) : int(0.6 * RATE) + len(like)] = like
    assert measured(right=line, said=prompts((0.0, beat(0.2, 0.08, 0.3, 0.05, 0.2)))) is None


def test_what_is_masked_is_left_out():
    masked = CALLER.copy()
    masked[int(8.5 * RATE) : int(17.0 * RATE)] = 0
    assert measured(shifted(masked, 0.2), pauses=((8.5, 17.0),)) == pytest.approx(0.2, abs=0.02)
    ended, line = shifted(masked, 0.2)[: 17 * RATE], LINE[: 17 * RATE]
    assert measured(ended, line, pauses=((8.5, 17.0),)) == pytest.approx(0.2, abs=0.02)


@pytest.mark.parametrize("seconds", [0.0, 0.005, 0.2])
def test_a_recording_that_is_too_short_or_empty_is_no_error(seconds):
    size = int(seconds * RATE)
    assert measured(CALLER[:size], LINE[:size]) is None


def test_sides_out_of_step_are_a_fault():
    wanted = Expected(known=Known(EDGES, SAID), answered_at=ANSWERED)
    reports = [judge(scanned(shifted(CALLER, by), LINE), "", 30.0, wanted) for by in (0.06, 0.25)]
    assert [report.ok for report in reports] == [True, False]
    (fault,) = reports[1].faults
    assert re.fullmatch(r"the sides are out of step: the caller's is \+0\.2[456] s behind the line's", fault)
    assert FRAME == 80


def test_the_dialplan_has_the_rule_of_the_edges():
    dialplan = (HOME / "asterisk/conf/extensions.conf").read_text()
    assert re.findall(r"TALK_DETECT\(set\)=([\d,]+)", dialplan) == [f"{PAUSE * 1000:.0f}"], "LOUD is its default"
    assert LOUD == 256
    assert not (HOME / "asterisk/conf/dsp.conf").exists(), "it could set another"
