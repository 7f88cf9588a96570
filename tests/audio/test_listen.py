"""Files of every kind: a right answer or one clear sentence, never another exception."""

import contextlib
import json
import shutil
import struct
import wave

import numpy as np
import pytest
import signals as s

from ivr.audio.hearing.resample import Resampler
from ivr.audio.listen import ListenError, listen_file

voices = pytest.mark.skipif(s.library_missing(), reason="the voices are not unpacked: python -m ivr.setup")


def write(path, x, rate=8000, width=2, channels=1):
    """Writes a WAV of 1, 2, 3 or 4 bytes a sample; `x` is (samples,) or (samples, channels)."""
    flat = np.clip(np.asarray(x).reshape(-1), -1, 0.9999)
    if width == 1:
        data = (flat * 128 + 128).astype(np.uint8).tobytes()
    else:
        wide = (flat * 2.0**31).astype("<i4")
        data = wide.view(np.uint8).reshape(-1, 4)[:, 4 - width :].tobytes()
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(data)
    return path


def talking(seconds=3, level=-22):
    return s.at_active(s.talk("menardi", seconds, s.rng(4), lead=(0.3, 0.5)), level)


def at_rate(x, rate):
    """The signal at another rate, through its spectrum."""
    count = round(len(x) * rate / 8000)
    return np.fft.irfft(np.fft.rfft(x), count) * count / len(x)


@voices
@pytest.mark.parametrize("width", [1, 2, 3, 4])
def test_every_width_is_read(tmp_path, width):
    told = listen_file(write(tmp_path / "a.wav", talking(level=-18), width=width))
    assert told["label"] == "clear"
    assert told["seconds"] == 3.0
    assert set(told) == {"file", "label", "decided_at", "confidence", "evidence", "seconds"}
    json.dumps(told)


@voices
@pytest.mark.parametrize("rate", [6000, 11025, 16000, 44100, 48000])
def test_every_rate_is_read(tmp_path, rate):
    assert listen_file(write(tmp_path / "a.wav", at_rate(talking(), rate), rate))["label"] == "clear"


@voices
def test_of_two_channels_the_louder_is_heard(tmp_path):
    x = talking()
    told = listen_file(write(tmp_path / "a.wav", np.column_stack([0 * x, x]), channels=2))
    assert told["label"] == "clear"


@voices
def test_the_far_end_keeps_our_own_echo_from_being_a_person(tmp_path):
    far = s.at_active(s.talk("allison", 4, s.rng(1), lead=(0, 0.1)), -20)
    near = write(tmp_path / "near.wav", s.echo(far, 0.12, -25))
    assert listen_file(near, write(tmp_path / "far.wav", far))["label"] == "silent"


@voices
def test_samples_of_alaw_and_of_a_streamed_header_are_read(tmp_path):
    x = talking()
    form = struct.pack("<HHIIHH", 1, 1, 8000, 16000, 2, 16)
    streamed = b"RIFF\xff\xff\xff\xffWAVEfmt " + struct.pack("<I", 16) + form + b"data\xff\xff\xff\xff" + s.pcm(x)
    (tmp_path / "a.wav").write_bytes(streamed)
    assert listen_file(tmp_path / "a.wav")["label"] == "clear"
    form = struct.pack("<HHIIHH", 6, 1, 8000, 8000, 1, 8)
    quiet = b"\xd5" * 8000
    (tmp_path / "b.wav").write_bytes(b"RIFF\0\0\0\0WAVEfmt " + struct.pack("<I", 16) + form + b"data\0\0\0\0" + quiet)
    assert listen_file(tmp_path / "b.wav")["label"] == "silent"


def test_resampling_keeps_the_band_and_removes_what_lies_above():
    t = np.arange(44100) / 44100
    for hertz, kept in ((1000, True), (3300, True), (5000, False), (9000, False)):
        resampler = Resampler(44100)
        wave_ = np.sin(2 * np.pi * hertz * t)
        out = np.concatenate([resampler.hear(wave_[a : a + 777]) for a in range(0, 44100, 777)] + [resampler.finish()])
        assert abs(len(out) - 8000) <= 2
        level = s.dbfs(out[500:7500])
        assert abs(level + 3.01) < 0.2 if kept else level < -60


def test_the_size_of_the_blocks_does_not_matter_to_the_resampler():
    x = s.white(0.5, s.rng(1))
    whole, parts = Resampler(11025), Resampler(11025)
    once = np.concatenate([whole.hear(x), whole.finish()])
    often = np.concatenate([*(parts.hear(x[a : a + 13]) for a in range(0, len(x), 13)), parts.finish()])
    np.testing.assert_allclose(once, often, atol=1e-12)


def test_an_hour_of_silence_is_silent(tmp_path):
    with wave.open(str(tmp_path / "a.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8000)
        for _ in range(60):
            file.writeframes(b"\x80" * 480_000)
    told = listen_file(tmp_path / "a.wav")
    assert told["label"] == "silent"
    assert told["seconds"] == told["decided_at"] == 3600


HEAD = b"RIFF\x24\0\0\0WAVE"
FORM = b"fmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 16000, 2, 16)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"RIFF", "is not a WAV file"),
        (HEAD, "is damaged"),
        (HEAD + FORM, "is damaged"),
        (HEAD + b"data\x04\0\0\0abcd", "is damaged"),
        (HEAD + b"fmt \x04\0\0\0abcd", "is damaged"),
        (HEAD + FORM + b"data\0\0\0\0", "is empty"),
        (HEAD + FORM.replace(b"\x40\x1f\0\0", b"\0\0\0\0") + b"data\x04\0\0\0abcd", "is damaged"),
        (HEAD + b"fmt " + struct.pack("<IHHIIHH", 16, 85, 1, 8000, 16000, 2, 16) + b"data", "not understood"),
        (HEAD + b"fmt " + struct.pack("<IHHIIHH", 16, 1, 0, 8000, 16000, 0, 16) + b"data", "is damaged"),
    ],
)
def test_a_damaged_file_gets_one_sentence(tmp_path, data, words):
    (tmp_path / "a.wav").write_bytes(data)
    with pytest.raises(ListenError, match=words) as caught:
        listen_file(tmp_path / "a.wav")
    assert str(caught.value).startswith(str(tmp_path / "a.wav"))
    assert str(caught.value).endswith(".")


def test_missing_folders_and_text_get_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    (tmp_path / "a.txt").write_text("this is no sound")
    for path in (tmp_path, tmp_path / "none.wav", tmp_path / "a.txt"):
        with pytest.raises(ListenError, match=r"^.* (cannot be read|is not a WAV file).*\.$"):
            listen_file(path)


def test_any_spoiled_header_is_answered_or_refused(tmp_path):
    chance = s.rng(8)
    good = HEAD + FORM + b"data" + struct.pack("<I", 3200) + s.pcm(s.at_level(s.white(0.2, chance), -50))
    for _ in range(300):
        bad = bytearray(good[: int(chance.integers(1, len(good)))] if chance.random() < 0.3 else good)
        for _ in range(int(chance.integers(1, 6))):
            bad[int(chance.integers(0, min(44, len(bad))))] = int(chance.integers(0, 256))
        (tmp_path / "a.wav").write_bytes(bad)
        with contextlib.suppress(ListenError):
            assert listen_file(tmp_path / "a.wav")["label"] in ("silent", "clear", "noisy")
