"""Levels, peaks, ends and resampling, against sounds whose numbers are known."""

import numpy as np
import pytest

from ivr.audio import levels


def tone(pitch: float, seconds: float, rate: int, level: float) -> levels.Samples:
    """A sine of a known RMS level."""
    return levels.amplitude(level) * np.sqrt(2) * np.sin(2 * np.pi * pitch * np.arange(round(rate * seconds)) / rate)


def silence(seconds: float, rate: int) -> levels.Samples:
    return np.zeros(round(rate * seconds))


@pytest.mark.parametrize("rate", [8000, 16000])
@pytest.mark.parametrize("level", [-40.0, -22.0, -9.0])
def test_pauses_do_not_count_in_the_active_level(rate, level):
    sound = np.concatenate([silence(2, rate), tone(440, 1, rate, level), silence(3, rate), tone(440, 1, rate, level)])
    assert levels.active_level(sound, rate) == pytest.approx(level, abs=0.1)


def test_sound_within_the_margin_counts_and_under_it_does_not():
    loud, near, far = tone(440, 1, 8000, -20), tone(440, 1, 8000, -30), tone(440, 1, 8000, -45)
    mean = 10 * np.log10((10**-2 + 10**-3) / 2)
    assert levels.active_level(np.concatenate([loud, near]), 8000) == pytest.approx(mean, abs=0.1)
    assert levels.active_level(np.concatenate([loud, far]), 8000) == pytest.approx(-20, abs=0.1)


def test_silence_has_a_level_too():
    assert levels.active_level(silence(1, 8000), 8000) == -120
    assert levels.measure(np.zeros(0), 8000) == levels.Measure(-120, -120, 0, 0, 0)


def test_the_ends_are_measured_to_the_last_audible_sample():
    sound = np.concatenate([silence(0.1, 8000), tone(1000, 0.5, 8000, -20), silence(0.3, 8000)])
    sound[5600] = levels.amplitude(levels.AUDIBLE + 0.5)
    found = levels.measure(sound, 8000)
    assert found.head == pytest.approx(0.1, abs=0.001)
    assert found.tail == pytest.approx(7200 / 8000 - 5601 / 8000)
    sound[5600] = levels.amplitude(levels.AUDIBLE - 0.5)
    assert levels.measure(sound, 8000).tail == pytest.approx(0.3, abs=0.001)


@pytest.mark.parametrize(
    ("rate", "wanted"), [(22050, 8000), (22050, 16000), (48000, 8000), (8000, 16000), (8000, 8000)]
)
def test_resampling_keeps_length_pitch_and_level(rate, wanted):
    result = levels.resample(tone(1000, 1, rate, -20), rate, wanted)
    assert len(result) == wanted
    middle = result[wanted // 4 : wanted // 4 * 3]
    assert np.sqrt(np.mean(middle**2)) == pytest.approx(levels.amplitude(-20), rel=0.01)
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle))))
    assert np.argmax(spectrum) * 2 == pytest.approx(1000, abs=4)


@pytest.mark.parametrize("pitch", [4300, 5000, 7000, 9000])
def test_nothing_above_the_band_is_mirrored_into_it(pitch):
    result = levels.resample(tone(pitch, 1, 22050, -10), 22050, 8000)
    assert levels.decibels(np.sqrt(np.mean(result[2000:6000] ** 2))) < -70


def test_the_band_ends_softly_so_that_sharp_sounds_do_not_ring():
    edge = levels.resample(tone(3950, 1, 22050, -20), 22050, 8000)[2000:6000]
    assert -55 < levels.decibels(np.sqrt(np.mean(edge**2))) < -35


def test_the_telephone_band_passes_and_mains_hum_and_offset_do_not():
    for pitch in (200, 300, 1000, 3400):
        passed = levels.resample(tone(pitch, 1, 22050, -20), 22050, 8000)[2000:6000]
        assert levels.decibels(np.sqrt(np.mean(passed**2))) == pytest.approx(-20, abs=0.2)
    hum = levels.resample(tone(30, 1, 22050, -20) + 0.2, 22050, 8000)[2000:6000]
    assert levels.decibels(np.sqrt(np.mean(hum**2))) < -50


def crackling(rate: int) -> levels.Samples:
    """A quiet tone with short bursts far above it: more crest than the line has room for."""
    sound = tone(500, 2, rate, -40)
    for start in range(rate // 10, 2 * rate, rate // 4):
        sound[start : start + rate // 200] *= 20
    return sound


@pytest.mark.parametrize("rate", [8000, 16000])
@pytest.mark.parametrize("gain", [-30, 0, 15])
def test_the_level_is_reached_with_peaks_under_the_limit(rate, gain):
    found = levels.measure(levels.level(crackling(rate) * levels.amplitude(gain), rate), rate)
    assert found.active == pytest.approx(levels.TARGET, abs=levels.TOLERANCE)
    assert found.peak < levels.PEAK


def test_what_needs_no_limiting_is_only_scaled():
    sound = tone(500, 1, 8000, -35)
    result = levels.level(sound, 8000)
    assert np.allclose(result / levels.amplitude(13), sound, atol=1e-3)


def test_silence_cannot_be_levelled():
    for sound in (np.zeros(0), silence(1, 8000)):
        with pytest.raises(ValueError, match="no sound"):
            levels.level(sound, 8000)


@pytest.mark.parametrize("around", [0.0, 0.03, 0.7])
@pytest.mark.parametrize("rate", [8000, 16000])
def test_both_ends_are_brought_to_the_same_silence(rate, around):
    sound = np.concatenate([silence(around, rate), tone(1000, 0.5, rate, -22), silence(around, rate)])
    found = levels.measure(levels.trim(sound, rate), rate)
    assert (found.head, found.tail) == pytest.approx((levels.LEAD, levels.LEAD), abs=0.001)
    assert found.seconds == pytest.approx(0.5 + 2 * levels.LEAD, abs=0.002)


def test_the_faintest_end_of_a_word_is_kept():
    fading = tone(1000, 1, 8000, -10) * np.logspace(0, -3, 8000)
    kept = levels.trim(fading, 8000)
    last = np.flatnonzero(np.abs(fading) > levels.amplitude(levels.AUDIBLE))[-1]
    assert kept[640 : 640 + 2000] == pytest.approx(fading[1:2001], abs=0.02)
    assert len(kept) == pytest.approx(last + 2 * 640, abs=10)
