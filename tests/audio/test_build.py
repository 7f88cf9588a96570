"""Building prompts: what is heard, what is made again and what is not, and what cannot be built."""

import os
import stat
import sys
import wave
from pathlib import Path

import numpy as np
import pytest

import ivr
from ivr.audio import levels
from ivr.audio.build import RATES, build, read_manifest, target
from ivr.audio.catalogue import Catalogue, load
from ivr.audio.promptcheck import check
from ivr.audio.synth import Synthesiser, SynthesisError
from ivr.faults import Faults

PROMPTS = Path(ivr.__file__).parent / "prompts"
REST = "work/1: 幺\nbeep: {tone: 1000, milliseconds: 300}\n"
# A small synthesiser: a tone as long as the text, its pitch the voice's.
VOICE = """
import math, struct, sys, wave
text, voice, out = sys.argv[1:]
with wave.open(out, "wb") as file:
    file.setparams((1, 2, 22050, 0, "NONE", ""))
    wavelength = 22050 / (500 if voice == "zh" else 800)
    n = 4000 + 1000 * len(text)
    file.writeframes(b"".join(struct.pack("<h", int(9000 * math.sin(6.2832 * i / wavelength))) for i in range(n)))
"""


class House:
    """A folder with two small languages, a studio, and a quick synthesiser."""

    def __init__(self, folder: Path) -> None:
        self.prompts, self.studio, self.out = folder / "prompts", folder / "studio", folder / "sounds"
        self.prompts.mkdir()
        (self.studio / "zh").mkdir(parents=True)
        self.voice = folder / "voice with space.py"
        self.voice.write_text(VOICE)
        self.command = f"{sys.executable} '{self.voice}' {{text}} {{voice}} {{out}}"
        self.write()

    def write(self, zh: str = f"a: 一\n{REST}") -> None:
        (self.prompts / "zh.yaml").write_text(zh, encoding="utf-8")
        (self.prompts / "en.yaml").write_text("a: one\nwork/1: one\nbeep: {tone: 1000, milliseconds: 300}\n")

    @property
    def catalogue(self) -> Catalogue:
        return load(self.prompts)

    def build(self, command: str | None = None) -> set[str]:
        """The prompts that were made just now."""
        built = build(self.catalogue, self.out, self.studio, Synthesiser(command or self.command, {"zh": "zh"}))
        assert len(built) == 6
        return {f"{one.language}/{one.id}" for one in built if one.fresh}

    def refused(self, command: str | None = None) -> list[str]:
        with pytest.raises(Faults) as told:
            self.build(command)
        return list(map(str, told.value))

    def record(self, name: str, pitch: float = 300, channels: int = 1, width: int = 2) -> Path:
        """A recording of one second of a loud tone with a second of silence around it."""
        path = self.studio / "zh" / name
        path.parent.mkdir(exist_ok=True)
        scale = 1 << (8 * width - 2)
        sound = (scale * np.sin(2 * np.pi * pitch * np.arange(44100) / 44100)).astype("<i4")
        sound = np.repeat(np.pad(sound, 44100), channels)
        with wave.open(str(path), "wb") as file:
            file.setparams((channels, width, 44100, 0, "NONE", ""))
            file.writeframes(sound.view(np.uint8).reshape(-1, 4)[:, :width].tobytes())
        return path


@pytest.fixture
def house(tmp_path):
    return House(tmp_path)


def read(path: Path) -> tuple[int, levels.Samples]:
    with wave.open(str(path)) as file:
        assert (file.getsampwidth(), file.getnchannels()) == (2, 1)
        return file.getframerate(), np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768


def pitch(path: Path) -> float:
    rate, samples = read(path)
    return float(np.argmax(np.abs(np.fft.rfft(samples))) * rate / len(samples))


def test_the_whole_catalogue_is_built_fit_for_the_line_and_only_once(tmp_path):
    catalogue, out, studio = load(PROMPTS), tmp_path / "sounds", tmp_path / "studio"
    built = build(catalogue, out, studio)
    assert {(one.language, one.id) for one in built} == {(p.language, p.id) for p in catalogue.built()}
    assert check(catalogue, out) == []
    assert not any(one.fresh for one in build(catalogue, out, studio))


