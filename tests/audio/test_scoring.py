"""The arithmetic of a score, on an example worked by hand; the list of a folder; references' rule; time per frame."""

import json
import struct
import subprocess
import sys
import wave

import numpy as np
import pytest

from ivr.audio.listen import listen_file
from ivr.audio.scoring.arithmetic import Heard, Said, Score
from ivr.audio.scoring.as_json import as_json, first_failure
from ivr.audio.scoring.clips import Clip, cut, frames_of, read_clips
from ivr.audio.scoring.speed import measure
from ivr.faults import Faults
from ivr.native import HOME
from tests.references import rule, talkdetect


def wav(path, samples, rate=8000, channels=1):
    """Writes a 16-bit WAV of samples with full scale 1.0."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.asarray(samples) * 32767).astype("<i2").tobytes())
    return path


def heard(label, said, kind="k", at=1.0):
    return Heard("a.wav", label, kind, Said(said, at) if said else Said(None, error="broke"))


# True rows, said columns: silent 3 right, 1 clear; clear 4 right, 1 noisy, 1 silent, 2 failed; noisy 1 right, 1 clear.
BY_HAND = (
    [heard("silent", "silent", "hum")] * 3
    + [heard("silent", "clear", "music")]
    + [heard("clear", "clear", at=0.5)] * 4
    + [heard("clear", "noisy", at=2.0), heard("clear", "silent", at=4.0), heard("clear", None), heard("clear", None)]
    + [heard("noisy", "noisy"), heard("noisy", "clear")]
)


@pytest.fixture(scope="module")
def score():
    return Score(BY_HAND)


def test_the_confusion_counts_failures_in_a_column_of_their_own(score):
    assert score.confusion.tolist() == [[3, 1, 0, 0], [1, 4, 1, 2], [0, 1, 1, 0]]
    assert score.right == 8


@pytest.mark.parametrize(
    ("label", "clips", "precision", "recall", "f1"),
    [("silent", 4, 3 / 4, 3 / 4, 6 / 8), ("clear", 8, 4 / 6, 4 / 8, 8 / 14), ("noisy", 2, 1 / 2, 1 / 2, 2 / 4)],
)
def test_precision_recall_and_f1(score, label, clips, precision, recall, f1):
    one = score.of(label)
    assert one.clips == clips
    assert (one.precision, one.recall, one.f1) == pytest.approx((precision, recall, f1))


def test_macro_f1_and_kept(score):
    assert score.macro_f1 == pytest.approx((6 / 8 + 8 / 14 + 2 / 4) / 3)
    assert score.kept == pytest.approx(4 / 8)
    assert score.not_called_noisy == pytest.approx(5 / 8)  # a failure is not kept


def test_intervals_hold_the_figure_and_are_the_same_each_time(score):
    low, high = score.macro_f1_interval
    assert low < score.macro_f1 < high
    assert score.kept_interval == Score(BY_HAND).kept_interval
    low, high = score.kept_interval
    assert 0.1 <= low < 0.5 < high <= 0.9
    assert Score([heard("clear", "clear")] * 9).macro_f1_interval == (1, 1)


def test_seconds_to_a_verdict_leave_failures_out(score):
    assert score.latency == (1.0, pytest.approx(np.percentile([1] * 6 + [0.5] * 4 + [2, 4], 95), abs=1e-3))


def test_kinds_are_told_label_by_label(score):
    told = [(one.label, one.kind, one.right, one.clips, one.median) for one in score.kinds()]
    assert told == [
        ("silent", "hum", 3, 3, 1.0),
        ("silent", "music", 0, 1, 1.0),
        ("clear", "k", 4, 8, 0.5),
        ("noisy", "k", 1, 2, 1.0),
    ]


def test_a_label_that_the_set_does_not_hold_is_left_out_of_macro_f1():
    score = Score([heard("clear", "clear")] * 3 + [heard("clear", "noisy")])
    assert score.macro_f1 == pytest.approx(6 / 7)
    noisy = score.of("noisy")
    assert (noisy.precision, noisy.recall, noisy.f1) == (0, None, None)
    silent = Score([heard("silent", "silent")])
    assert (silent.kept, silent.kept_interval, silent.not_called_noisy) == (None, None, None)


def test_a_score_as_json(score):
    told = as_json("mine", score, None, True)
    assert told["confusion"]["clear"] == {"silent": 1, "clear": 4, "noisy": 1, "failed": 2}
    assert told["classes"]["clear"] == {"clips": 8, "precision": 0.6667, "recall": 0.5, "f1": 0.5714}
    assert (told["failed"], told["first_failure"], told["speed"]) == (2, "a.wav: broke", None)
    assert len(told["misses"]) == 6
    assert "misses" not in as_json("mine", score, None, False)
    assert first_failure(Score([heard("clear", "noisy")])) is None


# -- the folder ----------------------------------------------------------------------------------


def listed(folder, text):
    (folder / "labels.csv").write_text(text)
    return folder


def faults(folder, text):
    with pytest.raises(Faults) as caught:
        read_clips(listed(folder, text))
    return str(caught.value).replace(f"{folder}/", "").splitlines()


def test_a_list_is_read_with_or_without_far_and_with_other_columns(tmp_path):
    wav(tmp_path / "a.wav", np.zeros(800))
    wav(tmp_path / "房 b.wav", np.zeros(800))
    text = '\ufeffcity,far,kind,file,label\n"x, y",a.wav,电话,房 b.wav,noisy\n\nz,,, a.wav ,silent\n'
    assert read_clips(listed(tmp_path, text)) == [
        Clip("房 b.wav", "noisy", "电话", tmp_path / "房 b.wav", tmp_path / "a.wav"),
        Clip("a.wav", "silent", "-", tmp_path / "a.wav"),
    ]
    assert read_clips(listed(tmp_path, "file,label,kind\na.wav,clear,k"))[0].far is None


def test_every_mistake_is_told_at_once_with_its_line(tmp_path):
    wav(tmp_path / "a.wav", np.zeros(800))
    (tmp_path / "text.wav").write_text("this is no sound")
    (tmp_path / "empty.wav").write_bytes(b"")
    rows = ["a.wav,klar,k", "none.wav,clear,k", "", "text.wav,clear,k,none.wav", "empty.wav,,k", ",clear,k",
            "a.wav,clear,k,,e", "a.wav,silent,k"]  # fmt: skip
    told = faults(tmp_path, "file,label,kind,far\n" + "\n".join(rows))
    beginnings = [
        "labels.csv:2:1: `klar` is not a label; write silent, clear or noisy",
        "labels.csv:3:1: `none.wav` cannot be read (No such file or directory); put it into ",
        "labels.csv:5:1: `none.wav` cannot be read (No such file or directory); put it into ",
        "labels.csv:5:1: `text.wav` is not a WAV file; save it as a WAV file",
        "labels.csv:6:1: `` is not a label; write",
        "labels.csv:6:1: `empty.wav` is",
        "labels.csv:7:1: the cell `file` is empty; write the name",
        "labels.csv:8:1: 5 cells stand under 4 columns; put",
        "labels.csv:9:1: `a.wav` was already listed in line 2; take one",
    ]
    assert len(told) == len(beginnings)
    for line, beginning in zip(told, beginnings, strict=True):
        assert line.startswith(beginning)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("file,label\n", "labels.csv:1:1: the column `kind` is missing; write the header file,label,kind"),
        ("", "labels.csv:1:1: the column `file` is missing"),
        ("file,label,kind\n", "labels.csv:2:1: no file is listed; write one line for each"),
        ('file,label,kind\n"a.wav,clear,k\n', "labels.csv:2:1: this is not CSV"),
    ],
)
def test_a_list_that_is_none(tmp_path, text, words):
    assert faults(tmp_path, text)[0].startswith(words)


def test_a_list_that_cannot_be_read(tmp_path):
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(Faults, match=r"labels\.csv:1:1: the list cannot be read \(No such file"):
            read_clips(folder)
    (tmp_path / "labels.csv").write_bytes(b"file,label,kind\n\xff")
    with pytest.raises(Faults, match=r"labels\.csv:2:1: this is not UTF-8 text; save"):
        read_clips(tmp_path)


@pytest.mark.parametrize(("rate", "channels"), [(8000, 1), (16000, 2), (44100, 1)])
def test_a_cut_file_is_its_beginning(tmp_path, rate, channels):
    whole = wav(tmp_path / "a.wav", np.random.default_rng(1).uniform(-1, 1, 3 * rate * channels), rate, channels)
    clip = Clip("a.wav", "noisy", "k", whole, whole)
    (tmp_path / "cut").mkdir()
    short, same = [*cut([clip], 0.5, tmp_path / "cut"), *cut([clip], 3, tmp_path / "cut")]
    assert same == clip
    assert short.near != short.far
    assert listen_file(short.near)["seconds"] == 0.5
    count = 20  # the last frames hear the end of the file through the resampler
    assert frames_of(short.far)[:count] == frames_of(whole)[:count]


def test_a_cut_file_of_alaw_stays_alaw(tmp_path):
    form = struct.pack("<HHIIHH", 6, 1, 8000, 8000, 1, 8)
    path = tmp_path / "a.wav"
    path.write_bytes(b"RIFF\0\0\0\0WAVEfmt " + struct.pack("<I", 16) + form + b"data\0\0\0\0" + b"\xd5\x10" * 8000)
    (short,) = cut([Clip("a.wav", "noisy", "k", path)], 1, tmp_path)
    assert frames_of(short.near) == frames_of(path)[:50]


# -- time ----------------------------------------------------------------------------------------


class Counting:
    """An ear that counts."""

    frames = 0

    def hear(self, frame, far=None):
        Counting.frames += 1
        assert len(frame) == len(far or frame) == 320

    def finish(self):
        return None


def test_every_frame_is_timed_beside_an_fft(tmp_path):
    near, far = wav(tmp_path / "a.wav", np.zeros(16000)), wav(tmp_path / "b.wav", np.zeros(8000))
    speed = measure(Counting, [Clip("a.wav", "silent", "k", near, far)] * 3)
    assert Counting.frames == 300
    assert speed.frame > 0
    assert speed.ratio == pytest.approx(speed.frame / speed.fft)


# -- the references' rule ------------------------------------------------------------------------

SPEECH, QUIET = 0.01, 1e-6


@pytest.mark.parametrize(
    ("powers", "speech", "label"),
    [
        ([SPEECH] * 50 + [QUIET] * 50, [1] * 50 + [0] * 50, "clear"),
        ([SPEECH] * 50 + [0.8 * SPEECH] * 50, [1] * 50 + [0] * 50, "noisy"),
        ([SPEECH] * 100, [1] * 100, "noisy"),
        ([SPEECH] * 60 + [QUIET] * 40, [1] * 100, "clear"),
        ([SPEECH] * 4 + [QUIET] * 96, [1] * 4 + [0] * 96, "silent"),
        ([SPEECH] * 100, [0] * 100, "noisy"),
        ([QUIET] * 100, [0] * 100, "silent"),
        ([], [], "silent"),
    ],
)
def test_levels_of_speech_and_of_the_rest_make_the_label(powers, speech, label):
    assert rule.judged(powers, speech, 0.02) == {"label": label, "decided_at": len(powers) * 0.02}


def test_asterisks_threshold_is_a_whole_mean_magnitude():
    for mean, sound in ((255.9, False), (256, True)):
        ear = talkdetect.Ear()
        samples = np.full(160, 255 if mean < 256 else 256, "<i2")
        samples[: 144 if mean < 256 else 0] = -256  # 255.9
        for _ in range(10):
            ear.hear(samples.tobytes())
        assert (ear.finish()["label"] != "silent") == sound


@pytest.mark.parametrize("name", ["webrtc", "silero", "talkdetect"])
def test_each_reference_that_is_installed_is_a_program(name, tmp_path):
    pytest.importorskip(f"tests.references.{name}")
    quiet = wav(tmp_path / "a.wav", np.zeros(8192))
    words = [sys.executable, "-m", f"tests.references.{name}", quiet, quiet]
    done = subprocess.run(words, cwd=HOME, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["label"] == "silent"
