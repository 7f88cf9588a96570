"""A changed flow is taken up for new calls; a broken one is refused and the running one stays."""

import os
from contextlib import closing

import pytest

from ivr.faults import Faults
from ivr.flowfile import parse
from ivr.flowwatch import FlowWatch
from ivr.store import Store
from tests.test_check import HOUSE
from tests.test_flowfile import GOOD


@pytest.fixture
def watched(tmp_path):
    path, told = tmp_path / "f.yaml", []
    path.write_text(GOOD)
    with closing(Store(tmp_path / "ivr.db")) as store:
        yield FlowWatch(path, HOUSE, store, told.append), path, told, store


def write(path, text, stamp):
    path.write_text(text)
    os.utime(path, (stamp, stamp))


def test_a_change_is_taken_up_once(watched):
    watch, path, told, store = watched
    before = watch.current
    watch.look()
    assert (watch.current, told) == (before, [])
    write(path, GOOD + "# a word\n", 5)
    watch.look()
    watch.look()
    assert watch.current.hash != before.hash
    assert len(told) == 1
    assert store.flow(watch.current.hash) == ("small", GOOD + "# a word\n")
    assert store.flow(before.hash) == ("small", GOOD)


@pytest.mark.parametrize("broken", ["", "flow: [", GOOD.replace("queue: intake", "queue: sales"), "\0"])
def test_a_broken_one_is_refused_once_and_the_running_one_stays(watched, broken):
    watch, path, told, _ = watched
    before = watch.current
    write(path, broken, 5)
    watch.look()
    watch.look()
    assert watch.current is before
    assert len(told) == 1
    assert "the running flow stays" in told[0]
    assert f"{path}:" in told[0]
    write(path, GOOD + "# mended\n", 6)
    watch.look()
    assert watch.current.text.endswith("# mended\n")


CIRCLE = GOOD.replace("timeout: bye", "timeout: sorry").replace("  bye: {", """\
  sorry: {type: say, prompt: closing, then: {done: still}}
  still: {type: say, prompt: closing, then: {done: sorry}}
  bye: {""")  # fmt: skip


def test_what_is_proved_wrong_does_not_go_live(watched):
    watch, path, told, store = watched
    before = watch.current
    write(path, CIRCLE, 5)
    watch.look()
    assert watch.current is before
    assert "goes round without anybody doing anything: sorry → still → sorry" in told[0]
    with pytest.raises(Faults, match="goes round"):
        FlowWatch(path, HOUSE, store, print)


def test_a_proof_that_is_asked_for_later_stops_no_line(watched):
    """An older release had let this flow run: whoever starts the line anew is served by it, and told."""
    _, path, told, store = watched
    path.write_text(CIRCLE)
    flow = parse(CIRCLE)
    store.keep_flow(flow.hash, flow.name, flow.text)
    assert FlowWatch(path, HOUSE, store, told.append).current.hash == flow.hash
    assert "goes round" in told[0]
    path.write_text(CIRCLE.replace("main-menu", "main-menux"))
    flow = parse(path.read_text())
    store.keep_flow(flow.hash, flow.name, flow.text)
    with pytest.raises(Faults, match="has no such prompt"):
        FlowWatch(path, HOUSE, store, print)


def test_limits_hold_up_a_change_but_not_a_start(watched):
    watch, path, told, store = watched
    before = watch.current
    write(path, GOOD.replace("nodes:", "limits: {end: 1s}\nnodes:"), 5)
    watch.look()
    assert watch.current is before
    assert "a call may last" in told[0]
    told.clear()
    started = FlowWatch(path, HOUSE, store, told.append)
    assert started.current.limits
    assert told[0].startswith(f"ALARM {path}:4:15: a call may last")
    assert store.flow(started.current.hash)


def test_a_file_that_goes_away_leaves_the_running_one(watched):
    watch, path, told, _ = watched
    path.unlink()
    watch.look()
    assert watch.current.text == GOOD
    assert "the file cannot be read" in told[0]


def test_a_line_does_not_start_with_a_broken_flow(tmp_path):
    (tmp_path / "f.yaml").write_text("flow: x\n")
    with closing(Store(tmp_path / "ivr.db")) as store, pytest.raises(Faults):
        FlowWatch(tmp_path / "f.yaml", HOUSE, store, print)


def test_a_changed_subflow_is_a_change_of_the_flow(tmp_path):
    (tmp_path / "subflows").mkdir()
    part = tmp_path / "subflows/part.yaml"
    write(part, "subflow: part\nstart: a\nnodes: {a: {type: say, prompt: closing, then: {done: return}}}\n", 5)
    path, told = tmp_path / "f.yaml", []
    path.write_text(
        GOOD.replace("no_answer: bye", "no_answer: more").replace(
            "  bye:", "  more: {type: subflow, flow: part, then: {done: bye}}\n  bye:"
        )
    )
    with closing(Store(tmp_path / "ivr.db")) as store:
        watch = FlowWatch(path, HOUSE, store, told.append)
        before = watch.current
        write(part, part.read_text().replace("closing", "main-menu"), 6)
        watch.look()
        assert watch.current.hash != before.hash
        assert before.text.endswith(part.read_text().replace("main-menu", "closing"))
        assert len(told) == 1