def test_both_rates_are_written_where_asterisk_looks(house):
    house.build()
    for prompt in house.catalogue.built():
        for kind, rate in RATES.items():
            assert read(target(house.out, prompt, kind))[0] == rate
    assert (house.out / "zh/work/1.wav16").is_file()


def test_the_beep_is_a_tone_of_a_kilohertz_at_the_same_level(house):
    house.build()
    path = house.out / "zh/beep.wav"
    assert pitch(path) == pytest.approx(1000, abs=5)
    found = levels.measure(read(path)[1], 8000)
    assert found.active == pytest.approx(levels.TARGET, abs=0.5)
    assert found.seconds - found.head - found.tail == pytest.approx(0.3, abs=0.01)


def test_a_second_build_makes_nothing(house):
    assert len(house.build()) == 6
    assert house.build() == set()


def test_a_changed_text_builds_itself_alone(house):
    house.build()
    before = {path: path.stat().st_mtime_ns for path in house.out.rglob("*.wav*")}
    house.write(f"a: 二\n{REST}")
    assert house.build() == {"zh/a"}
    changed = {path for path, time in before.items() if path.stat().st_mtime_ns != time and ".cache" not in path.parts}
    assert changed <= {house.out / "zh/a.wav", house.out / "zh/a.wav16"}
    assert check(house.catalogue, house.out) == []


def test_a_spoken_form_and_another_command_build_again(house):
    house.build()
    house.write("a: {text: 一, spoken: 二二}\n" + REST)
    assert house.build() == {"zh/a"}
    assert house.build(house.command + " ") == {"zh/a", "zh/work/1", "en/a", "en/work/1"}


def test_a_lost_or_altered_file_comes_back_from_the_cache(house):
    house.build()
    (house.out / "zh/a.wav").unlink()
    (house.out / "en/a.wav16").write_bytes(b"spoiled")
    assert house.build() == set()
    assert check(house.catalogue, house.out) == []


def test_a_spoiled_manifest_is_written_anew(house):
    house.build()
    (house.out / "zh/manifest.json").write_text("[1, ")
    house.build()
    assert read_manifest(house.out, "zh").keys() == {"a", "work/1", "beep"}


def test_the_manifest_tells_what_each_audio_was_made_from(house):
    house.build()
    manifest = read_manifest(house.out, "zh")
    sources = {id: entry["source"] for id, entry in manifest.items()}
    assert sources == {"a": "synthesised", "beep": "tone", "work/1": "synthesised"}
    assert manifest["a"]["text"] == house.catalogue.languages["zh"]["a"].digest


def test_the_studio_wins_over_the_synthesiser(house):
    house.build()
    house.record("a.wav")
    house.record("work/1.wav", pitch=600)
    assert house.build() == {"zh/a", "zh/work/1"}
    assert pitch(house.out / "zh/a.wav") == pytest.approx(300, abs=3)
    assert pitch(house.out / "zh/work/1.wav") == pytest.approx(600, abs=3)
    assert check(house.catalogue, house.out) == []
    (house.studio / "zh/a.wav").unlink()
    assert house.build() == set()
    assert pitch(house.out / "zh/a.wav") == pytest.approx(500, abs=3)


@pytest.mark.parametrize(("channels", "width"), [(1, 2), (2, 2), (1, 3), (2, 4)])
def test_recordings_of_every_width_come_out_alike(house, channels, width):
    house.record("a.wav", channels=channels, width=width)
    house.build()
    found = levels.measure(read(house.out / "zh/a.wav")[1], 8000)
    assert found.active == pytest.approx(levels.TARGET, abs=0.5)
    assert found.seconds == pytest.approx(1.16, abs=0.02)
    assert pitch(house.out / "zh/a.wav") == pytest.approx(300, abs=3)


def test_a_recording_is_stale_when_its_text_changes_until_it_is_recorded_again(house):
    house.record("a.wav")
    house.build()
    house.write(f"a: 二\n{REST}")
    house.build()
    (told,) = map(str, check(house.catalogue, house.out))
    assert "zh.yaml:1:1: `a` has a new text, its studio recording says the old one" in told
    house.record("a.wav", pitch=400)
    house.build()
    assert check(house.catalogue, house.out) == []


