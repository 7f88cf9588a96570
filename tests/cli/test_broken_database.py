"""A database that is broken keeps no line from starting, and no command from saying so in a sentence."""

import sqlite3
from contextlib import closing

import pytest

from ivr.__main__ import unusable
from ivr.eventlog import EventLog, Line
from ivr.operate import database
from ivr.store import Store


@pytest.fixture
def told():
    return []


@pytest.fixture(autouse=True)
def folder(settings):
    settings.data.mkdir()


def leave_a_call(settings):
    """As a controller leaves it that dies in it."""
    with closing(EventLog(settings.data / "running.jsonl")) as log:
        log.open_call("7.1", 1, "hash", 1000.0)
        log.append("7.1", Line(0, {"type": "offered", "at": 1000.0}, []))


@pytest.mark.parametrize(
    "broken", [b"no database at all" * 400, b"SQLite format 3\0" + b"\xff" * 8000], ids=["garbage", "torn"]
)
def test_it_is_set_aside_and_begun_anew(settings, told, broken):
    settings.database.write_bytes(broken)
    with closing(database(settings, lambda id_, text: told.append((id_, text)))) as store:
        (alarm,) = store.alarms()
    (aside,) = settings.data.glob("ivr.db.broken-*")
    assert aside.read_bytes() == broken
    assert alarm["kind"] == "database"
    assert aside.name in alarm["text"]
    assert told == [("line", f"ALARM database: {alarm['text']}")]


def test_calls_that_run_are_taken_into_the_new_one(settings, told):
    leave_a_call(settings)
    settings.database.write_bytes(b"no database at all")
    with closing(database(settings, lambda *_: None)) as store:
        assert [row.seq for row in store.events("7.1")] == [0]
        assert [id_ for id_, *_ in store.open_calls()] == ["7.1"]


def test_one_that_is_only_locked_is_left_as_it_is(settings, monkeypatch):
    Store(settings.database).close()
    leave_a_call(settings)
    monkeypatch.setattr("ivr.database.PATIENT", 0.05)
    with closing(sqlite3.connect(settings.database)) as other:
        other.execute("begin exclusive")
        with pytest.raises(sqlite3.OperationalError):
            database(settings, lambda *_: None)
    assert not list(settings.data.glob("ivr.db.broken-*"))


def test_a_mistake_of_ours_does_not_cost_a_database(settings, monkeypatch):
    Store(settings.database).close()
    monkeypatch.setattr(Store, "recover", _mistaken)
    with pytest.raises(sqlite3.IntegrityError):
        database(settings, lambda *_: None)
    assert not list(settings.data.glob("ivr.db.broken-*"))


def _mistaken(store):
    store.connection.execute("insert into flows values ('a', 'b', 'c')")
    store.connection.execute("insert into flows values ('a', 'b', 'c')")


def test_a_whole_one_is_nothing_to_tell_of(settings, told):
    for _ in range(2):
        database(settings, lambda *one: told.append(one)).close()
    assert told == []


def test_commands_say_so_in_a_sentence(ivr, settings):
    settings.database.write_bytes(b"no database at all")
    ran = ivr("flow", "history", "hotline")
    assert (ran.code, ran.out) == (1, "")
    assert "the database of the data folder cannot be used: file is not a database" in ran.err
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize(
    ("error", "part"),
    [
        (NotADirectoryError(20, "Not a directory", "/dev/null/x"), "/dev/null/x cannot be used: Not a directory"),
        (OSError(28, "No space left on device"), "the disk cannot be written: No space left on device"),
        (sqlite3.OperationalError("unable to open database file"), "cannot be used: unable to open database file"),
        (ConnectionRefusedError(111, "Connection refused"), ""),
        (sqlite3.OperationalError("no such table: calls"), ""),
    ],
)
def test_what_is_a_mistake_of_ours_is_not_hidden(error, part):
    assert part in unusable(error)
    assert bool(unusable(error)) == bool(part)


def test_a_data_folder_that_cannot_be_one(ivr, settings, monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("IVR_DATA", str(tmp_path / "file/data"))
    ran = ivr("notice", "list")
    assert ran.code == 1
    assert "cannot be used: Not a directory; see to it" in ran.err
