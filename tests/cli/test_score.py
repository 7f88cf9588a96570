"""`ivr score`."""

import json
import sys
import wave

import numpy as np
import pytest

from ivr.audio.scoring import detectors

DETECTOR = """
import json, sys, wave
file, far = sys.argv[1:]
with wave.open(file) as opened:
    seconds = opened.getnframes() / 8000
    loud = max(opened.readframes(-1)) > 0
if "broken" in file:
    sys.exit("it is broken")
print(json.dumps({"label": "noisy" if loud else "silent", "decided_at": seconds, "far": far}))
"""
MANY = """
import json, sys
if any("broken" in file for file in sys.argv[1:]):
    print("no answer")
else:
    print(json.dumps([{"label": "silent"} for _ in sys.argv[1:]]))
"""


def wav(path, samples):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes((np.asarray(samples) * 32767).astype("<i2").tobytes())


@pytest.fixture
def folder(tmp_path):
    """Two silent files, one of them with a far end, and two of loud noise."""
    place = tmp_path / "clips"
    place.mkdir()
    noise = np.clip(np.random.default_rng(1).normal(0, 0.2, 24000), -1, 1)
    for name in ("quiet", "broken", "far"):
        wav(place / f"{name}.wav", np.zeros(24000))
    wav(place / "loud.wav", noise)
    wav(place / "longer.wav", np.concatenate([noise, noise[:8000]]))
    rows = [
        "quiet.wav,silent,静音,far.wav",
        "broken.wav,silent,静音,",
        "loud.wav,noisy,hiss,",
        "longer.wav,noisy,hiss,",
    ]
    (place / "labels.csv").write_text("file,label,kind,far\n" + "\n".join(rows))
    return place


@pytest.fixture
def script(tmp_path):
    def made(text, files="{file} {far}"):
        path = tmp_path / f"detector{len(text)}.py"
        path.write_text(text)
        return f"{sys.executable} {path} {files}"

    return made


def shown(ran):
    assert (ran.code, ran.err) == (0, "")
    return json.loads(ran.out)


def test_the_lines_own_detector_in_tables(ivr, folder):
    ran = ivr("score", folder)
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0] == f"{folder}: 4 clips (silent 2, clear 0, noisy 2)"
    assert lines[2].split()[:2] == ["detector", "macro-F1"]
    assert lines[3].split()[:5] == ["ivr", "1.000", "1.000–1.000", "-", "-"]
    assert [line.split()[:7] for line in lines[6:9]] == [
        ["ivr", "silent", "2", "2", "0", "0", "0"],
        ["ivr", "clear", "0", "0", "0", "0", "0"],
        ["ivr", "noisy", "2", "0", "0", "2", "0"],
    ]
    assert [line.split()[:4] for line in lines[11:]] == [
        ["silent", "静音", "2/2", "1.000"],
        ["noisy", "hiss", "2/2", "1.000"],
    ]


def test_json_has_every_figure(ivr, folder):
    told = shown(ivr("score", folder, "--json"))
    assert {*told} == {"folder", "clips", "seconds", "detectors", "left_out"}
    (own,) = told["detectors"]
    assert own["name"] == "ivr"
    assert own["macro_f1"] == 1
    assert own["macro_f1_95"] == [1, 1]
    assert own["kept"] is None
    assert own["confusion"]["noisy"] == {"silent": 0, "clear": 0, "noisy": 2, "failed": 0}
    assert own["kinds"][0] == {
        "label": "silent", "kind": "静音", "clips": 2, "right": 2, "share": 1, "median_decided_at": 3,
    }  # fmt: skip
    assert {*own["decided_at"]} == {"median", "p95"}
    assert own["speed"]["frame_us"] > 0


def test_a_command_is_run_for_each_file_and_what_fails_is_wrong(ivr, folder, script):
    ran = ivr("score", folder, "--detector", f"mine={script(DETECTOR)}", "--misses")
    assert ran.code == 0
    assert ran.out.splitlines()[3].split()[-5:] == ["3.00", "3.90", "-", "-", "1"]
    assert "mine failed on 1 of 4 files; the first: broken.wav: it is broken" in ran.out
    assert "mine      broken.wav  silent  failed  静音           -           -" in ran.out


