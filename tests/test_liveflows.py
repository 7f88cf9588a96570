"""What a running line runs: the file until something is published, then the version; drafts; a version on trial."""

import hashlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ivr.faults import Faults
from ivr.liveflows import LiveFlows, in_share
from ivr.record import iso
from ivr.store import Store
from ivr.versions import Draft, Version, Versions
from tests.test_check import HOUSE
from tests.test_flowfile import GOOD

NOW = 1_800_000_000.0
TWO = GOOD.replace("timeout: 1m", "timeout: 2m")


@dataclass
class Line:
    """A data folder with a flow file, and who watches both."""

    folder: Path
    store: Store
    told: list[str] = field(default_factory=list)

    @property
    def file(self) -> Path:
        return self.folder / "small.yaml"

    def flows(self) -> LiveFlows:
        return LiveFlows(self.file, HOUSE, self.store, self.told.append)

    @property
    def versions(self) -> Versions:
        return Versions(self.store)

    def publish(self, text: str, share: float = 1.0, beside: int = 0) -> str:
        number, hash_ = self.versions.newest("small") + 1, hashlib.sha256(text.encode()).hexdigest()
        self.versions.add(Version("small", number, hash_, number - 1, "李", NOW, "why", ""), text)
        self.versions.release("small", number, "李", NOW, "why", share, beside)
        return hash_

    def call(self, id_: str, hash_: str, outcome: str, dialled: str = "95585", rang: float = NOW + 1) -> None:
        """A call that has ended."""
        self.store.save_call(
            {"id": id_, "flow_hash": hash_, "outcome": outcome, "dialled": dialled, "failures": [],
             "rang_at": iso(rang)}, rang, rang + 9,
        )  # fmt: skip


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    with closing(Store(tmp_path / "ivr.db")) as store:
        made = Line(tmp_path, store)
        made.file.write_text(GOOD)
        yield made


def test_the_file_runs_until_something_is_published(line):
    flows = line.flows()
    assert flows.current.text == GOOD
    line.file.write_text(TWO + "# a word\n")
    flows.look()
    assert flows.current.text == TWO + "# a word\n"
    line.publish(TWO)
    flows.look()
    assert flows.current.text == TWO
    assert line.told[-2].startswith("version 1 was taken up for new calls")
    assert "small.yaml differs from what runs (version 1)" in line.told[-1]


def test_once_published_a_changed_file_is_told_once_and_does_not_run(line):
    line.publish(TWO)
    flows = line.flows()
    assert "small.yaml differs" in line.told[-1]
    line.file.write_text(TWO + "# made from version 1\n")
    flows.look()
    said = len(line.told)
    line.file.write_text("flow: [")
    flows.look()
    flows.look()
    assert flows.current.text == TWO
    assert [text for text in line.told[said:] if "differs" in text] == line.told[said:]
    assert len(line.told) == said + 1


def test_a_file_that_was_what_runs_differs_once_another_version_does(line):
    line.file.write_text(TWO)
    line.publish(TWO)
    flows = line.flows()
    assert not [text for text in line.told if "differs" in text]
    line.publish(GOOD)
    flows.look()
    flows.look()
    assert len([text for text in line.told if "small.yaml differs from what runs (version 2)" in text]) == 1


def test_a_line_starts_with_what_is_published_also_without_a_file(line):
    line.publish(TWO)
    line.file.unlink()
    assert line.flows().current.text == TWO


def test_a_version_that_cannot_run_here_is_refused_and_what_ran_stays(line):
    line.publish(TWO)
    flows = line.flows()
    line.publish(GOOD.replace("queue: intake", "queue: sales"))
    flows.look()
    flows.look()
    assert flows.current.text == TWO
    assert len([text for text in line.told if "version 2 cannot run here; the running flow stays" in text]) == 1


def test_a_line_whose_version_cannot_run_starts_with_the_file_and_an_alarm(line):
    line.publish(GOOD.replace("queue: intake", "queue: sales"))
    assert line.flows().current.text == GOOD
    assert line.told[0].startswith("ALARM the published version cannot run here; the file runs")
    line.file.write_text("flow: [")
    with pytest.raises(Faults):
        line.flows()


def test_going_back_is_taken_up_at_the_next_look(line):
    line.publish(GOOD)
    line.publish(TWO)
    flows = line.flows()
    line.versions.release("small", 1, "王", NOW, "worse")
    flows.look()
    assert flows.current.text == GOOD
    assert any(text.endswith("by 王: worse") for text in line.told)


