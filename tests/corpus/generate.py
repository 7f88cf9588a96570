"""Makes the clips: a third of each class, every kind in turn, each clip from a seed of its own."""

from collections.abc import Iterator

import numpy as np

from tests.corpus import clear, noisy, silent
from tests.corpus.codecs import named, shorts
from tests.corpus.connection import carried
from tests.corpus.draft import Draft
from tests.corpus.glimpsed import made_out, spoken
from tests.corpus.kinds import Table
from tests.corpus.learnt import CLEAR, NOISY, SILENT, with_learnt
from tests.corpus.line import concealed, idle, scattered, some_filling
from tests.corpus.model import FRAME, LABELS, RATE, SPLITS, Clip, Rng, Scene
from tests.corpus.places import warn
from tests.corpus.truth import HOLDS

KINDS: dict[str, Table] = {
    "silent": with_learnt(silent.KINDS, SILENT),
    "clear": with_learnt(clear.KINDS, CLEAR),
    "noisy": with_learnt(noisy.KINDS, NOISY),
}
TRIES = 25
LOSSY = 0.15
ACTIVE, SYLLABLE = 0.02, 10
SHORTEST, LONGEST = 2.0, 6.0
SIZES = [n * FRAME for n in range(100, 301) if pow(2 * 3 * 5 * 7, 8, n) == 0]
"""Lengths in samples of whole frames without a prime factor over 7: Fourier transforms of them are fast."""
NEEDS = {"gsm": "gsm", "amr": "amr", "g.729": "g729", "coded again": "gsm"}


def kinds(split: str, label: str) -> tuple[str, ...]:
    """The kinds of a class that can be made here: without a codec's library, not the kinds that need it."""
    return tuple(kind for kind in KINDS[label][split] if named(NEEDS.get(_codec(kind), "")))


def _codec(kind: str) -> str:
    """What of a kind's name is the codec's, if it has one there."""
    return kind.removesuffix(" bit errors").removeprefix("burst loss, ").removeprefix("light loss, ")


def clips(split: str, count: int, seed: int, seconds: float | None = None, longer: bool = False) -> Iterator[Clip]:
    """`count` clips of a split, of 2 to 6 s or of exactly `seconds`; the same arguments always give the same clips."""
    return (clip(split, number, seed, seconds, longer) for number in range(count))


def clip(split: str, number: int, seed: int, seconds: float | None = None, longer: bool = False) -> Clip:
    """Clip `number` of the split's endless row, over a `longer` connection than the kind alone asks for or not."""
    label = LABELS[number % 3]
    chance = np.random.default_rng([seed, SPLITS.index(split), number])
    names = _turn(split, label, number // 3, seed)
    for name in names:
        for _ in range(TRIES):
            draft = KINDS[label][split][name](Scene(split, _size(chance, seconds), chance, longer))
            if draft is not None and longer:
                _carry(draft)
            if draft is not None and HOLDS[label](draft):
                return _packed(draft, label, name)
        warn(f"{split}: no {label} clip of the kind {name} came out right, another kind was taken")
    raise RuntimeError(f"no {label} clip of any kind came out right in {split}")


def _carry(draft: Draft) -> None:
    """Over the rest of a longer connection, a few packets lost; none lies behind a line that counts lost packets."""
    scene = draft.scene
    if draft.lost is not None or not np.any(draft.heard):
        return
    if draft.gone is None and scene.maybe(LOSSY):
        draft.gone = scattered(scene.size // FRAME, scene.chance, scene.chance.uniform(0.005, 0.07))
        draft.heard = concealed(scene, draft.heard, draft.gone, some_filling(scene))
    draft.heard = carried(scene, draft.heard)


def first_choice(split: str, number: int, seed: int) -> str:
    """The kind that clip `number` is of, unless nothing of that kind comes out right."""
    return _turn(split, LABELS[number % 3], number // 3, seed)[0]


def _turn(split: str, label: str, turn: int, seed: int) -> list[str]:
    """The kinds in the order in which this turn tries them: every kind is first once in a round."""
    names = kinds(split, label)
    lap, at = divmod(turn, len(names))
    order = np.random.default_rng([seed, SPLITS.index(split), LABELS.index(label), lap, 1]).permutation(len(names))
    return [names[i] for i in np.roll(order, -at)]


def _size(chance: Rng, seconds: float | None) -> int:
    """The wanted length in samples, in whole frames, or a random one."""
    if seconds is not None:
        return round(seconds * RATE / FRAME) * FRAME
    return SIZES[np.searchsorted(SIZES, chance.uniform(SHORTEST, LONGEST) * RATE)]


def _packed(draft: Draft, label: str, kind: str) -> Clip:
    near = shorts(idle(draft.scene, draft.heard))
    if draft.lost is not None:
        near.reshape(-1, FRAME)[draft.lost] = 0
    far = None if draft.far is None else shorts(draft.far)
    return Clip(
        near, far, label, kind, draft.speaker, draft.family, draft.lost, len(near) / RATE, _begins(draft), draft.gone,
        spoken(draft), made_out(draft),
    )  # fmt: skip


def _begins(draft: Draft) -> float:
    """Seconds until the voice has been there for 0.2 s."""
    if draft.speech is None:
        return 0.0
    power = np.square(draft.speech.reshape(-1, FRAME)).mean(axis=1)
    active = np.flatnonzero(power > power.max() * ACTIVE)
    return float(active[min(SYLLABLE, len(active)) - 1] + 1) * FRAME / RATE
