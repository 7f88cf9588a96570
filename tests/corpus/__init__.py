"""The project's own corpus of caller audio, made from seeds: `clips` yields labelled clips of a split."""

from tests.corpus.generate import clips, kinds
from tests.corpus.model import LABELS, SPLITS, Clip
from tests.corpus.noises import families
from tests.corpus.speakers import speakers

__all__ = ["LABELS", "SPLITS", "Clip", "clips", "families", "kinds", "speakers"]
