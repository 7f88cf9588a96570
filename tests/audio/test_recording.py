"""Recordings of calls: joined from real WAV legs, and every fault put in and found."""

import hashlib
import stat
import struct
import tracemalloc
import wave
from pathlib import Path

import numpy as np
import pytest

from ivr.audio.recording import RATE, Expected, RecordingError, examine, finish
from tests.waves import write

SPOKE = Expected(spoke_left=True, spoke_right=True)


def silence(seconds: float) -> np.ndarray:
    return np.zeros(round(RATE * seconds), np.int16)


def voice(seconds: float, pitch: float = 300, level: float = 0.2) -> np.ndarray:
    times = np.arange(round(RATE * seconds)) / RATE
    return (32767 * level * np.sin(2 * np.pi * pitch * times)).astype(np.int16)


def read(path: Path) -> np.ndarray:
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (2, 2, RATE)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)


def caller() -> np.ndarray:
    return np.concatenate([silence(4), voice(2), silence(4)])


def line() -> np.ndarray:
    """Prompts of 1.5 s, heard from 0.58 s and from 7.08 s: their files began at 0.5 s and 7.0 s."""
    prompt = voice(1.5, 700)
    return np.concatenate([silence(0.58), prompt, silence(5), prompt, silence(1.42)])


MARKS = (0.5, 7.0)


@pytest.fixture
def call(tmp_path):
    """A sound recording of ten seconds."""
    return write(tmp_path / "call.wav", caller(), line())


def test_the_legs_are_joined_sample_by_sample_caller_left(tmp_path):
    left, right = write(tmp_path / "l.wav", caller()), write(tmp_path / "r.wav", line())
    assert finish(left, right, tmp_path / "calls/one.wav").legs == (10, 10)
    joined = read(tmp_path / "calls/one.wav")
    assert np.array_equal(joined[:, 0], caller())
    assert np.array_equal(joined[:, 1], line())


@pytest.mark.parametrize(("left", "right"), [(10.0, 12.5), (25.3, 10.1), (0.0, 3.0)])
def test_the_shorter_leg_is_filled_at_its_end(tmp_path, left, right):
    legs = [write(tmp_path / "l.wav", voice(left)), write(tmp_path / "r.wav", voice(right, 500))]
    assert finish(*legs, tmp_path / "out.wav").legs == (left, right)
    joined = read(tmp_path / "out.wav")
    assert len(joined) == round(RATE * max(left, right))
    assert np.array_equal(joined[: round(RATE * left), 0], voice(left))
    assert not joined[round(RATE * left) :, 0].any()
    assert np.array_equal(joined[: round(RATE * right), 1], voice(right, 500))


WAITS = ((2.0, 3.5), (6.0, 8.0))
"""Seconds from the answer in which the line waited for keys."""


def without(sound: np.ndarray, *holes: tuple[float, float]) -> np.ndarray:
    """What MixMonitor writes of it where neither side sends in the holes."""
    kept = np.ones(len(sound), bool)
    for start, end in holes:
        kept[round(start * RATE) : round(end * RATE)] = False
    return sound[kept]


@pytest.mark.parametrize("blocks", [0, 1])
def test_waits_in_which_nobody_sent_are_put_back_where_they_belong(tmp_path, blocks):
    lead, shift = silence(blocks * 10), blocks * 10.0  # a wait over the edge of a block of 10 s, too
    waits = tuple((start + shift - 1, end + shift - 1) for start, end in WAITS)
    sides = [np.concatenate([lead, voice(10, pitch)]) for pitch in (300, 500)]
    for side in sides:
        for start, end in waits:
            side[round(start * RATE) : round(end * RATE)] = 0
    legs = [write(tmp_path / f"{pitch}.wav", without(side, *waits)) for pitch, side in enumerate(sides)]
    joined = finish(*legs, tmp_path / "out.wav", 10 + shift, waits)
    assert np.array_equal(read(tmp_path / "out.wav"), np.stack(sides, axis=1))
    assert joined.report(10 + shift, SPOKE).ok
    assert finish(*legs, tmp_path / "bare.wav").report(10 + shift, SPOKE).faults, "without them it is too short"


