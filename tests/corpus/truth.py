"""The definitions of the three labels, applied by measure to a draft."""

import numpy as np

from tests.corpus.draft import Draft
from tests.corpus.measures import snrw, talker_snrw
from tests.corpus.stoi import stoi

HEARD, DROWNED, CALM = 6.0, -3.0, 10.0
LIGHT, HEAVY = 0.08, 0.30
INTELLIGIBLE, GARBLED = 0.75, 0.60


def loss(draft: Draft) -> float:
    """The share of frames that were lost."""
    return 0.0 if draft.gone is None else float(np.mean(draft.gone))


def intelligibility(draft: Draft) -> float | None:
    """STOI of what was heard against the clean voice; None for very short words."""
    clean = draft.reference if draft.reference is not None else draft.speech
    return None if clean is None else stoi(clean, draft.heard)


def left_to_talker(draft: Draft) -> tuple[float, float]:
    """A talker's weighted SNR in dB, least and most: over the noise made and what a longer connection left of it."""
    made = talker_snrw(draft.noise)
    if not draft.scene.longer or np.any(draft.beside):
        return made, made
    came = talker_snrw(draft.heard)
    return min(made, came), max(made, came)


def is_silent(draft: Draft) -> bool:
    """No speech, and a talker at −26 dBov would have a weighted SNR of +10 dB or more."""
    return draft.speech is None and left_to_talker(draft)[0] >= CALM


def is_clear(draft: Draft) -> bool:
    """Speech at a weighted SNR of +6 dB or more, at most 8 % loss, STOI of 0.75 or more."""
    if draft.speech is None or loss(draft) > LIGHT or snrw(draft.speech, draft.noise) < HEARD:
        return False
    score = intelligibility(draft)
    return score is None or score >= INTELLIGIBLE


def is_noisy(draft: Draft) -> bool:
    """Speech drowned, torn or garbled beyond understanding; or noise alone that would drown a talker."""
    if draft.speech is None:
        return left_to_talker(draft)[1] <= DROWNED
    if loss(draft) >= HEAVY:
        return True
    if not draft.damaged and snrw(draft.speech, draft.noise) > DROWNED:
        return False
    score = intelligibility(draft)
    return score is not None and score <= GARBLED


HOLDS = {"silent": is_silent, "clear": is_clear, "noisy": is_noisy}