# -- drafts --------------------------------------------------------------------------------------


def test_a_draft_is_what_its_number_meets(line):
    flows = line.flows()
    line.versions.keep_draft(Draft(7, "small", "h7", 0, "李", NOW, ""), TWO)
    flows.look()
    assert flows.choose("1.1", "95585*7").text == TWO
    assert flows.choose("1.1", "95585").text == GOOD
    assert line.told[-1] == "draft 7 (small) can be dialled: 95585*7"
    line.versions.discard(7)
    flows.look()
    assert flows.choose("1.1", "95585*7").text == GOOD
    assert "there is no draft 7 that could run" in line.told[-1]


@pytest.mark.parametrize("dialled", ["95585*", "95585*x", "95585*99", "", "*"])
def test_whatever_is_dialled_meets_a_flow(line, dialled):
    assert line.flows().choose("1.1", dialled).text == GOOD


def test_a_draft_that_cannot_run_here_is_told(line):
    line.versions.keep_draft(Draft(7, "small", "h7", 0, "李", NOW, ""), GOOD.replace("queue: intake", "queue: sales"))
    assert line.flows().choose("1.1", "95585*7").text == GOOD
    assert any("draft 7 cannot run here" in text for text in line.told)


# -- a version on trial --------------------------------------------------------------------------


def test_a_share_is_a_share_and_a_call_is_always_told_the_same():
    ids = [f"17953662{number:02}.{number}" for number in range(100)] + [
        f"1795366212.{number}" for number in range(9900)
    ]
    assert 0.09 < sum(in_share(id_, 0.1) for id_ in ids) / len(ids) < 0.11
    assert not any(in_share(id_, 0.0) for id_ in ids)
    assert all(in_share(id_, 1.0) for id_ in ids)
    assert all(in_share(id_, 0.2) for id_ in ids if in_share(id_, 0.1))


def trial(line: Line) -> tuple[LiveFlows, str, str]:
    old = line.publish(GOOD)
    new = line.publish(TWO, 0.1, 1)
    return line.flows(), new, old


def test_a_share_of_the_calls_meets_the_new_version(line):
    flows, new, _ = trial(line)
    found = [flows.choose(f"1795366212.{number}", "95585").hash for number in range(500)]
    assert 25 < found.count(new) < 80
    assert "version 2 was taken up for 10% of the new calls" in line.told[0]


def test_a_version_that_is_worse_goes_back_by_itself_with_an_alarm(line):
    flows, new, old = trial(line)
    for number in range(60):
        line.call(f"{number}.1", new if number % 8 == 0 else old, "failed" if number % 8 == 0 else "served")
    flows.look()
    assert {flows.choose(f"1795366212.{number}", "95585").hash for number in range(200)} == {old}
    (alarm,) = line.store.alarms()
    assert alarm["kind"] == "flow"
    assert alarm["text"].startswith("version 2 went back by itself: calls in which something broke: ")
    assert any(text.startswith("ALARM version 2 went back") for text in line.told)
    last = line.versions.running("small")
    assert last
    assert (last.version, last.share, last.author) == (1, 1.0, "line")


def test_a_version_that_is_no_worse_stays(line):
    flows, new, old = trial(line)
    for number in range(200):
        line.call(f"{number}.1", new if number % 8 == 0 else old, "abandoned" if number % 5 == 0 else "served")
    flows.look()
    assert line.store.alarms() == []


def test_calls_before_the_trial_to_drafts_and_of_other_flows_do_not_count(line):
    for number in range(60):
        line.call(f"before.{number}", hashlib.sha256(TWO.encode()).hexdigest(), "failed", rang=NOW - 60)
    flows, new, _ = trial(line)
    for number in range(60):
        line.call(f"draft.{number}", new, "failed", dialled="95585*1")
        line.call(f"other.{number}", "else", "failed")
        line.call(f"never.{number}", new, "failed", rang=0.0)
    flows.look()
    assert line.store.alarms() == []


def test_the_next_controller_counts_the_same_calls(line):
    _, new, old = trial(line)
    for number in range(60):
        line.call(f"{number}.1", new if number % 8 == 0 else old, "failed" if number % 8 == 0 else "served")
    line.flows()
    assert len(line.store.alarms()) == 1