def test_a_phone_that_sent_half_of_its_waits_keeps_its_time(tmp_path):
    half = without(line(), (2.0, 2.75), (6.0, 7.0))
    joined = finish(write(tmp_path / "l.wav", half), write(tmp_path / "r.wav", half), tmp_path / "out.wav", 10, WAITS)
    assert joined.report(10, SPOKE).seconds == pytest.approx(10, abs=0.02)


@pytest.mark.parametrize(("answered", "waits"), [(10.1, WAITS), (9.0, WAITS), (14.0, ())])
def test_nothing_is_filled_where_nothing_was_left_out(tmp_path, answered, waits):
    legs = write(tmp_path / "l.wav", caller()), write(tmp_path / "r.wav", line())
    finish(*legs, tmp_path / "out.wav", answered, waits)
    assert np.array_equal(read(tmp_path / "out.wav"), np.stack([caller(), line()], axis=1))


def test_more_than_the_waits_is_never_filled(tmp_path):
    short = without(line(), (1.0, 6.0))
    joined = finish(write(tmp_path / "l.wav", short), write(tmp_path / "r.wav", short), tmp_path / "o.wav", 10, WAITS)
    assert "the recording is 8.5 s long, the call was 10.0 s" in joined.report(10, SPOKE).faults


def test_a_leg_whose_header_was_never_finished_is_kept_whole(tmp_path):
    left, right = write(tmp_path / "l.wav", caller()), write(tmp_path / "r.wav", line())
    content = bytearray(left.read_bytes())
    content[4:8] = content[40:44] = bytes(4)
    left.write_bytes(content + b"\x01")
    assert finish(left, right, tmp_path / "out.wav").legs == (10, 10)
    assert np.array_equal(read(tmp_path / "out.wav")[:, 0], caller())


@pytest.mark.parametrize("content", [None, b"", b"RIFF", b"not a sound " * 9])
def test_one_lost_leg_does_not_lose_the_other(tmp_path, content):
    right = write(tmp_path / "r.wav", line())
    if content is not None:
        (tmp_path / "l.wav").write_bytes(content)
    joined = finish(tmp_path / "l.wav", right, tmp_path / "out.wav")
    lengths = joined.legs
    assert lengths == (0, 10)
    assert np.array_equal(read(tmp_path / "out.wav")[:, 1], line())
    report = examine(tmp_path / "out.wav", 10, Expected(spoke_left=True, spoke_right=True, legs=lengths))
    assert report.faults == [
        "the legs are out of step: the caller's is 0.00 s long, the line's 10.00 s",
        "the caller's side is silent though it spoke",
    ]
    assert joined.report(10, SPOKE) == report, "what was seen on the way is what the file holds"


def test_two_lost_legs_are_an_error_and_leave_no_file(tmp_path):
    write(tmp_path / "stereo.wav", caller(), line())
    with pytest.raises(RecordingError, match="neither leg can be read"):
        finish(tmp_path / "stereo.wav", tmp_path / "none.wav", tmp_path / "calls/out.wav")
    assert [path.name for path in tmp_path.iterdir()] == ["stereo.wav"]


def test_a_join_that_fails_leaves_nothing_half_written(tmp_path):
    left, right = write(tmp_path / "l.wav", caller()), write(tmp_path / "r.wav", line())
    (tmp_path / "out.wav").mkdir()
    with pytest.raises(OSError, match=r"out\.wav"):
        finish(left, right, tmp_path / "out.wav")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["l.wav", "out.wav", "r.wav"]


@pytest.mark.parametrize("seconds", [0.005, 3.0, 10.0, 23.4])
def test_the_report_on_the_way_is_that_of_the_file(tmp_path, seconds):
    left, right = voice(seconds, level=0.99), voice(seconds, 500)
    joined = finish(write(tmp_path / "l.wav", left), write(tmp_path / "r.wav", right), tmp_path / "out.wav")
    assert joined.report(seconds, SPOKE) == examine(
        tmp_path / "out.wav", seconds, Expected(spoke_left=True, spoke_right=True, legs=joined.legs)
    )


def test_strangers_cannot_read_a_recording(tmp_path):
    finish(write(tmp_path / "l.wav", caller()), write(tmp_path / "r.wav", line()), tmp_path / "out.wav")
    assert stat.S_IMODE((tmp_path / "out.wav").stat().st_mode) == 0o640


