"""The check of built prompts: each thing that can be wrong is put there and must be named."""

import hashlib
import json
import wave
from pathlib import Path

import numpy as np
import pytest

from ivr.audio import levels
from ivr.audio.build import RATES, build
from ivr.audio.catalogue import Catalogue, load
from ivr.audio.promptcheck import check, outdated, unreadable

TONE = "{tone: 1000, milliseconds: 300}"


@pytest.fixture
def prompts(tmp_path):
    (tmp_path / "en.yaml").write_text(f"a: {TONE}\nb: {TONE}\n")
    return tmp_path


@pytest.fixture
def out(prompts):
    build(load(prompts), prompts / "sounds", prompts / "studio")
    return prompts / "sounds"


def findings(prompts: Path, out: Path) -> list[str]:
    return [str(fault).removeprefix(f"{prompts}/en.yaml:") for fault in check(load(prompts), out)]


def put(out: Path, kind: str, samples: levels.Samples, rate: int | None = None) -> None:
    """Puts a sound in the place of `a`, as if it had been built so."""
    path, manifest = out / f"en/a.{kind}", out / "en/manifest.json"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, rate or RATES[kind], 0, "NONE", ""))
        file.writeframes(np.clip(np.rint(samples * 32768), -32768, 32767).astype("<i2").tobytes())
    agree(path, manifest, kind)


def agree(path: Path, manifest: Path, kind: str) -> None:
    entries = json.loads(manifest.read_text())
    entries["a"][kind] = hashlib.sha256(path.read_bytes()).hexdigest()
    manifest.write_text(json.dumps(entries))


def sound(kind: str, level: float = levels.TARGET, head: float = 0.08, tail: float = 0.08) -> levels.Samples:
    rate = RATES[kind]
    tone = levels.amplitude(level) * 2**0.5 * np.sin(2 * np.pi * 700 * np.arange(rate // 2) / rate)
    return np.concatenate([np.zeros(round(rate * head)), tone, np.zeros(round(rate * tail))])


def test_what_was_built_is_well(prompts, out):
    assert findings(prompts, out) == []


def test_nothing_built_is_all_missing(prompts):
    told = findings(prompts, prompts / "nowhere")
    assert [line.split(":")[0] for line in told] == ["1", "1", "2", "2"]
    assert all("is missing: build the prompts" in line for line in told)


@pytest.mark.parametrize("kind", list(RATES))
def test_a_missing_file_is_named(prompts, out, kind):
    (out / f"en/b.{kind}").unlink()
    assert findings(prompts, out) == [f"2:1: b.{kind} is missing: build the prompts"]


def test_a_text_changed_since_the_build_is_stale(prompts, out):
    (prompts / "en.yaml").write_text(f"a: {TONE}\nb: {{tone: 1000, milliseconds: 400}}\n")
    assert findings(prompts, out) == [
        "2:1: `b` is stale: its text was changed after it was built; build the prompts",
    ]


def test_a_file_put_there_by_hand_is_told(prompts, out):
    path = out / "en/a.wav"
    path.write_bytes((out / "en/b.wav").read_bytes() + b"\0\0")
    assert findings(prompts, out) == ["1:1: a.wav is not the file that was built: build the prompts again"]


@pytest.mark.parametrize("kind", list(RATES))
@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"level": -24}, "is too quiet: -24.0 dBFS"),
        ({"level": -20}, "is too loud: -20.0 dBFS"),
        ({"head": 0.02}, "begins with 20 ms of silence"),
        ({"head": 0.2}, "begins with 200 ms of silence"),
        ({"tail": 0.0}, "ends with 0 ms of silence"),
        ({"tail": 0.3}, "ends with 300 ms of silence"),
    ],
)
def test_what_is_not_fit_for_the_line_is_named_in_either_rate(prompts, out, kind, given, words):
    put(out, kind, sound(kind, **given))
    (told,) = findings(prompts, out)
    assert told.startswith(f"1:1: a.{kind} {words}")


def test_levels_inside_the_tolerance_are_well(prompts, out):
    for level in (-23.4, -20.6):
        put(out, "wav", sound("wav", level=level))
        assert findings(prompts, out) == []


def test_peaks_and_clipping_are_told_apart(prompts, out):
    spiked = sound("wav")
    spiked[2000] = levels.amplitude(-2)
    put(out, "wav", spiked)
    assert findings(prompts, out) == ["1:1: a.wav has peaks of -2.0 dBFS: they must stay under -3"]
    spiked[2000] = 1.0
    put(out, "wav", spiked)
    assert findings(prompts, out) == ["1:1: a.wav is clipped: it holds samples at full scale"]


def test_silence_is_told(prompts, out):
    put(out, "wav", np.zeros(8000))
    assert any("is too quiet: -120.0 dBFS" in line for line in findings(prompts, out))


def test_a_wrong_rate_is_told(prompts, out):
    put(out, "wav16", sound("wav"), rate=8000)
    (told,) = findings(prompts, out)
    assert "a.wav16 cannot be played (8000 Hz, 16 bits, 1 channels instead of 16000 Hz" in told


@pytest.mark.parametrize("content", [b"", b"RIFF", b"no sound at all, but long enough to be read as a header"])
def test_a_damaged_file_is_told(prompts, out, content):
    path = out / "en/a.wav"
    path.write_bytes(content)
    agree(path, out / "en/manifest.json", "wav")
    (told,) = findings(prompts, out)
    assert told.startswith("1:1: a.wav cannot be played")


def test_chinese_that_would_be_read_as_english_is_named(tmp_path):
    (tmp_path / "zh.yaml").write_text("a: 您好\nb: 请按hello\nc: {tone: 900, milliseconds: 200}\n", encoding="utf-8")
    catalogue: Catalogue = load(tmp_path)
    (told,) = unreadable(catalogue)
    assert (told.line, "`b` is partly read as English" in told.text) == (2, True)


def test_of_the_prompts_used_those_that_are_behind_their_texts(prompts, out):
    assert outdated(load(prompts), out, frozenset({"a", "b"})) == []
    (prompts / "en.yaml").write_text(f"a: {TONE.replace('1000', '900')}\nb: {TONE}\nc: {TONE}\n")
    told = [fault.text for fault in outdated(load(prompts), out, frozenset({"a", "c", "unknown"}))]
    assert told == [
        "`a` is stale: its text was changed after it was built; build the prompts",
        "`c` has no audio: build the prompts",
    ]  # fmt: skip
    assert outdated(load(prompts), out, frozenset({"b"})) == []


def test_where_nothing_was_ever_built_nothing_is_behind(prompts, tmp_path):
    assert outdated(load(prompts), tmp_path / "nowhere", frozenset({"a"})) == []
