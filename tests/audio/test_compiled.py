"""The compiled helper against numpy: the same rows, the same leaves, the same verdicts."""

import shutil
import subprocess

import numpy as np
import pytest
import signals as s

from ivr.audio import features
from ivr.audio.detector import Detector
from ivr.audio.features import COLUMNS, FRAME, LAG, PEAK, analyse, analyse_plainly
from ivr.audio.hearing.compiled import FILE, PLACE, helper, walker
from ivr.audio.hearing.figures import NAMES
from ivr.audio.hearing.forest import forest
from ivr.native import HOME

built = pytest.mark.skipif(not FILE.exists(), reason="no C compiler here: numpy does the helper's work")
COMPILER = shutil.which("cc") or shutil.which("gcc")
SOUNDS = {
    "noise": lambda size, chance: chance.normal(0, 3000, size),
    "hum": lambda size, chance: 8000 * np.sin(np.arange(size) * 0.04) + chance.normal(0, 5, size),
    "buzz": lambda size, chance: 4000 * np.sign(np.sin(np.arange(size) * 0.09)) + chance.normal(0, 200, size),
    "full scale": lambda size, chance: chance.choice([-32768, 32767], size),
    "an offset": lambda size, chance: 90 + chance.normal(0, 400, size),
    "nothing": lambda size, chance: np.zeros(size),
}


@built
@pytest.mark.parametrize(("calls", "count"), [(1, 1), (1, 8), (1, 13), (1, 50), (3, 8), (40, 7)])
@pytest.mark.parametrize("kind", SOUNDS)
def test_its_rows_are_those_of_numpy(kind, calls, count):
    samples = SOUNDS[kind](calls * (count + 1) * FRAME, np.random.default_rng(count)).astype(np.int16)
    ours, theirs = (np.full((calls * count, COLUMNS + 3), 7, np.float32) for _ in range(2))
    analyse(samples, ours, calls)
    analyse_plainly(samples, theirs, calls)
    assert features._COMPILED is not None
    alike = np.abs(ours - theirs) <= 1e-4 * np.abs(theirs).max(axis=0) + 1e-9
    alike[:, [LAG, PEAK]] |= kind in ("hum", "nothing")  # several are as high but for the last digit
    assert alike.all(), np.argwhere(~alike)[:5]
    assert (ours[:, COLUMNS:] == 7).all(), "it writes what is its own only"


@built
@pytest.mark.skipif(not COMPILER, reason="no C compiler here any more")
def test_a_processor_without_wide_vectors_gets_the_same_rows(tmp_path):
    made = tmp_path / "frames.so"
    source = HOME / "ivr/audio/hearing/frames.c"
    plain = "-DPRODUCT_HERE=product_anywhere"
    subprocess.run([COMPILER, "-O2", plain, "-Wno-psabi", "-shared", "-fPIC", "-o", made, source, "-lm"], check=True)
    matrices = features._COSINE, features._SINE, features._TO_BANDS, features._TO_LAGS
    plainly = helper(matrices, FRAME, made)
    assert plainly is not None
    samples = SOUNDS["noise"](51 * FRAME, np.random.default_rng(3)).astype(np.int16)
    ours, theirs = (np.empty((50, COLUMNS), np.float32) for _ in range(2))
    plainly(samples, ours, 1)
    analyse_plainly(samples, theirs)
    assert (np.abs(ours - theirs) <= 1e-4 * np.abs(theirs).max(axis=0) + 1e-9).all()


@built
@pytest.mark.parametrize("make", [s.white, s.pink, s.hum, s.breath])
def test_its_verdicts_are_those_of_numpy(make, monkeypatch):
    frames = s.frames(s.at_level(make(3, s.rng(5)), -24))

    def verdict():
        ear = Detector()
        for frame in frames:
            ear.hear(frame)
        return ear.finish()

    ours = verdict()
    monkeypatch.setattr(features, "_COMPILED", None)
    theirs = verdict()
    assert (ours.label, ours.decided_at) == (theirs.label, theirs.decided_at)
    assert ours.confidence == pytest.approx(theirs.confidence, abs=0.02)


@built
def test_it_comes_to_the_leaves_that_numpy_comes_to():
    trees, chance = forest(), np.random.default_rng(6)
    assert trees.walk is not None
    for number in range(300):
        figures = chance.normal(0, 10 ** chance.uniform(-2, 2), len(NAMES)).astype(np.float32)
        which = chance.integers(0, len(trees.figure), 40)
        figures[trees.figure[which]] = trees.threshold[which]  # what lies on a threshold is not above it
        assert (trees.walk(figures) == trees.walk_plainly(figures)).all(), number


@built
def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="320 samples do not make 2 rows"):
        analyse(np.zeros(320, np.int16), np.zeros((2, COLUMNS), np.float32))


def test_without_it_numpy_does_the_work(tmp_path, monkeypatch):
    matrices = (features._COSINE, features._SINE, features._TO_BANDS, features._TO_LAGS)
    assert helper(matrices, FRAME, tmp_path / "none.so") is None
    (tmp_path / "broken.so").write_bytes(b"no library")
    assert helper(matrices, FRAME, tmp_path / "broken.so") is None
    assert walker(np.zeros(1, PLACE), np.zeros(1, np.int32), 1, tmp_path / "none.so") is None
    monkeypatch.setattr(features, "_COMPILED", None)
    rows = np.zeros((1, COLUMNS), np.float32)
    analyse(np.full(320, 1000, np.int16), rows)
    assert rows.any()
