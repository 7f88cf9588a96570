"""Whether the two sides of a recording are in step: each is held to what is known of it from elsewhere.

The caller's side: Asterisk tells when it begins and ceases to hear the caller (TALK_DETECT); the same rule finds these
edges in the recording. The line's side: of each prompt it is known when it was played, and it is found again where
the levels go together best (Pearson's correlation of levels in dB). How much later in the recording than it happened
the one side stands, less what the other does, is how far the caller's is behind.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Levels = npt.NDArray[np.float32]

STEP = 0.01
"""Seconds of one level."""
PAUSE = 0.6
"""Seconds of quiet after which the caller has ceased to be heard (TALK_DETECT in extensions.conf)."""
LOUD = 256
"""Mean magnitude of a frame in which the caller is heard (what TALK_DETECT takes where it is told no other)."""
LONGEST = 20.0
"""Seconds of a prompt that are looked for."""
_REACH = 150  # steps that a side is looked for before and after its place
_APART = 15  # steps beyond which another place is another
_SURE, _SURER = 0.8, 0.1  # the correlation wanted, and by how much it must beat that of any other place
_SHORT, _SURE_SHORT = 150, 0.95  # steps of a prompt that is like much else, and the correlation wanted of it
_MOVES = 6.0  # dB, the least standard deviation of levels that can be found again
_SOUNDS = 20  # steps that must sound
_FLOOR, _SOUND = 32768 * 10 ** (-65 / 20), 32768 * 10 ** (-45 / 20)
_NEAR = 3  # steps by which edges that belong together may differ in how late they are
_FEWEST = 2  # edges that must agree, where so many were told
_TOGETHER = 4  # edges that are looked at together, half of them again with the next


class Edge(NamedTuple):
    """When Asterisk began (or ceased) to hear the caller, in Unix seconds."""

    at: float
    heard: bool


class Prompt(NamedTuple):
    """What the line played: from when (Unix seconds), up to how much later, and its level in each 10 ms."""

    at: float
    slack: float
    levels: Levels


class _Late(NamedTuple):
    """By how many steps something stands later in the recording than it happened: at least, and at most."""

    place: int
    least: int
    most: int


@dataclass(frozen=True)
class Known:
    """What is known of a call's sound beside its recording; prompts are asked for where they are needed."""

    edges: tuple[Edge, ...] = ()
    prompts: Callable[[], Iterable[Prompt]] = tuple


def behind(
    known: Known, answered: float, caller: Levels, line: Levels, pauses: Iterable[tuple[float, float]] = ()
) -> float | None:
    """Seconds by which the caller's side of a recording is behind the line's, where it is farthest.

    Each has one value per 10 ms from the answer (Unix seconds): the caller's mean magnitude, the line's level.
    `pauses` are masked (seconds from the answer). None where there is too little of either side to tell.
    """
    mine = list(_caller(known.edges, answered, caller, list(pauses))) if known.edges else []
    others = sorted(_line(known.prompts(), answered, line)) if mine else []
    found = [_outside(one, others) for one in mine] if others else []
    return round(max(found, key=abs) * STEP, 3) if found else None


