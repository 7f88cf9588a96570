"""How sure the ear must be, and when. The forest is a mock that says what it is told: not what it has learnt is tested
here, but what the ear makes of its chances of nobody, a person, and noise."""

import itertools
from collections.abc import Iterable
from dataclasses import replace

import pytest
import signals as s

from ivr.audio import detector
from ivr.audio.detector import Detector, Label, Verdict
from ivr.audio.hearing.judge import Measured
from ivr.audio.hearing.verdict import decided

voices = pytest.mark.skipif(s.library_missing(), reason="the voices are not unpacked: python -m ivr.setup")
Chances = tuple[float, float, float]


class Told:
    """A forest that says one thing after the other, and the last for ever."""

    def __init__(self, told: Iterable[Chances]) -> None:
        *first, last = told
        self._told = itertools.chain(first, itertools.repeat(last))

    def chances(self, _figures: object) -> Chances:
        return next(self._told)


def judged(sound, monkeypatch, *told: Chances) -> Verdict:
    forest = Told(told)
    monkeypatch.setattr(detector, "forest", lambda: forest)
    ear = Detector()
    for frame in s.frames(sound):
        if verdict := ear.hear(frame):
            return verdict
    return ear.finish()


@pytest.fixture(scope="module")
def speech():
    return s.at_active(s.talk("menardi", 5.0, s.rng(1)), -20) + s.at_level(s.white(5.0, s.rng(1)), -62)


@pytest.fixture(scope="module")
def word():
    sound = s.at_level(s.white(5.0, s.rng(1)), -62)
    said = s.at_active(s.espeak("wei2", "cmn-latn-pinyin+m1"), -20)
    sound[8000 : 8000 + len(said)] += said
    return sound


@voices
def test_packets_that_get_lost_take_time_to_show(speech, monkeypatch):
    soon = judged(speech, monkeypatch, (0.0, 0.99, 0.01))
    late = judged(speech, monkeypatch, (0.0, 0.94, 0.06))
    assert soon.evidence["voice"] < 0.8 <= late.evidence["voice"]
    assert soon.decided_at < late.decided_at < 5.0
    assert judged(speech, monkeypatch, (0.0, 0.89, 0.11)).decided_at == 5.0


@voices
def test_one_short_word_need_not_be_so_sure(word, monkeypatch):
    assert judged(word, monkeypatch, (0.04, 0.96, 0.0)).decided_at < 2.0
    assert judged(word, monkeypatch, (0.1, 0.9, 0.0)).decided_at == 5.0


@pytest.mark.parametrize("drown", [0.0, 12.0])
@pytest.mark.parametrize(("noisy", "label"), [(0.82, "noisy"), (0.78, "clear")])
def test_noise_must_be_likelier_than_a_person_by_more_than_a_half(drown, noisy, label):
    window = Measured(
        heard=4.0, voice=1.0, level=-20.0, snr=10.0, purity=0.5, drown=drown, spell=0.3, steady=0.0, loss=0.0,
        bursts=0.0, broken=0.0, faded=0.0,
    )  # fmt: skip
    assert decided(window, (0.0, 1.0 - noisy, noisy)).label == label


@voices
def test_who_was_once_likely_a_person_is_one_at_the_end(speech, monkeypatch):
    assert judged(speech, monkeypatch, (0.28, 0.72, 0.0), (0.9, 0.1, 0.0)).label is Label.CLEAR
    assert judged(speech, monkeypatch, (0.4, 0.6, 0.0), (0.9, 0.1, 0.0)).label is Label.SILENT


@pytest.mark.parametrize(
    ("chances", "label"),
    [
        ((0.52, 0.05, 0.43), "silent"),
        ((0.45, 0.05, 0.50), "noisy"),
        ((0.52, 0.12, 0.36), "silent"),
        ((0.48, 0.12, 0.40), "clear"),
        ((0.44, 0.12, 0.44), "clear"),
    ],
)
def test_where_surely_nobody_is_heard_the_likelier_of_silence_and_noise_is_told(chances, label):
    window = Measured(
        heard=4.0, voice=0.0, level=-90.0, snr=-15.0, purity=0.0, drown=8.0, spell=0.9, steady=0.0, loss=0.0,
        bursts=0.0, broken=0.0, faded=0.0,
    )  # fmt: skip
    assert decided(window, chances).label == label
    assert decided(replace(window, heard=1.0), chances).label != "noisy"


@voices
def test_a_pause_no_longer_than_a_burst_of_lost_packets_ends_no_word(monkeypatch):
    """0.32 s of nothing after half a second of voice: what comes then decides."""
    sound = s.at_level(s.white(5.0, s.rng(1)), -62)
    said = s.at_active(s.espeak("wei2", "cmn-latn-pinyin+m1"), -20)[:4000]
    for at in (8000, 8000 + len(said) + 2560):
        sound[at : at + len(said)] += said
    again = (8000 + len(said) + 2560) / s.RATE
    assert again + 0.1 < judged(sound, monkeypatch, (0.0, 0.999, 0.0)).decided_at < again + 1.6


@voices
def test_a_doubt_between_silence_and_noise_is_no_person(speech, monkeypatch):
    """It is told clear where it is a doubt at the end; but what becomes clear later counts."""
    doubt = (0.47, 0.12, 0.41)
    assert judged(speech, monkeypatch, doubt).label is Label.CLEAR
    assert judged(speech, monkeypatch, doubt, (0.9, 0.1, 0.0)).label is Label.SILENT
