"""Sound files in other containers, by a real ffmpeg (the one that imageio-ffmpeg carries)."""

import contextlib
import subprocess
from pathlib import Path

import imageio_ffmpeg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.audio.foreign import NoFfmpeg, NotUnderstood, decoded
from ivr.audio.listen import ListenError, listen_file
from ivr.demo.voices import Voices

KINDS = {
    "mp3": ["-c:a", "libmp3lame"], "ogg": ["-c:a", "libvorbis"], "opus": ["-c:a", "libopus"], "flac": [],
    "m4a": ["-c:a", "aac"], "aiff": [], "au": [],
}  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """A claimant's words in every container, and a folder with an ffmpeg in it."""
    folder = tmp_path_factory.mktemp("foreign")
    (folder / "bin").mkdir()
    (folder / "bin/ffmpeg").symlink_to(imageio_ffmpeg.get_ffmpeg_exe())
    claim = f"{Voices(folder).claim}.wav"
    for kind, codec in KINDS.items():
        program = [folder / "bin/ffmpeg", "-v", "error", "-i", claim]
        subprocess.run([*program, "-ac", "2", "-ar", "48000", *codec, folder / f"said.{kind}"], check=True)
    return folder


@pytest.fixture
def ffmpeg(made, monkeypatch) -> Path:
    monkeypatch.setenv("PATH", str(made / "bin"))
    return made


@pytest.mark.parametrize("kind", KINDS)
def test_a_person_is_heard_in_any_container(ffmpeg, kind):
    told = listen_file(ffmpeg / f"said.{kind}")
    assert told["label"] == "clear"
    assert told["seconds"] == pytest.approx(len(decoded(ffmpeg / "said.aiff", 8000)) / 16000, abs=0.1)


def test_what_is_no_sound_is_told(ffmpeg, tmp_path):
    (tmp_path / "a.mp3").write_bytes(bytes(range(256)) * 20)
    with pytest.raises(ListenError, match=r"a\.mp3 is not a sound file that ffmpeg understands\."):
        listen_file(tmp_path / "a.mp3")


def test_without_ffmpeg_it_is_told_what_is_missing(made, monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(ListenError, match="without ffmpeg no other kind can be read"):
        listen_file(made / "said.mp3")
    with pytest.raises(NoFfmpeg):
        decoded(made / "said.mp3", 8000)


def test_a_file_can_have_no_address_opened(ffmpeg, tmp_path):
    (tmp_path / "list.m3u8").write_text("#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/x.mp3\n#EXT-X-ENDLIST\n")
    with pytest.raises(NotUnderstood):
        decoded(tmp_path / "list.m3u8", 8000)


@settings(max_examples=25, deadline=None)
@given(place=st.integers(0, 400), new=st.binary(max_size=8))
def test_any_spoiled_file_is_answered_or_refused(made, place, new):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", str(made / "bin"))
        content = (made / "said.ogg").read_bytes()
        file = made / "spoiled.ogg"
        file.write_bytes(content[:place] + new + content[place + len(new) :])
        with contextlib.suppress(ListenError):
            assert listen_file(file)["label"] in ("silent", "clear", "noisy")