def test_a_sound_recording_is_well(call):
    report = examine(call, 10.0, Expected(True, True, MARKS, legs=(10, 10)))
    assert report.ok
    assert report.faults == []
    assert report.seconds == 10
    assert report.sha256 == hashlib.sha256(call.read_bytes()).hexdigest()
    assert report.left_active_s == pytest.approx(2, abs=0.03)
    assert report.right_active_s == pytest.approx(3, abs=0.03)
    assert report.clipped_share == 0
    assert report.offset_ms == pytest.approx(0, abs=10)


@pytest.mark.parametrize(("answered", "well"), [(9.1, True), (10.9, True), (8.9, False), (11.2, False)])
def test_its_length_must_be_the_calls(call, answered, well):
    report = examine(call, answered, SPOKE)
    assert report.ok == well
    assert well or report.faults == [f"the recording is 10.0 s long, the call was {answered:.1f} s"]


@pytest.mark.parametrize(("legs", "well"), [((10, 9.92), True), ((9.85, 10), False), ((10, 9.0), False)])
def test_the_legs_must_be_of_one_length(call, legs, well):
    report = examine(call, 10, Expected(True, True, legs=legs))
    assert report.ok == well
    assert well or "the legs are out of step" in report.faults[0]


@pytest.mark.parametrize("shift", [-0.4, -0.2, 0.15, 0.3, 0.8])
def test_a_side_out_of_step_is_found_by_its_prompts(tmp_path, shift):
    moved = np.roll(line(), round(shift * RATE))
    report = examine(write(tmp_path / "call.wav", caller(), moved), 10, Expected(True, True, MARKS))
    assert report.offset_ms == pytest.approx(shift * 1000, abs=15)
    assert len(report.faults) == 1
    assert "out of step" in report.faults[0]


@pytest.mark.parametrize("shift", [-0.08, 0.08])
def test_small_shifts_are_borne(tmp_path, shift):
    moved = np.roll(line(), round(shift * RATE))
    report = examine(write(tmp_path / "call.wav", caller(), moved), 10, Expected(True, True, MARKS))
    assert report.ok
    assert report.offset_ms == pytest.approx(shift * 1000, abs=15)


def test_a_gap_in_the_middle_puts_the_second_prompt_out_of_step(tmp_path):
    cut = np.concatenate([line()[: 3 * RATE], line()[3 * RATE + 4000 :], silence(0.5)])
    report = examine(write(tmp_path / "call.wav", caller(), cut), 10, Expected(True, True, MARKS))
    assert report.offset_ms == pytest.approx(-500, abs=15)
    assert not report.ok


def test_a_prompt_that_is_not_there_is_told(tmp_path):
    right = line()
    right[5 * RATE :] = 0
    report = examine(write(tmp_path / "call.wav", caller(), right), 10, Expected(True, True, MARKS))
    assert report.faults == ["the prompt begun at 7.0 s is not heard in the recording"]


def test_without_marks_nothing_is_said_of_the_step(call):
    assert examine(call, 10, SPOKE).offset_ms is None


def test_a_mark_in_the_midst_of_sound_says_nothing(tmp_path):
    report = examine(write(tmp_path / "call.wav", caller(), voice(10)), 10, Expected(True, True, (5.0,)))
    assert report.ok
    assert report.offset_ms is None


@pytest.mark.parametrize(("side", "name"), [(0, "caller's"), (1, "line's")])
def test_a_side_that_spoke_must_be_heard(tmp_path, side, name):
    sides = [caller(), line()]
    sides[side] = np.random.default_rng(1).integers(-40, 40, len(sides[side]), np.int16)  # the line's own hiss
    path = write(tmp_path / "call.wav", *sides)
    assert examine(path, 10, SPOKE).faults == [f"the {name} side is silent though it spoke"]
    assert examine(path, 10, Expected(side == 1, side == 0)).ok


@pytest.mark.parametrize(("seconds", "well"), [(0.09, True), (0.3, False)])
def test_clipping_beyond_a_hundredth_is_told(tmp_path, seconds, well):
    left = caller()
    left[RATE : RATE + round(seconds * RATE)] = 32124  # the loudest that mu-law knows
    report = examine(write(tmp_path / "call.wav", left, line()), 10, SPOKE)
    assert report.clipped_share == pytest.approx(seconds / 10, rel=0.01)
    assert report.ok == well
    assert well or report.faults == [f"the sound is clipped: {seconds / 10:.1%} of the samples are at full scale"]


