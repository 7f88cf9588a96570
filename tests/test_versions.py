"""Versions: never changed, never two with one number, and every decision kept."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ivr.store import Store
from ivr.versions import Draft, Moved, Version, Versions


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(Store(tmp_path / "ivr.db")) as store:
        yield store


def version(number: int, base: int = 0) -> Version:
    return Version("hotline", number, f"hash{number}", base, "李", 100.0 + number, "why", "29 of 29")


def test_versions_are_kept_as_they_were_published(store):
    versions = Versions(store)
    versions.add(version(1), "flow: hotline\n")
    versions.add(version(2, 1), "flow: hotline\n# two\n")
    assert versions.all("hotline") == [version(1), version(2, 1)]
    assert (versions.newest("hotline"), versions.newest("other")) == (2, 0)
    assert versions.text("hash2") == "flow: hotline\n# two\n"
    assert versions.get("hotline", 3) is None


def test_a_number_is_taken_once_whoever_was_faster(store, tmp_path):
    with closing(Store(tmp_path / "ivr.db")) as other:
        Versions(store).add(version(1), "a")
        with pytest.raises(Moved):
            Versions(other).add(version(1), "b")
        with pytest.raises(Moved):
            Versions(other).add(version(3), "b")
        assert len(Versions(other).all("hotline")) == 1


def test_what_is_published_runs_and_what_is_refused_leaves_nothing(store):
    versions = Versions(store)
    versions.publish(version(1), "a")
    versions.publish(version(2, 1), "b", 0.1, 1)
    with pytest.raises(Moved):
        versions.publish(version(2, 1), "c")
    found = versions.running("hotline")
    assert found
    assert (found.version, found.share, found.beside, found.why) == (2, 0.1, 1, "why")
    assert len(versions.releases("hotline")) == 2


@pytest.mark.parametrize("statement", ["update versions set message='x'", "delete from versions",
                                       "update releases set why='x'", "delete from releases"])  # fmt: skip
def test_nothing_that_was_published_can_be_changed(store, statement):
    versions = Versions(store)
    versions.add(version(1), "a")
    versions.release("hotline", 1, "李", 1.0, "first")
    with pytest.raises(sqlite3.IntegrityError, match="never"):
        store.connection.execute(statement)


def test_the_last_decision_counts(store):
    versions = Versions(store)
    assert versions.running("hotline") is None
    versions.release("hotline", 1, "李", 1.0, "first")
    versions.release("hotline", 2, "王", 2.0, "try", 0.1, 1)
    found = versions.running("hotline")
    assert found
    assert (found.version, found.share, found.beside, found.author) == (2, 0.1, 1, "王")
    assert [one.version for one in versions.releases("hotline")] == [1, 2]


def test_drafts_come_and_go(store):
    versions, draft = Versions(store), Draft(7, "hotline", "h", 2, "李", 1.0, "try")
    versions.keep_draft(draft, "flow: hotline\n")
    assert (versions.drafts(), versions.text("h")) == ([draft], "flow: hotline\n")
    assert (versions.discard(7), versions.discard(7), versions.drafts()) == (True, False, [])
