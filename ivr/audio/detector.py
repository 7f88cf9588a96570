"""Hears a call frame by frame and says whether the caller can be heard: silent, clear or noisy."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import Enum
from typing import NamedTuple

import numpy as np

from ivr.audio.features import COLUMNS, FRAME, POWER, Rows, analyse
from ivr.audio.hearing.echo import EchoGate
from ivr.audio.hearing.figures import figures
from ivr.audio.hearing.forest import Chances, forest
from ivr.audio.hearing.judge import Measured, measure
from ivr.audio.hearing.past import Past
from ivr.audio.hearing.verdict import Rules, Weighed, decided, quick, soon_enough, weigh
from ivr.audio.hearing.voicing import Voicing

SECONDS = 0.02  # a frame
BATCH = 8  # frames analysed at a time
MOST = 64  # and at most
_CALLS = 64  # calls analysed at a time
_SELDOM = 24  # frames between judgements of a voiceless line
_AGAIN = 12  # frames after a doubt in which the forest is not asked again
_NOISY = 0.95  # how sure the forest must be to answer before the end; these chosen on the tuning split
_CLEAR = 0.9
_CLEAR_SOON = 0.98  # the same before _MUCH voice was heard: packets that get lost take time to show
_MUCH = 0.8  # seconds of voice
_WORD = 0.95  # the same of one short word, of which too little is there to be torn: it is waited for
_SHORT_WORD = 0.5  # seconds of voice
_LIKELY = 0.7  # a chance of a person that is not forgotten at the end of the window
_SUREST = 0.999  # no ear is certain: what must be surer than this is never done
_SHORT = 0.6  # seconds from which a window is judged by the forest
_LOUD = 10**-3.6  # only noise above −36 dBFS can drown a talker so surely that it is told early
_NOTHING = bytes(2 * FRAME)


class Label(str, Enum):
    """What a window of listening comes to."""

    SILENT = "silent"
    CLEAR = "clear"
    NOISY = "noisy"


@dataclass(frozen=True)
class Verdict:
    """The answer, after how many seconds of audio, how sure (0..1), and the figures it rests on."""

    label: Label
    decided_at: float
    confidence: float
    evidence: dict[str, float]


class Detector:
    """One caller's ear; takes 20 ms frames of 8 kHz 16-bit mono and keeps a constant amount of memory."""

    def __init__(
        self,
        *,
        noisy_after: float = 1.5,
        clear_after: float = 1.2,
        word_over: float = 0.4,
        batch: int = BATCH,
        phase: int = 0,
    ) -> None:
        """Seconds after which noise, and speech that goes on, may be told early, and of quiet that ends a word.

        A burst of lost packets lasts up to 0.32 s, and what fills it may fade as a word does. `batch` frames are
        analysed at a time; `phase` tells calls that began together when it is whose turn.
        """
        self._rules = Rules(max(noisy_after, 1.2), clear_after, word_over)
        self._pause = round(word_over / SECONDS)
        self._batch, self._phase = batch, phase % batch
        self.reset()

    def reset(self) -> None:
        """Forgets everything: a new call."""
        self._past = Past()
        self._echo = EchoGate()
        self._voicing = Voicing()
        self._before = _NOTHING
        self._waiting: list[bytes] = []
        self._far: list[bytes] = []
        self._frames = 0
        self._loud = 0.0
        self.window()

    def window(self) -> None:
        """Starts a new listening window; the noise floor and the echo path stay known."""
        self.analyse()
        self._past.open_window()
        self.verdict: Verdict | None = None
        self._since_window = 0
        self._first_voice = self._last_voice = 0
        self._judged = -_SELDOM
        self._doubted = -_AGAIN
        self._maybe: Weighed | None = None

    def hear(self, frame: bytes | None, far: bytes | None = None) -> Verdict | None:
        """Takes 20 ms of the caller (None: no packet) and of what the line played; a verdict once it is sure."""
        if self.take(frame, far):
            self.analyse()
            return self.decide()
        return self.verdict

    def take(self, frame: bytes | None, far: bytes | None = None) -> bool:
        """As `hear`, but only keeps the frame; whether it is time to `analyse` and `decide`."""
        self._frames += 1
        self._since_window += 1
        if self.verdict is not None:
            return False
        if len(self._waiting) >= MOST:
            self.analyse()
        self._waiting.append(_whole(frame))
        self._far.append(_whole(far))
        return self._frames % self._batch == self._phase

    def finish(self) -> Verdict:
        """The answer at the end of the window, in any case."""
        if self.verdict is None:
            self.analyse()
            weighed = self._judge(self._measure())
            # a word at the beginning of a long window may have been forgotten by its end: in doubt, a person
            if self._maybe and weighed.label == Label.SILENT.value:
                weighed = self._maybe
            self.verdict = self._say(weighed)
        return self.verdict

    def analyse(self) -> None:
        """Analyses what waits, as `analyse_together` does for many."""
        if self._waiting:
            taken = self._taken()
            if taken.sounds:
                analyse(np.frombuffer(taken.near, np.int16), taken.rows)
            self._mark(taken)

    def decide(self) -> Verdict | None:
        """The verdict, if what has been analysed makes it sure."""
        self.verdict = self.verdict or self._early()
        return self.verdict

    def _taken(self) -> "_Taken":
        near, far = b"".join((self._before, *self._waiting)), b"".join(self._far)
        self._before = self._waiting[-1]
        rows = self._past.room(len(self._waiting))
        self._waiting.clear()
        self._far.clear()
        return _Taken(self, rows, near, far, _sounds(near))

    def _mark(self, taken: "_Taken") -> None:
        """Marks voice, tones and echo in rows that were analysed."""
        rows, count = taken.rows, len(taken.rows)
        if not taken.sounds:
            rows[:] = 0
            self._loud *= 0.9
            self._voicing.cut()
            self._echo.hear([0.0] * count, _powers(taken.far, count))
            return
        powers = rows[:, POWER].tolist()
        self._loud = max(0.9 * self._loud, powers[-1])
        echo = self._echo.hear(powers, _powers(taken.far, count))
        for at, found in enumerate(self._voicing.follow(rows, echo)):
            if found:
                after = count - 1 - at
                self._past.mark_voice(after, found)
                self._last_voice = self._since_window - after
                self._first_voice = self._first_voice or self._last_voice

    def _early(self) -> Verdict | None:
        now = self._since_window
        if not self._worth_judging() or now < self._doubted + _AGAIN:
            return None
        since_word, since_first = (now - self._last_voice) * SECONDS, (now - self._first_voice) * SECONDS
        if not soon_enough(self._rules, now * SECONDS, since_word, since_first):
            return None
        suspected = quick(self._measure(), self._rules, since_word, since_first)
        if suspected is None or suspected.measured.heard < _SHORT:
            return self._say(suspected) if suspected else None
        weighed = self._judge(suspected.measured)
        if weighed.label == suspected.label and weighed.confidence >= _enough(weighed):
            return self._say(weighed)
        if weighed.label == Label.CLEAR.value and weighed.confidence >= _LIKELY:
            self._maybe = weighed
        self._doubted = now
        return None

    def _judge(self, measured: Measured) -> Weighed:
        """What the window comes to; one too short for the forest is weighed by rule."""
        if measured.heard < _SHORT:
            return weigh(measured, self._rules)
        return decided(measured, self._chances(measured))

    def _chances(self, measured: Measured) -> Chances:
        return forest().chances(figures(self._past.window(), measured))

    def _worth_judging(self) -> bool:
        """Judging costs as much as a dozen frames: only after a word, and now and then while a sound goes on."""
        now = self._since_window
        if self._last_voice:
            due = 0 <= now - self._last_voice - self._pause < BATCH or now - self._judged >= 2 * BATCH
        else:
            due = self._loud > _LOUD and now * SECONDS >= self._rules.noisy_after and now - self._judged >= _SELDOM
        if due:
            self._judged = now
        return due

    def _measure(self) -> Measured:
        return measure(self._past.window(), self._past.all())

    def _say(self, weighed: Weighed) -> Verdict:
        figures = {name: round(value, 3) for name, value in asdict(weighed.measured).items()}
        confidence = round(min(weighed.confidence, _SUREST), 3)
        return Verdict(Label(weighed.label), round(self._frames * SECONDS, 2), confidence, figures)


