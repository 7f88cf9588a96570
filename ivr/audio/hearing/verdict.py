"""Weighs what was measured: silent, clear or noisy, and how sure; in doubt clear rather than noisy.

The four weights of `weight` came from a logistic fit on voices and noises of the tuning split and were then rounded.
"""

from dataclasses import dataclass
from math import exp

from ivr.audio.hearing.forest import Chances
from ivr.audio.hearing.judge import Measured

_WORD = 0.07  # seconds of voice that make a person
_DOUBT = -0.5  # a voice is clear from this weight up
_SURE = 1.0  # early, it must weigh this much
_DROWNED = 4.0  # dB: noise that leaves a talker at −26 dBFS less than this is too much
_DROWNED_EARLY = -5.0  # dB: before the end of the window, a loud talker may still come
_MOSTLY = 0.75  # share of frames that must be noise to call a line noisy
_NOISY = 0.8  # a chance from which a line is called noisy; all chosen on the tuning split
_SILENT = 0.5  # and silent
_SURE_NOT = 0.1  # a chance of a person below which nothing is in doubt but why nobody is heard
_SOONEST = 1.2  # seconds that noise must have lasted
_TORN = 0.14  # share of frames lost in bursts that tears words apart


@dataclass(frozen=True)
class Rules:
    """When a verdict may be told early, in seconds of the window, of speech that goes on, and of quiet after a word."""

    noisy_after: float
    clear_after: float
    word_over: float


@dataclass(frozen=True)
class Weighed:
    """A label with its confidence and the figures behind it."""

    label: str
    confidence: float
    measured: Measured


def weight(m: Measured) -> float:
    """Above zero for a voice that can be made out, below for one that drowns."""
    return 0.6 * m.snr + 5.0 * min(m.voice, 1.0) + 0.14 * max(-10.0, min(m.drown, 10.0)) - 4.6


def weigh(m: Measured, rules: Rules) -> Weighed:
    """The answer at the end of a window."""
    if _torn(m) and m.heard >= rules.noisy_after - 0.3:
        return Weighed("noisy", _sigmoid(20 * (m.loss - 0.1)), m)
    person = m.voice >= _WORD and not _tones(m)
    if person and weight(m) >= _DOUBT:
        return Weighed("clear", _sigmoid(weight(m) + 1.0), m)
    if m.drown < _DROWNED and m.spell > _MOSTLY and m.heard >= 1.2:
        return Weighed("noisy", _sigmoid((_DROWNED - m.drown) / 2 - (weight(m) if person else 0.0)), m)
    return Weighed("silent", _sigmoid(min(m.drown, 8.0) / 2 - 20 * m.voice * person), m)


def decided(m: Measured, chances: Chances) -> Weighed:
    """The answer of the forest, in doubt for a person: silent must be likelier than all else, noisy more so."""
    silent, clear, noisy = chances
    surely_nobody = clear < _SURE_NOT
    loud = m.heard >= _SOONEST and noisy > silent
    if loud and (surely_nobody or noisy >= _NOISY):
        return Weighed("noisy", noisy, m)
    return Weighed("silent", silent, m) if surely_nobody or silent >= _SILENT else Weighed("clear", clear, m)


def soon_enough(rules: Rules, listened: float, since_word: float, since_first: float) -> bool:
    """Whether `quick` could tell anything yet, whatever was measured; seconds."""
    return listened >= rules.noisy_after or since_word >= rules.word_over or since_first >= rules.clear_after


def quick(m: Measured, rules: Rules, since_word: float, since_first: float) -> Weighed | None:
    """The answer before the end, if it is sure; times in seconds since the voice was last and first heard."""
    late = m.heard >= rules.noisy_after
    if late and m.voice >= _WORD and _torn(m) and m.loss > 0.2:
        return weigh(m, rules)
    if m.voice >= _WORD and not _tones(m) and weight(m) >= _SURE and not _torn(m):
        ended = since_word >= rules.word_over and m.faded > 0
        return weigh(m, rules) if ended or since_first >= rules.clear_after else None
    if late and m.voice < _WORD and m.drown < _DROWNED_EARLY and m.spell > _MOSTLY:
        return weigh(m, rules)
    return None


def _tones(m: Measured) -> bool:
    return m.steady >= 0.5 and m.steady * m.heard > 3 * m.voice and m.snr < 10


def _torn(m: Measured) -> bool:
    many = m.bursts >= 3 and m.loss >= _TORN
    return m.voice >= 0.05 and (many or (m.bursts >= 2 and m.loss >= 0.2))


def _sigmoid(x: float) -> float:
    return 1 / (1 + exp(-max(-30.0, min(x, 30.0))))
