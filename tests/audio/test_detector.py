"""What the line hears: silent, clear or noisy, in time, and never a hang-up on somebody who can be made out."""

import numpy as np
import pytest
import signals as s

from ivr.audio.detector import Detector, Label

voices = pytest.mark.skipif(s.library_missing(), reason="the voices are not unpacked: python -m ivr.setup")
SECONDS = 4
SPEAKERS = ("allison", "menardi", "armelle", "cmn-latn-pinyin+f2", "cmn-latn-pinyin+m1")


def judged(near, far=None):
    """The verdict on frames (or on samples), and on what the line played meanwhile."""
    near = near if isinstance(near, list) else s.frames(near)
    far = s.frames(far) if far is not None else []
    detector = Detector()
    for at, frame in enumerate(near):
        verdict = detector.hear(frame, far[at] if at < len(far) else None)
        if verdict:
            return verdict
    return detector.finish()


def comfort(level, seed=1, seconds=SECONDS, make=s.white):
    return s.at_level(make(seconds, s.rng(seed)), level)


def test_no_packets_and_digital_silence_are_silent():
    assert judged([None] * 100).label is Label.SILENT
    assert judged(np.zeros(16000)).label is Label.SILENT
    assert judged(s.alaw(np.zeros(16000))).label is Label.SILENT
    assert Detector().finish().label is Label.SILENT


@pytest.mark.parametrize("make", [s.white, s.pink])
@pytest.mark.parametrize("level", [-70, -60, -55, -50, -45])
@pytest.mark.parametrize("codec", [s.alaw, s.mulaw])
def test_comfort_noise_is_silent(make, level, codec):
    assert judged(codec(comfort(level, make=make))).label is Label.SILENT


@pytest.mark.parametrize("make", [s.breath, s.clicks, s.hum])
def test_small_sounds_are_silent(make):
    assert judged(s.at_level(make(SECONDS, s.rng(2)), -45) + comfort(-65)).label is Label.SILENT


TONES = {
    "dtmf": s.dtmf(SECONDS, s.rng(3)),
    "ring-back": s.cadence(s.tone(SECONDS, 450), 1, 4),
    "busy": s.cadence(s.tone(SECONDS, 450), 0.35, 0.35),
    "fax call": s.cadence(s.tone(SECONDS, 1100), 0.5, 3),
    "fax answer": s.tone(SECONDS, 2100),
    "dial tone": s.tone(SECONDS, 350, 440),
    "music": s.music(SECONDS, s.rng(4)),
}


@pytest.mark.parametrize("kind", TONES)
@pytest.mark.parametrize("level", [-30, -15])
def test_tones_are_silent(kind, level):
    x = TONES[kind] * 10 ** (level / 20)
    assert judged(s.alaw(x + comfort(-60))).label is Label.SILENT
    assert judged(x).label is Label.SILENT


@voices
@pytest.mark.parametrize("speaker", SPEAKERS)
@pytest.mark.parametrize("level", [-35, -25, -15])
def test_people_are_clear(speaker, level):
    for seed in range(3):
        x = s.at_active(s.talk(speaker, SECONDS, s.rng(seed)), level)
        assert judged(s.alaw(x)).label is Label.CLEAR
        assert judged(s.mulaw(x + comfort(-60))).label is Label.CLEAR


@voices
@pytest.mark.parametrize("voice", ["cmn-latn-pinyin+f2", "cmn-latn-pinyin+m1"])
@pytest.mark.parametrize("level", [-35, -25])
def test_one_short_word_is_heard_in_time(voice, level):
    verdict, over = short_word(voice, level)
    assert verdict.label is Label.CLEAR
    assert verdict.decided_at <= over + 0.6  # 0.4 s to hear that it is over, and a batch


@voices
@pytest.mark.parametrize("voice", ["cmn-latn-pinyin+f2", "cmn-latn-pinyin+m1"])
def test_one_short_word_shouted_is_clear_at_the_end_of_the_window_at_the_latest(voice):
    """espeak-ng's shout, never twice the same, is not always believed before."""
    verdict, _ = short_word(voice, -15)
    assert verdict.label is Label.CLEAR


def short_word(voice, level):
    """What is made of a word in 2.5 s of faint noise, and when it is over, in seconds."""
    word = s.at_active(s.espeak("wei2", voice), level)
    x = comfort(-60, seconds=2.5)
    x[8000 : 8000 + len(word)] += word
    return judged(s.alaw(x)), 1.0 + len(word) / s.RATE


@voices
def test_who_pauses_in_digital_silence_is_believed_no_later():
    """A telephone that sends nothing between words is no line that loses packets."""
    text = "nin2 hao3, wo3 de5 che1 zai4 lu4 shang5 zhuang4 le5, qing3 ni3 men5 pai4 ren2 lai2 kan4 yi1 xia4."
    verdict = judged(s.alaw(s.at_active(s.espeak(text, "cmn-latn-pinyin"), -20)))
    assert verdict.label is Label.CLEAR
    assert verdict.evidence["bursts"] > 0, "its pauses look like lost packets to the rules: the forest knows better"
    assert verdict.decided_at < 3.0