class _Taken(NamedTuple):
    """What waited in one ear: with one frame of the past before it, and what was played meanwhile."""

    ear: Detector
    rows: Rows
    near: bytes
    far: bytes
    sounds: bool


def analyse_together(ears: Iterable[Detector]) -> None:
    """Analyses what waits in several calls at once, at far less cost than one by one."""
    taken = [ear._taken() for ear in ears if ear._waiting]
    alike: dict[int, list[_Taken]] = defaultdict(list)
    for one in taken:
        if one.sounds:
            alike[len(one.rows)].append(one)
    for count, some in alike.items():
        for at in range(0, len(some), _CALLS):
            _fill(some[at : at + _CALLS], count)
    for one in taken:
        one.ear._mark(one)


def _fill(some: list[_Taken], count: int) -> None:
    """Fills the rows of calls of which `count` frames each were taken."""
    found = np.empty((len(some) * count, COLUMNS), np.float32)
    analyse(np.frombuffer(b"".join(one.near for one in some), np.int16), found, len(some))
    for one, rows in zip(some, found.reshape(len(some), count, COLUMNS), strict=True):
        one.rows[:, :COLUMNS] = rows


def _enough(weighed: Weighed) -> float:
    """How sure the forest must be to say this before the end of the window."""
    if weighed.label == Label.NOISY.value:
        return _NOISY
    voice = weighed.measured.voice
    if voice < _SHORT_WORD:
        return _WORD
    return _CLEAR_SOON if voice < _MUCH else _CLEAR


def _whole(frame: bytes | None) -> bytes:
    return frame if frame is not None and len(frame) == 2 * FRAME else ((frame or b"") + _NOTHING)[: 2 * FRAME]


def _powers(data: bytes, count: int) -> list[float]:
    if not _sounds(data):
        return [0.0] * count
    samples = (np.frombuffer(data, np.int16) * np.float32(1 / 32768)).reshape(count, FRAME)
    powers: list[float] = (np.einsum("ij,ij->i", samples, samples) / FRAME).tolist()
    return powers


def _sounds(data: bytes) -> bool:
    return data != bytes(len(data))
