"""What a kind of clip is, and the last steps every kind goes through."""

from collections.abc import Callable, Mapping

from tests.corpus.draft import Draft
from tests.corpus.line import coded
from tests.corpus.measures import dbov
from tests.corpus.model import SPLITS, Scene

Kind = Callable[[Scene], Draft | None]
"""Makes a draft, or None where chance gave something that cannot be (such as noise too narrow to drown a voice)."""
Table = Mapping[str, Mapping[str, Kind]]


def table(common: Mapping[str, Kind], families: Callable[[str], Mapping[str, Kind]] = lambda split: {}) -> Table:
    """The kinds of a class by split: those common to all, and those made of the split's own noise families."""
    return {split: {**common, **families(split)} for split in SPLITS}


def finished(draft: Draft) -> Draft:
    """The draft through a codec of the call's."""
    draft.heard = coded(draft.heard, draft.scene.chance)
    return draft


def levelled(draft: Draft, level: float) -> Draft:
    """The draft at an overall level in dBov, all of its parts but the echo of the far end alike."""
    gain = 10 ** ((level - dbov(draft.heard)) / 20)
    draft.speech = None if draft.speech is None else draft.speech * gain
    draft.noise, draft.heard = draft.noise * gain, (draft.heard - draft.beside) * gain + draft.beside
    return draft
