"""Recordings of calls: made of what MixMonitor writes, and every fault put in and found."""

import hashlib
import stat
import struct
import tracemalloc
import wave
from pathlib import Path

import numpy as np
import pytest

from ivr.audio.examine import RATE, Expected
from ivr.audio.recording import RecordingError, finish
from tests.waves import mixmonitor

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
    """Prompts of 1.5 s, heard from 0.58 s and from 7.08 s."""
    prompt = voice(1.5, 700)
    return np.concatenate([silence(0.58), prompt, silence(5), prompt, silence(1.42)])


@pytest.fixture
def call(tmp_path):
    """A sound recording of ten seconds, as MixMonitor leaves it."""
    return mixmonitor(tmp_path / "call.wav", caller(), line())


def test_it_becomes_a_stereo_file_sample_by_sample_caller_left(call):
    finish(call)
    assert np.array_equal(read(call), np.stack([caller(), line()], axis=1))


def test_it_is_set_right_in_place(call):
    before = call.stat()
    finish(call)
    after = call.stat()
    assert (after.st_ino, after.st_size) == (before.st_ino, before.st_size)


@pytest.mark.parametrize("seconds", [0.005, 3.0, 10.0, 23.4])
def test_to_finish_twice_does_no_harm(tmp_path, seconds):
    path = mixmonitor(tmp_path / "call.wav", voice(seconds, level=0.99), voice(seconds, 500))
    first = finish(path)
    content = path.read_bytes()
    again = finish(path)
    assert path.read_bytes() == content
    assert first.sha256 == again.sha256 == hashlib.sha256(content).hexdigest()
    assert first.report(seconds, SPOKE) == again.report(seconds, SPOKE)


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
    path, bare = (
        mixmonitor(tmp_path / name, *(without(side, *waits) for side in sides)) for name in ("a.wav", "b.wav")
    )
    made = finish(path, 10 + shift, waits)
    assert np.array_equal(read(path), np.stack(sides, axis=1))
    assert made.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert made.report(10 + shift, SPOKE).ok
    assert finish(bare).report(10 + shift, SPOKE).faults, "without them it is too short"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.wav", "b.wav"]


def test_a_phone_that_sent_half_of_its_waits_keeps_its_time(tmp_path):
    half = without(line(), (2.0, 2.75), (6.0, 7.0))
    made = finish(mixmonitor(tmp_path / "call.wav", half, half), 10, WAITS)
    assert made.report(10, SPOKE).seconds == pytest.approx(10, abs=0.02)


@pytest.mark.parametrize(("answered", "waits"), [(10.1, WAITS), (9.0, WAITS), (14.0, ())])
def test_nothing_is_filled_where_nothing_was_left_out(call, answered, waits):
    finish(call, answered, waits)
    assert np.array_equal(read(call), np.stack([caller(), line()], axis=1))


def test_more_than_the_waits_is_never_filled(tmp_path):
    short = without(line(), (1.0, 6.0))
    made = finish(mixmonitor(tmp_path / "call.wav", short, short), 10, WAITS)
    assert "the recording is 8.5 s long, the call was 10.0 s" in made.report(10, SPOKE).faults


def test_one_whose_header_was_never_finished_is_kept_whole(call):
    content = bytearray(call.read_bytes())
    content[4:8] = content[40:44] = bytes(4)
    call.write_bytes(content + b"\x01\x02\x03")
    finish(call)
    assert np.array_equal(read(call), np.stack([caller(), line()], axis=1))


@pytest.mark.parametrize("content", [b"", b"RIFF", b"not a sound " * 9, b"ID3\x04" + bytes(4000)])
def test_what_is_no_recording_is_an_error_and_stays_as_it_is(tmp_path, content):
    path = tmp_path / "call.wav"
    path.write_bytes(content)
    with pytest.raises(RecordingError, match="no recording of MixMonitor's"):
        finish(path)
    assert path.read_bytes() == content


@pytest.mark.parametrize("rate", [16000, 44100])
def test_another_rate_is_no_recording(tmp_path, rate):
    with pytest.raises(RecordingError):
        finish(mixmonitor(tmp_path / "call.wav", caller(), line(), rate=rate))


def test_a_file_that_is_not_there_is_an_error_of_the_system(tmp_path):
    with pytest.raises(FileNotFoundError):
        finish(tmp_path / "call.wav")


def test_silence_that_cannot_be_put_in_leaves_what_there_was(tmp_path):
    path = mixmonitor(tmp_path / "call.wav", without(caller(), *WAITS), without(line(), *WAITS))
    content = path.read_bytes()
    (tmp_path / ".new-call.wav").mkdir()
    with pytest.raises(OSError, match="new-call"):
        finish(path, 10, WAITS)
    assert path.read_bytes() == content