@pytest.mark.parametrize(
    ("names", "words"),
    [(["b.wav"], "no prompt is called `b`"), (["a.wav", "a.flac"], "`a` is recorded twice")],
)
def test_a_recording_that_fits_no_prompt_is_told(house, names, words):
    for name in names:
        house.record(name)
    assert any(words in told for told in house.refused())


def test_a_prompt_of_pieces_cannot_be_recorded_whole(house):
    house.write("a: {text: 幺, pieces: [work/1]}\n" + REST)
    house.record("a.wav")
    with pytest.raises(Faults, match="record each of them"):
        build(house.catalogue, house.out, house.studio, Synthesiser(house.command))


HEAD = b"RIFF\x24\0\0\0WAVEfmt "


@pytest.mark.parametrize(("name", "content"), [("a.wav", b""), ("a.wav", HEAD), ("a.mp3", b"ID3")])
def test_a_recording_that_cannot_be_read_is_told_and_the_rest_is_built(house, monkeypatch, name, content):
    monkeypatch.setenv("PATH", "/nonexistent")  # no ffmpeg
    (house.studio / "zh" / name).write_bytes(content)
    (told,) = house.refused()
    assert "zh.yaml:1:1: `a` cannot be built" in told
    assert f"{name} needs ffmpeg" in told
    assert (house.out / "zh/work/1.wav").exists()
    assert read_manifest(house.out, "zh").keys() == {"work/1", "beep"}


def test_a_silent_recording_is_told(house):
    with wave.open(str(house.studio / "zh/a.wav"), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(16000))
    assert "there is no sound in it" in house.refused()[0]


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("nosuchprogram {text} {out}", "cannot be started"),
        (f"{sys.executable} -c 'import sys; sys.exit(\"no such voice\")' {{text}} {{out}}", "no such voice"),
        (f"{sys.executable} -c pass {{text}} {{out}}", "wrote no sound"),
        ("speak {out}", "has no {text}"),
        ("speak {text}", "has no {out}"),
        ("speak 'x {text} {out}", "cannot be read"),
    ],
)
def test_a_synthesiser_that_fails_is_told_for_every_prompt_it_owes(house, command, words):
    told = house.refused(command)
    assert len(told) == 4
    assert all(words in line for line in told)
    assert (house.out / "zh/beep.wav").exists()


def test_no_text_can_become_a_command_or_another_argument(tmp_path):
    seen, text = tmp_path / "seen", "$(touch pwned) `id` ; {out} {voice} 'x"
    program = 'import sys; open(sys.argv[2], "w").write(sys.argv[1].ljust(99))'
    Synthesiser(f"{sys.executable} -c '{program}' {{text}} {{out}}").speak(text, "zh", seen)
    assert seen.read_text().rstrip() == text


def test_espeak_refuses_to_read_chinese_as_english(tmp_path):
    with pytest.raises(SynthesisError, match="as English"):
        Synthesiser().speak("请按hello", "zh", tmp_path / "out.wav")


def test_files_appear_whole_and_readable_for_asterisk_and_nothing_is_left_behind(house):
    house.build()
    files = [path for path in house.out.rglob("*") if path.is_file()]
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o644 for path in files)
    assert not [path for path in files if path.name.startswith(".new-")]


def test_a_write_that_fails_leaves_the_old_file(house, monkeypatch):
    house.build()
    old = (house.out / "zh/a.wav").read_bytes()
    house.write("a: 三三三\n" + REST)

    def full(*args):
        raise OSError("no space left")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="no space"):
        house.build()
    monkeypatch.undo()
    assert (house.out / "zh/a.wav").read_bytes() == old
    assert not list(house.out.rglob(".new-*"))


def test_progress_is_told_prompt_by_prompt(house):
    told = []
    build(house.catalogue, house.out, house.studio, None, lambda done, of, one: told.append((done, of, one.id)))
    assert [(done, of) for done, of, _ in told] == [(n, 6) for n in range(1, 7)]
    assert {id for _, _, id in told} == {"a", "work/1", "beep"}


def test_the_cache_can_stand_elsewhere(house, tmp_path):
    synthesiser, cache = Synthesiser(house.command), tmp_path / "cache"
    for out, fresh in ((house.out, True), (tmp_path / "other", False)):
        assert {one.fresh for one in build(house.catalogue, out, house.studio, synthesiser, cache=cache)} == {fresh}
