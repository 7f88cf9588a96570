"""Prompts as samples, in the line's own language and in others."""

import wave
from pathlib import Path

import pytest

from ivr.pbx.sounds import Sounds


def written(path: Path, sample: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(sample)


def test_the_caller_s_language_counts_else_the_line_s_own(tmp_path):
    written(tmp_path / "zh/closing.wav", b"zh")
    written(tmp_path / "en/closing.wav", b"en")
    sounds = Sounds(tmp_path, "zh")
    assert sounds.pcm(("closing",)) == b"zh"
    assert sounds.pcm(("closing", "closing"), "en") == b"enen"
    assert sounds.speaks("en")
    assert not sounds.speaks("yue")
    with pytest.raises(FileNotFoundError):
        sounds.pcm(("closing",), "yue")
    (tmp_path / "zh/broken.wav").write_bytes(b"none")
    with pytest.raises(wave.Error):
        sounds.pcm(("broken",))