def test_detectors_are_set_side_by_side(ivr, folder, script):
    commands = (f"mine={script(DETECTOR)}", "ivr", f"many={script(MANY, '{files}')}")
    told = shown(ivr("score", folder, "--json", *(word for one in commands for word in ("--detector", one))))
    assert [(one["name"], one["right"], one["failed"]) for one in told["detectors"]] == [
        ("mine", 3, 1), ("ivr", 4, 0), ("many", 1, 1),
    ]  # fmt: skip
    assert told["detectors"][2]["first_failure"] == "broken.wav: it printed no JSON"
    text = ivr("score", folder, "--detector", "ivr", "--detector", commands[2]).out
    assert "silent 静音 2/2 1.000 3.00 1/2 0.500 -" in [" ".join(line.split()) for line in text.splitlines()]


def test_only_the_first_seconds_are_heard(ivr, folder, script):
    with wave.open(str(folder / "loud.wav")) as file:
        noise = np.frombuffer(file.readframes(-1), "<i2") / 32768
    wav(folder / "longer.wav", np.concatenate([np.zeros(8000), noise]))
    told = shown(ivr("score", folder, "--seconds", "0.5", "--json", "--misses", "--detector", script(DETECTOR)))
    assert told["seconds"] == 0.5
    (one,) = told["detectors"]
    assert one["decided_at"]["median"] == 0.5
    assert [miss["file"] for miss in one["misses"]] == ["longer.wav"]
    assert (
        "4 clips (silent 2, clear 0, noisy 2), the first 2.5 s of each" in ivr("score", folder, "--seconds", "2.5").out
    )


@pytest.mark.parametrize("answer", ["7", "{}", '{"label": "loud"}', "[]", "", '{"label": "silent"', "[1, 2]"])
def test_any_answer_is_told_or_a_failure(ivr, folder, script, answer):
    told = shown(ivr("score", folder, "--json", "--detector", script(f"print({answer!r})")))
    assert told["detectors"][0]["failed"] == 4
    assert told["detectors"][0]["macro_f1"] == 0


def test_references_stand_beside_it_and_those_not_installed_are_told(ivr, folder, monkeypatch):
    mends = {"talkdetect": "keep", "no_such": "pip install nothing"}
    monkeypatch.setattr(detectors, "REFERENCES", mends)
    told = shown(ivr("score", folder, "--json", "--reference"))
    assert [one["name"] for one in told["detectors"]] == ["ivr", "talkdetect"]
    assert all(one["speed"]["ratio"] > 0 for one in told["detectors"])
    assert {*told["left_out"]} == {"no_such"}
    text = ivr("score", folder, "--reference").out
    assert "no_such is left out (No module named 'tests.references.no_such': pip install nothing)" in text


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--detector", "true"], "takes no file: write {file}"),
        (["--detector", "true {files} {far}"], "mixes {files} with"),
        (["--detector", "true '{file}"], "cannot be split into words"),
        (["--detector", "a=no-such-program {file}"], "the program `no-such-program` cannot be found"),
        (["--detector", "true {file}", "--detector", "true 1 {file}"], "two detectors are called `true`"),
        (["--seconds", "0"], "--seconds must be more than 0"),
        (["--seconds", "nan"], "--seconds must be more than 0"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_sentence(ivr, folder, words, sentence):
    ran = ivr("score", folder, *words)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("ivr: ")
    assert sentence in ran.err
    assert len(ran.err.splitlines()) == 1


def test_mistakes_in_the_folder_are_told_at_once(ivr, folder):
    (folder / "labels.csv").write_text("file,label,kind\nquiet.wav,loud,k\nnone.wav,silent,k\n")
    ran = ivr("score", folder)
    assert (ran.code, ran.out) == (1, "")
    assert [line.split(": ")[0] for line in ran.err.splitlines()] == [f"{folder}/labels.csv:{at}:1" for at in (2, 3)]