def test_no_damage_of_the_header_is_any_other_exception(call):
    sound = call.read_bytes()
    for place in range(44):
        for value in (0, 1, 127, 255):
            call.write_bytes(sound[:place] + bytes([value]) + sound[place + 1 :])
            try:
                finish(call)
            except RecordingError:
                continue
            assert np.array_equal(read(call), np.stack([caller(), line()], axis=1))


def test_strangers_cannot_read_a_recording(call):
    call.chmod(0o644)
    finish(call)
    assert stat.S_IMODE(call.stat().st_mode) == 0o640


def test_strangers_cannot_read_one_that_was_filled(tmp_path):
    path = mixmonitor(tmp_path / "call.wav", without(caller(), *WAITS), without(line(), *WAITS))
    finish(path, 10, WAITS)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_sound_recording_is_well(call):
    report = finish(call).report(10, SPOKE)
    assert report.ok
    assert report.faults == []
    assert report.seconds == 10
    assert report.sha256 == hashlib.sha256(call.read_bytes()).hexdigest()
    assert report.left_active_s == pytest.approx(2, abs=0.03)
    assert report.right_active_s == pytest.approx(3, abs=0.03)
    assert report.clipped_share == 0


@pytest.mark.parametrize(("answered", "well"), [(9.1, True), (10.9, True), (8.9, False), (11.2, False)])
def test_its_length_must_be_the_calls(call, answered, well):
    report = finish(call).report(answered, SPOKE)
    assert report.ok == well
    assert well or report.faults == [f"the recording is 10.0 s long, the call was {answered:.1f} s"]


@pytest.mark.parametrize(("side", "name"), [(0, "caller's"), (1, "line's")])
def test_a_side_that_spoke_must_be_heard(tmp_path, side, name):
    sides = [caller(), line()]
    sides[side] = np.random.default_rng(1).integers(-40, 40, len(sides[side]), np.int16)  # the line's own hiss
    made = finish(mixmonitor(tmp_path / "call.wav", *sides))
    assert made.report(10, SPOKE).faults == [f"the {name} side is silent though it spoke"]
    assert made.report(10, Expected(side == 1, side == 0)).ok


@pytest.mark.parametrize(("seconds", "well"), [(0.09, True), (0.3, False)])
def test_clipping_beyond_a_hundredth_is_told(tmp_path, seconds, well):
    left = caller()
    left[RATE : RATE + round(seconds * RATE)] = 32124  # the loudest that mu-law knows
    report = finish(mixmonitor(tmp_path / "call.wav", left, line())).report(10, SPOKE)
    assert report.clipped_share == pytest.approx(seconds / 10, rel=0.01)
    assert report.ok == well
    assert well or report.faults == [f"the sound is clipped: {seconds / 10:.1%} of the samples are at full scale"]


def test_what_lies_in_a_pause_is_left_out(tmp_path):
    left, right = caller(), line()
    left[2 * RATE : 3 * RATE] = 32767
    right[:] = 0
    right[9 * RATE : 9 * RATE + 800] = 9000  # 0.1 s
    made = finish(mixmonitor(tmp_path / "call.wav", left, right))
    assert len(made.report(10, SPOKE).faults) == 2
    assert made.report(10, Expected(spoke_left=True, pauses=((2, 3), (6, 9)))).ok
    only = made.report(10, Expected(spoke_left=True, pauses=((1.5, 6.5),)))
    assert only.faults == ["the caller's side is silent though it spoke"]


def test_a_recording_of_nothing_but_a_pause_is_borne(call):
    report = finish(call).report(10, Expected(pauses=((0, 99),)))
    assert (report.ok, report.clipped_share, report.left_active_s) == (True, 0, 0)


def test_an_empty_recording_is_told(tmp_path):
    report = finish(mixmonitor(tmp_path / "call.wav", silence(0), silence(0))).report(2.0, Expected())
    assert report.faults == ["the recording is empty"]


def test_a_call_of_a_moment_may_have_an_empty_recording(tmp_path):
    assert finish(mixmonitor(tmp_path / "call.wav", silence(0), silence(0))).report(0.2, Expected()).ok


def test_an_hour_is_finished_in_little_memory(tmp_path):
    minute = np.stack([np.concatenate([caller()] * 6)] * 2, axis=1).tobytes()
    path = mixmonitor(tmp_path / "call.wav", silence(0), silence(0))
    with path.open("ab") as file:
        for _ in range(60):
            file.write(minute)
    tracemalloc.start()
    report = finish(path).report(3600, SPOKE)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert report.ok
    assert report.left_active_s == pytest.approx(720, abs=1)
    assert most < 30e6
    assert struct.unpack("<I", path.read_bytes()[40:44]) == (3600 * 4 * RATE,)