def levels_of(pcm: bytes) -> Levels:
    """The level of 16-bit samples of 8 kHz in each 10 ms."""
    size = round(STEP * 8000)
    whole = np.frombuffer(pcm, np.int16, len(pcm) // 2 // size * size).astype(np.float32).reshape(-1, size)
    return np.asarray(np.sqrt(np.square(whole).mean(axis=1)))


# -- the caller's side ---------------------------------------------------------------------------


def _caller(
    edges: Iterable[Edge], answered: float, magnitudes: Levels, pauses: list[tuple[float, float]]
) -> Iterator[_Late]:
    """How late the caller's side is, again and again through the call."""
    found = [one for one in _edges(magnitudes) if not _masked(one[0], pauses)]
    there = [one for one in found if not _cut(one)]
    told = [(round((one.at - answered) / STEP), one.heard) for one in edges]
    told = [one for one in told if not _masked(one[0], pauses)]
    if len(there) < len(found) and told and told[0][1] and told[0][0] <= _NEAR:
        before, *told = told
        yield _Late(before[0], -_REACH, found[0][0] - before[0])
    for first in range(0, max(1, len(told) - _TOGETHER // 2), _TOGETHER // 2):
        some = told[first : first + _TOGETHER]
        late = _agreed(some, there)
        if late is not None:
            yield _Late(some[len(some) // 2][0], late, late)


def _edges(magnitudes: Levels) -> list[tuple[int, bool]]:
    """Where Asterisk's rule says that the caller began (or ceased) to be heard, wherever its frames of 20 ms begin."""
    pause, end = round(PAUSE / STEP), len(magnitudes)
    frames = (magnitudes[1:] + magnitudes[:-1]) / 2 > LOUD
    loud = np.flatnonzero(np.append(frames, False) | np.insert(frames, 0, False)) if end else np.zeros(0)
    told = np.concatenate([[-end - pause], loud, [end + pause]])
    rests = np.flatnonzero(np.diff(told) > pause)
    ceased, began = (told[rests] + pause).tolist(), told[rests + 1].tolist()
    found = sorted([(step, False) for step in ceased] + [(step, True) for step in began])
    return [(round(step), heard) for step, heard in found if 0 <= step < end]


def _cut(edge: tuple[int, bool]) -> bool:
    """Whether the recording begins with it: what sounds there may have begun before, but not later."""
    step, heard = edge
    return heard and step < _NEAR


def _masked(step: int, pauses: list[tuple[float, float]]) -> bool:
    """Whether an edge comes from what is masked, or may do so."""
    return any(start <= step * STEP <= end + PAUSE for start, end in pauses)


def _agreed(told: list[tuple[int, bool]], there: list[tuple[int, bool]]) -> int | None:
    """How late most of the edges are; None where no half of them agrees, or as many do on another time.

    Of several, one alone does not count: where the recording does not show it, it agrees with whatever is near. Nor do
    ends alone: a phone that sends nothing in a pause is told to cease later than it did, beginnings come with sound.
    """
    late = [[at - step for at, heard in there if heard is began and abs(at - step) <= _REACH] for step, began in told]
    all_ = [one for each in late for one in each]
    begun = [one for each, (_, began) in zip(late, told, strict=True) if began for one in each]
    agree = {one: sum(any(abs(other - one) <= _NEAR for other in each) for each in late) for one in all_}
    if not begun:
        return None
    best = max(begun, key=lambda one: agree[one])
    rival = max((many for one, many in agree.items() if abs(one - best) > _APART), default=0)
    if agree[best] <= rival or agree[best] < max(min(_FEWEST, len(told)), len(told) / 2):
        return None
    return round(float(np.median([one for one in all_ if abs(one - best) <= _NEAR])))


# -- the line's side -----------------------------------------------------------------------------


def _line(prompts: Iterable[Prompt], answered: float, levels: Levels) -> Iterator[_Late]:
    for prompt in prompts:
        late = _found(prompt, answered, levels)
        if late is not None:
            yield _Late(round((prompt.at - answered) / STEP), late - round(prompt.slack / STEP), late)


def _found(prompt: Prompt, answered: float, levels: Levels) -> int | None:
    """How many steps later than it was played a prompt stands in the recording."""
    played = prompt.levels[: round(LONGEST / STEP)]
    wanted = _decibels(_smoothed(played))
    if np.count_nonzero(played > _SOUND) < _SOUNDS or float(wanted.std()) < _MOVES:
        return None
    place = round((prompt.at - answered) / STEP)
    there = np.full(len(wanted) + 2 * _REACH, _FLOOR, np.float32)
    low, high = max(0, place - _REACH), min(len(levels), place + _REACH + len(wanted))
    if high <= low:
        return None
    there[low - place + _REACH : high - place + _REACH] = levels[low:high]
    return _best(_alike(wanted, _decibels(_smoothed(there))), _SURE_SHORT if len(wanted) < _SHORT else _SURE)


def _alike(wanted: Levels, there: Levels) -> Levels:
    """The correlation at each place, from `_REACH` steps before to as many after."""
    size = len(wanted)
    mean, square = _means(there, size), _means(np.square(there), size)
    spread = np.sqrt(np.maximum(square - mean * mean, 1e-6))
    return np.asarray(np.correlate(there, wanted - wanted.mean(), "valid") / (size * wanted.std() * spread))


def _means(values: Levels, size: int) -> npt.NDArray[np.float64]:
    """The mean of each run of so many values."""
    sums = np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])
    return np.asarray((sums[size:] - sums[:-size]) / size)


def _best(alike: Levels, wanted: float) -> int | None:
    """The place that is surely the right one, in steps from the middle: as much alike as `wanted`, and no other is."""
    top = int(alike.argmax())
    others = np.concatenate([alike[: max(0, top - _APART)], alike[top + _APART + 1 :]])
    sure = alike[top] >= wanted and (not len(others) or alike[top] - others.max() >= _SURER)
    return top - _REACH if sure else None


def _decibels(levels: Levels) -> Levels:
    return np.asarray(20 * np.log10(np.maximum(levels, _FLOOR)), np.float32)


def _smoothed(levels: Levels) -> Levels:
    """Each level with the one after it, so that where a frame begins does not matter."""
    after = np.append(levels[1:], levels[-1:])
    return np.asarray(np.sqrt((np.square(levels) + np.square(after)) / 2), np.float32)


# -- both ----------------------------------------------------------------------------------------


def _outside(mine: _Late, line: list[_Late]) -> int:
    """How far the caller's side is from what the line's was before and after: between them sound may have been lost."""
    before = [one for one in line if one.place <= mine.place][-1:]
    after = [one for one in line if one.place > mine.place][:1]
    least, most = min(one.least for one in before + after), max(one.most for one in before + after)
    return max(mine.least - most, 0) + min(mine.most - least, 0)
