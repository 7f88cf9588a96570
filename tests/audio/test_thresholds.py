"""The thresholds tried on the tune split are those that the ear goes by."""

import json

import pytest

from ivr.audio.detector import Detector
from ivr.audio.hearing import forest
from tests.corpus.generate import clip
from tests.training import thresholds
from tests.training.examples import frames


@pytest.mark.parametrize("number", range(12))
def test_what_was_kept_of_a_clip_comes_to_what_the_ear_says(number):
    ear = Detector()
    for near, far in frames(clip("tune", number, 7, longer=number % thresholds.LONGER == 0)):
        ear.hear(near, far)
    said = ear.finish()
    label, at = thresholds.told(thresholds.heard(7, forest.FILE, number))
    assert (label, at) == (said.label.value, pytest.approx(said.decided_at))


def test_the_forest_asked_is_the_one_of_the_file(tmp_path):
    """One whose only tree says silent to whatever it is shown."""
    stump = {"class": "silent", "splits": [["snr", 99.0, -1, -2]], "leaves": [9.0, 9.0]}
    (tmp_path / "forest.json").write_text(json.dumps({"made_by": "hand", "depth": 1, "trees": [stump]}))
    found = thresholds.heard(7, tmp_path / "forest.json", 1)
    assert all(moment.chances[0] > 0.99 for moment in found.moments)
    assert thresholds.told(found)[0] == "silent" != found.label


def test_every_threshold_that_is_tried_is_one_and_stays_as_it_is():
    some = [thresholds.heard(7, forest.FILE, number) for number in range(6)]
    before = [(name, getattr(module, name)) for module, name, _ in thresholds.TRIED]
    lines = list(thresholds.table(some))
    assert [(name, getattr(module, name)) for module, name, _ in thresholds.TRIED] == before
    assert len(lines) == 3 + sum(map(len, thresholds.GIVEN.values())) + sum(
        value != was for (_, was), (_, _, values) in zip(before, thresholds.TRIED, strict=True) for value in values
    )
