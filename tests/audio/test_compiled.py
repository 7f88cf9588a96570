"""The compiled helper against numpy: the same rows, voices and figures, the same leaves, the same verdicts."""

import shutil
import subprocess
from dataclasses import astuple, fields
from functools import partial

import numpy as np
import pytest
import signals as s

from ivr.audio import features
from ivr.audio.detector import Detector
from ivr.audio.features import COLUMNS, FRAME, LAG, PEAK, analyse, analyse_plainly
from ivr.audio.hearing import figures, glimpses, judge, past, voicing
from ivr.audio.hearing.bands import IMPORTANCE
from ivr.audio.hearing.compiled import (
    FILE,
    MEASURED,
    MOST,
    PLACE,
    WIDTH,
    follower,
    glimpser,
    helper,
    measurer,
    teller,
    walker,
)
from ivr.audio.hearing.figures import NAMES, tell_plainly
from ivr.audio.hearing.forest import forest
from ivr.audio.hearing.voicing import Voicing
from ivr.native import HOME
from tests.corpus.generate import clip
from tests.training.examples import Hearing, frames

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


def windows(number):
    """Of a clip of tune: the whole of it, part of it, and the first few frames."""
    ear = Hearing()
    for near, far in frames(clip("tune", number, 11)):
        ear.hear(near, far)
    rows = ear.rows()
    return rows, rows[: len(rows) // 2], rows[3:], *(rows[:count] for count in (0, 1, 2, 3, 4, 5, 30))


@built
@pytest.mark.parametrize("number", range(60))
def test_its_figures_are_those_of_numpy(number):
    for window in windows(number):
        ours, theirs = (np.zeros(len(NAMES), np.float32) for _ in range(2))
        assert figures._COMPILED is not None
        figures._COMPILED(window, ours)
        tell_plainly(window, theirs)
        alike = np.abs(ours - theirs) <= 2e-3 * (np.abs(theirs) + 1)
        assert alike.all(), (len(window), [NAMES[12 + at] for at in np.flatnonzero(~alike)])


@built
@pytest.mark.parametrize("number", range(60))
def test_it_measures_as_numpy_does(number):
    for window in windows(number):
        for past_ in (window, windows(number)[0], window[:0]):
            ours, theirs = judge.measure(window, past_), judge.measure_plainly(window, past_)
            assert judge._COMPILED is not None
            assert astuple(ours) == pytest.approx(astuple(theirs), abs=2e-4, rel=2e-4)


@built
@pytest.mark.parametrize("kind", SOUNDS)
def test_its_figures_of_plain_sounds_are_those_of_numpy_too(kind):
    samples = SOUNDS[kind](121 * FRAME, np.random.default_rng(2)).astype(np.int16)
    rows = np.zeros((120, WIDTH), np.float32)
    analyse_plainly(samples, rows)
    rows[40:50, :] = 0
    ours, theirs = (np.zeros(len(NAMES), np.float32) for _ in range(2))
    assert figures._COMPILED is not None
    figures._COMPILED(rows, ours)
    tell_plainly(rows, theirs)
    assert np.isfinite(ours).all()
    assert ours == pytest.approx(theirs, abs=2e-3, rel=2e-3)


@built
@pytest.mark.parametrize("number", range(30))
def test_it_follows_pitch_as_python_does(number):
    chance, rows = np.random.default_rng(number), windows(number)[0]
    ours, theirs = Voicing(), Voicing()
    for at in range(0, len(rows), 8):
        some, echo = [rows[at : at + 8].copy() for _ in range(2)], (chance.random(8) < 0.1).tolist()
        echo = echo[: len(some[0])]
        for one in some:
            one[:, COLUMNS:] = 0
        assert ours.follow(some[0], echo) == theirs.follow_plainly(some[1], echo)
        assert (some[0] == some[1]).all()
        assert bytes(ours) == bytes(theirs)


@built
@pytest.mark.parametrize("shape", [(MOST + 1, WIDTH), (MOST, WIDTH + 1), (MOST, WIDTH - 1)])
def test_rows_that_are_no_window_are_refused(shape):
    tell = teller(np.ones(14, np.float32), np.ones(14, np.float32))
    assert tell is not None
    with pytest.raises(ValueError, match="are no window: 300 of 35 at most"):
        tell(np.zeros(shape, np.float32), np.zeros(len(NAMES), np.float32))
    with pytest.raises(ValueError, match="are not 4 rows of 35"):
        Voicing().follow(np.zeros(shape, np.float32), [False] * 4)


@built
def test_a_whole_past_is_a_window_to_it():
    assert (MOST, WIDTH) == (past._KEPT, COLUMNS + 3)
    assert len(fields(judge.Measured)) == MEASURED


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
    without_it(monkeypatch)
    theirs = verdict()
    assert (ours.label, ours.decided_at) == (theirs.label, theirs.decided_at)
    assert ours.confidence == pytest.approx(theirs.confidence, abs=0.02)


def without_it(monkeypatch):
    for module in (features, figures, judge, voicing):
        monkeypatch.setattr(module, "_COMPILED", None)
    monkeypatch.setattr(glimpses, "chances", lambda: partial(glimpses.plainly, glimpses.network()))


@built
@pytest.mark.parametrize("number", range(24))
def test_its_verdicts_on_calls_are_those_of_numpy_too(number, monkeypatch):
    heard = list(frames(clip("tune", number, 12)))

    def verdict():
        ear = Detector()
        for near, far in heard:
            ear.hear(near, far)
        return ear.finish()

    ours = verdict()
    without_it(monkeypatch)
    theirs = verdict()
    assert (ours.label, ours.decided_at) == (theirs.label, theirs.decided_at)
    assert ours.confidence == pytest.approx(theirs.confidence, abs=0.02)


@built
def test_it_comes_to_the_leaves_that_numpy_comes_to():
    judge, chance = forest(), np.random.default_rng(6)
    trees = judge.trees
    assert judge.walk is not None
    for number in range(300):
        figures = chance.normal(0, 10 ** chance.uniform(-2, 2), len(NAMES)).astype(np.float32)
        which = chance.integers(0, len(trees.figure), 40)
        figures[trees.figure[which]] = trees.threshold[which]  # what lies on a threshold is not above it
        assert (judge.walk(figures) == judge.walk_plainly(figures)).all(), number


@built
@pytest.mark.parametrize("number", range(60))
def test_it_tells_of_each_frame_what_numpy_tells(number):
    own = glimpses.network()
    for window in windows(number):
        if len(window) >= glimpses.FEWEST:
            ours, theirs = glimpses.chances()(window), glimpses.plainly(own, window)
            assert np.abs(ours - theirs).max() < 1e-3


@built
def test_a_network_of_another_shape_is_refused():
    own = glimpses.network()
    with pytest.raises(ValueError, match="is not made for such a network"):
        glimpser(IMPORTANCE, own.flat()[:-1], own.apart(), 3)
    with pytest.raises(ValueError, match="is not made for such a network"):
        glimpser(IMPORTANCE, own.flat(), own.apart() + 20, 3)


@built
def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="320 samples do not make 2 rows"):
        analyse(np.zeros(320, np.int16), np.zeros((2, COLUMNS), np.float32))


def test_without_it_numpy_does_the_work(tmp_path, monkeypatch):
    matrices = (features._COSINE, features._SINE, features._TO_BANDS, features._TO_LAGS)
    assert helper(matrices, FRAME, tmp_path / "none.so") is None
    (tmp_path / "broken.so").write_bytes(b"no library")
    assert helper(matrices, FRAME, tmp_path / "broken.so") is None
    few = np.zeros(1, np.float32)
    assert glimpser(few, few, np.zeros(1, np.int32), 3, tmp_path / "none.so") is None
    assert walker(np.zeros(1, PLACE), np.zeros(1, np.int32), 1, tmp_path / "none.so") is None
    assert measurer(np.ones(14), np.ones(14), tmp_path / "none.so") is None
    assert follower(Voicing, tmp_path / "none.so") is None
    assert teller(np.ones(14, np.float32), np.ones(14, np.float32), tmp_path / "none.so") is None
    monkeypatch.setattr(features, "_COMPILED", None)
    rows = np.zeros((1, COLUMNS), np.float32)
    analyse(np.full(320, 1000, np.int16), rows)
    assert rows.any()
