"""`ivr notice`: on with audio built at once, off, and the list."""

import json
import wave
from datetime import datetime
from pathlib import Path

import pytest

from ivr.cli import Sorry, _when
from ivr.noticeaudio import place
from tests.waves import write_silence

NOW = datetime(2026, 3, 1, 14, 30)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("18:00", "2026-03-01 18:00"), ("9:05", "2026-03-02 09:05"), ("2h", "2026-03-01 16:30"),
        ("3d", "2026-03-04 14:30"), ("2026-03-05 08:00", "2026-03-05 08:00"),
    ],
)  # fmt: skip
def test_moments_to_come(text, moment):
    assert f"{datetime.fromtimestamp(_when.ahead(text, NOW)):%Y-%m-%d %H:%M}" == moment


@pytest.mark.parametrize("text", ["25:00", "soon", "", "9d9"])
def test_what_is_no_moment(text):
    with pytest.raises(Sorry, match="is no moment: write 18:00"):
        _when.ahead(text, NOW)


def test_on_list_and_off(ivr, settings):
    ran = ivr("notice", "on", "受台风影响,查勘可能延迟。", "--until", "2h", "--author", "李")
    assert ran.code == 0, ran.err
    assert "notice 1 is on, " in ran.out
    for language in ("zh", "en"):
        for kind, rate in (("wav", 8000), ("wav16", 16000)):
            with wave.open(str(settings.data / f"sounds/{language}/notice/1.{kind}")) as file:
                assert file.getframerate() == rate
                assert file.getnframes() > rate
    assert "受台风影响" in ivr("notice", "list").out
    assert "1 is on, until " in ivr("doctor").out
    assert ivr("notice", "off", "1").out == "notice 1 has ended\n"
    assert "there is no notice `1` to end" in ivr("notice", "off", "1").err
    assert ivr("notice", "list").out == "there are no notices\n"
    (told,) = json.loads(ivr("notice", "list", "--all", "--json").out)
    assert (told["state"], told["author"], told["text"]) == ("ended", "李", "受台风影响,查勘可能延迟。")


def test_a_recording_is_played_in_place_of_a_synthesised_voice(ivr, settings, tmp_path):
    recording = _tone(tmp_path / "fault.wav", 3.0)
    ran = ivr("notice", "on", "线路故障。", "--audio", recording, "--queue", "inquiry")
    assert "notice 1 is on, 3 s long, for inquiry" in ran.out


def _tone(path: Path, seconds: float) -> Path:
    rate = 8000
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        one = b"".join((9000 * (1 if n % 16 < 8 else -1)).to_bytes(2, "little", signed=True) for n in range(16))
        file.writeframes(one * int(rate * seconds / 16))
    return path


def test_audio_that_is_gone_is_a_fault_of_the_doctor_and_put_back_by_the_line(ivr, settings):
    ivr("notice", "on", "台风预警。")
    lost = settings.data / "sounds/zh/notice/1.wav"
    lost.unlink()
    assert "ivr notice off 1" in ivr("doctor").out
    assert place("notice/1", ("zh", "en"), settings)
    assert lost.is_file()
    assert not place("notice/7", ("zh", "en"), settings)


def test_a_place_that_cannot_be_written_is_no_crash_of_the_line(ivr, settings, monkeypatch):
    ivr("notice", "on", "台风预警。")
    (settings.data / "sounds/zh/notice/1.wav").unlink()

    def full(_path: Path, _content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ivr.noticeaudio.write", full)
    assert not place("notice/1", ("zh", "en"), settings)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("on",), "write the words"),
        (("on", "!"), "write the words"),
        (("on", "台风。", "--queue", "sales"), "there is no queue `sales`"),
        (("on", "台风。", "--from", "3h", "--until", "2h"), "before it begins"),
        (("on", "台风。", "--until", "soon"), "is no moment"),
        (("on", "台风 xyzzy qrst"), "--spoken"),
        (("on", "台风。", "--audio", "nowhere.wav"), "nowhere.wav cannot be read"),
        (("off", "9"), "there is no notice `9`"),
        (("off", "all"), "there are none"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_switched_on(ivr, words, why):
    ran = ivr("notice", *words)
    assert ran.code == 1
    assert why in ran.err
    assert ivr("notice", "list", "--all").out == "there are no notices\n"


def test_one_too_long_to_be_heard_out(ivr, tmp_path):
    assert "at most 60 s" in ivr("notice", "on", "台风。", "--audio", _tone(tmp_path / "long.wav", 61.0)).err


def test_a_recording_of_nothing(ivr, tmp_path):
    assert ivr("notice", "on", "台风。", "--audio", write_silence(tmp_path / "s.wav", 2.0)).code == 1