def test_what_lies_in_a_pause_is_left_out(tmp_path):
    left, right = caller(), line()
    left[2 * RATE : 3 * RATE] = 32767
    right[6 * RATE : 9 * RATE] = 0
    path = write(tmp_path / "call.wav", left, right)
    assert len(examine(path, 10, Expected(True, True, MARKS)).faults) == 2
    report = examine(path, 10, Expected(True, True, MARKS, pauses=((2, 3), (6, 9))))
    assert report.ok
    assert report.left_active_s == pytest.approx(2, abs=0.03)
    only = examine(path, 10, Expected(spoke_left=True, pauses=((1.5, 6.5),)))
    assert only.faults == ["the caller's side is silent though it spoke"]


def test_a_recording_of_nothing_but_a_pause_is_borne(call):
    report = examine(call, 10, Expected(pauses=((0, 99),)))
    assert (report.ok, report.clipped_share, report.left_active_s) == (True, 0, 0)


def test_an_empty_recording_is_told(tmp_path):
    report = examine(write(tmp_path / "call.wav", silence(0), silence(0)), 2.0)
    assert report.faults == ["the recording is empty"]


def test_a_call_of_a_moment_may_have_an_empty_recording(tmp_path):
    assert examine(write(tmp_path / "call.wav", silence(0), silence(0)), 0.2).ok


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "call.wav is missing"),
        (b"", "cannot be read"),
        (b"RIFF\0\0", "cannot be read"),
        (b"ID3\x04" + bytes(4000), "cannot be read"),
    ],
)
def test_a_file_that_is_no_wav_is_a_fault(tmp_path, content, words):
    if content is not None:
        (tmp_path / "call.wav").write_bytes(content)
    report = examine(tmp_path / "call.wav", 10)
    assert not report.ok
    assert words in report.faults[0]


def test_a_folder_is_a_fault(tmp_path):
    assert "cannot be read" in examine(tmp_path, 10).faults[0]


def test_one_channel_or_another_rate_is_a_fault(tmp_path):
    mono = examine(write(tmp_path / "m.wav", line()), 10).faults
    assert mono == ["the recording m.wav cannot be read: it has 1 channels, 16 bits, 8000 Hz instead of two channels, "
                    "16 bits, 8000 Hz"]  # fmt: skip
    assert "16000 Hz instead" in examine(write(tmp_path / "w.wav", line(), line(), rate=16000), 10).faults[0]


def test_a_file_cut_short_is_a_fault(call):
    call.write_bytes(call.read_bytes()[: -4 * RATE])
    assert "the file is cut short: 1.0 s that it promises are missing" in examine(call, 9.0, SPOKE).faults


def test_a_file_that_was_not_closed_is_a_fault(call):
    call.write_bytes(call.read_bytes() + bytes(4 * RATE))
    assert examine(call, 10, SPOKE).faults == ["the file was not closed: its header does not agree with its size"]


def test_no_damage_of_the_header_is_an_exception(call):
    sound = call.read_bytes()
    for place in range(44):
        for value in (0, 1, 127, 255):
            call.write_bytes(sound[:place] + bytes([value]) + sound[place + 1 :])
            report = examine(call, 10, Expected(True, True, MARKS))
            assert report.ok == (not report.faults)
    call.write_bytes(sound[:40] + struct.pack("<I", 0xFFFFFFFF) + sound[44:])
    assert not examine(call, 10).ok


def test_an_hour_is_joined_and_examined_in_little_memory(tmp_path):
    minute = np.concatenate([caller()] * 6)
    for name in ("l.wav", "r.wav"):
        with wave.open(str(tmp_path / name), "wb") as file:
            file.setparams((1, 2, RATE, 0, "NONE", ""))
            for _ in range(60):
                file.writeframes(minute.tobytes())
    tracemalloc.start()
    joined = finish(tmp_path / "l.wav", tmp_path / "r.wav", tmp_path / "out.wav")
    report = examine(tmp_path / "out.wav", 3600, Expected(True, True, legs=joined.legs))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert report.ok
    assert report.left_active_s == pytest.approx(720, abs=1)
    assert most < 30e6