@voices
@pytest.mark.parametrize("make", [s.white, s.static, s.crackle, s.wind])
def test_loud_noise_over_speech_is_noisy(make):
    for seed in range(3):
        chance = s.rng(seed)
        speech = s.at_active(s.talk("menardi", SECONDS, chance), -28)
        verdict = judged(s.mixed(speech, make(SECONDS, chance), -8))
        assert verdict.label is Label.NOISY
        assert verdict.decided_at >= 1.2


@voices
@pytest.mark.parametrize("make", [s.white, s.pink, s.street, s.wind])
def test_faint_noise_under_speech_stays_clear(make):
    for seed in range(3):
        chance = s.rng(seed)
        speech = s.at_active(s.talk("menardi", SECONDS, chance), -25)
        assert judged(s.mixed(speech, make(SECONDS, chance), 8)).label is Label.CLEAR


@pytest.mark.parametrize("make", [s.white, s.pink, s.static, s.street, s.crackle, s.buzz])
def test_very_loud_noise_alone_is_noisy_but_never_at_once(make):
    verdict = judged(s.at_level(make(SECONDS, s.rng(1)), -12))
    assert verdict.label is Label.NOISY
    assert verdict.decided_at >= 1.2
    assert judged(s.at_level(make(1.0, s.rng(1)), -12)).label is not Label.NOISY


@voices
@pytest.mark.parametrize("delay", [0.0, 0.12, 0.3])
@pytest.mark.parametrize("level", [-35, -25, -20])
def test_our_own_echo_is_nobody(delay, level):
    far = s.at_active(s.talk("allison", SECONDS, s.rng(5), lead=(0, 0.1)), -18)
    assert judged(s.alaw(s.echo(far, delay, level) + comfort(-62)), far).label is Label.SILENT


@voices
def test_who_speaks_over_our_prompt_is_clear():
    for seed in range(4):
        far = s.at_active(s.talk("allison", SECONDS, s.rng(seed), lead=(0, 0.1)), -20)
        near = s.at_active(s.talk("menardi", SECONDS, s.rng(seed + 50)), -20)
        assert judged(s.alaw(near + s.echo(far, 0.12, -25)), far).label is Label.CLEAR


@voices
@pytest.mark.parametrize("filled", [True, False])
def test_bursts_of_lost_packets_are_noisy(filled):
    lost = np.arange(300) % 25 >= 15  # 40 % in bursts of 200 ms
    labels = []
    for seed in range(6):
        x = s.at_active(s.talk("menardi", 6, s.rng(seed), (0.1, 0.3), (0, 0.1)), -22) + comfort(-60, seconds=6)
        labels.append(judged(s.lose(s.alaw(x), np.roll(lost, seed * 3), filled)).label)
    assert labels.count(Label.NOISY) >= 5
    assert Label.SILENT not in labels


@voices
def test_a_few_lost_packets_stay_clear():
    for seed in range(4):
        chance = s.rng(seed)
        x = s.at_active(s.talk("menardi", SECONDS, chance), -22)
        lost = chance.random(len(x) // 160) < 0.06
        assert judged(s.lose(s.alaw(x), lost, bool(seed % 2))).label is Label.CLEAR


@voices
def test_a_verdict_stays_until_reset_or_a_new_window():
    detector = Detector()
    for frame in s.frames(s.at_active(s.talk("menardi", 3, s.rng(4)), -20)):
        verdict = detector.hear(frame)
    assert verdict is not None
    assert verdict.label is Label.CLEAR
    assert detector.hear(None) is verdict
    assert detector.finish() is verdict
    detector.window()
    for _ in range(100):
        assert detector.hear(None) is None
    silent = detector.finish()
    assert silent.label is Label.SILENT
    assert silent.decided_at == 5.02
    detector.reset()
    assert detector.finish().decided_at == 0


def test_a_verdict_is_plain_numbers():
    """It is written into the journal, which knows no numpy."""
    verdict = judged(s.at_level(s.static(SECONDS, s.rng(1)), -20))
    assert {type(value) for value in (*verdict.evidence.values(), verdict.confidence, verdict.decided_at)} == {float}


def test_no_verdict_is_certain():
    """A flow or a line that wants to be certain before it hangs up never does."""
    assert judged([None] * 200).confidence < 1
    assert judged(s.at_level(s.static(SECONDS, s.rng(1)), -10)).confidence < 1


def test_short_and_odd_frames_are_taken():
    detector = Detector()
    for frame in (b"", b"\0", b"\1\2\3", bytes(319), bytes(400), None):
        assert detector.hear(frame, frame) is None
    assert detector.finish().label is Label.SILENT


def test_memory_does_not_grow():
    detector = Detector()
    for frame in s.frames(comfort(-50, seconds=30)):
        detector.hear(frame)
    assert len(detector._past.all()) == 300
    assert len(detector._past._rows) == 600


def test_equal_audio_gives_equal_verdicts():
    x = s.at_level(s.static(SECONDS, s.rng(1)), -20)
    assert judged(x) == judged(x)
    assert 0 <= judged(x).confidence <= 1


@voices
@pytest.mark.parametrize("heard", [0.16, 0.2, 0.26])
def test_the_end_of_a_word_at_the_very_beginning_is_not_forgotten_in_a_long_window(heard):
    word = s.at_active(s.espeak("wei2", "cmn-latn-pinyin+m1"), -18)
    x = comfort(-62, seconds=7.5)
    part = word[-int(heard * s.RATE) :]
    x[: len(part)] += part
    assert judged(s.alaw(x)).label is Label.CLEAR
