"""The log of running calls: what is in it for others at once, what a dying process leaves, and how it stays small."""

import os

import pytest

from ivr import eventlog
from ivr.eventlog import EventLog, Line, Running


@pytest.fixture
def path(tmp_path):
    return tmp_path / "running.jsonl"


@pytest.fixture
def log(path):
    made = EventLog(path)
    yield made
    made.close()


def line(seq: int, **event: str) -> Line:
    return Line(seq, event, [{"type": "say"}])


def test_another_process_reads_what_was_written_at_once(log, path):
    log.open_call("1.1", 2, "hash", 5.0)
    log.append("1.1", line(0, name="李\n"))
    other = EventLog(path)
    assert not other.ours
    assert other.running() == log.running() == {"1.1": Running(2, "hash", 5.0, [line(0, name="李\n")])}


def test_an_event_of_a_call_begun_before_us_is_kept_too(log, path):
    log.append("1.1", line(7))
    assert EventLog(path).left() == {"1.1": Running(lines=[line(7)])}


def test_half_a_line_of_a_dying_process_is_no_line(log, path):
    log.open_call("1.1", 2, "hash", 5.0)
    log.append("1.1", line(0))
    log.append("1.1", line(1))
    whole = path.read_bytes()
    for cut in range(1, len(whole.splitlines()[-1]) + 1):
        path.write_bytes(whole[:-cut])
        assert EventLog(path).left()["1.1"].lines in ([line(0)], [line(0), line(1)])


def test_what_a_full_disk_does_not_take_is_written_when_there_is_room(log, path, monkeypatch):
    """The disk takes half a line, then nothing, then all."""
    log.open_call("1.1", 2, "hash", 5.0)
    write, room = os.write, [5, 0, 0, 1 << 20]

    def full(file: int, text: bytes) -> int:
        if not (left := room.pop(0)):
            raise OSError(28, "No space left on device")
        return write(file, text[:left])

    monkeypatch.setattr(eventlog.os, "write", full)
    log.append("1.1", line(0))
    assert log.running()["1.1"].lines == [line(0)]
    assert EventLog(path).left() == {}
    log.append("1.1", line(1))
    assert not log.catch_up()
    assert EventLog(path).left()["1.1"] == log.running()["1.1"] == Running(2, "hash", 5.0, [line(0), line(1)])


def test_one_that_cannot_be_shortened_stays_as_it_is(log, path, monkeypatch):
    monkeypatch.setattr(eventlog, "FEW_BYTES", 10)
    monkeypatch.setattr(eventlog.Path, "write_bytes", lambda *_: (_ for _ in ()).throw(OSError(28, "full")))
    for call in ("1.1", "1.2"):
        log.open_call(call, 2, "hash", 5.0)
        log.append(call, line(0))
        log.drop("1.1")
    assert "1.2" in EventLog(path).left()


def test_there_may_be_none(path):
    log = EventLog(path)
    assert (log.left(), log.running()) == ({}, {})
    log.clear()
    assert not path.exists()


def test_it_is_emptied_when_no_call_runs_and_shortened_when_some_do(log, path, monkeypatch):
    monkeypatch.setattr(eventlog, "FEW_BYTES", 200)
    monkeypatch.setattr(eventlog, "MOST_BYTES", 2000)
    log.open_call("long", 2, "hash", 5.0)
    log.append("long", line(0))
    for number in range(100):
        log.open_call(str(number), 2, "hash", 5.0)
        log.append(str(number), line(0))
        log.drop(str(number))
        assert path.stat().st_size <= 2000 + 200
        assert EventLog(path).left()["long"] == Running(2, "hash", 5.0, [line(0)])
    log.append("long", line(1))
    assert EventLog(path).left()["long"].lines == [line(0), line(1)]
    log.drop("long")
    assert path.stat().st_size == 0


def test_one_that_cannot_be_written_says_so(path):
    path.mkdir()
    log = EventLog(path)
    log.append("1.1", line(0))
    assert "running.jsonl" in log.catch_up()


def test_what_a_release_before_left_is_read(path):
    """Its calls may still be up when the controller is replaced by this release."""
    path.write_text(
        '["1.1",2,"hash",5.0]\n["1.1",0,"{\\"name\\":\\"李\\"}","[{\\"type\\":\\"say\\"}]","a chain"]\n'
        '["0.9",7,"{}","[]","a chain"]\n'
    )
    assert EventLog(path).left() == {
        "1.1": Running(2, "hash", 5.0, [line(0, name="李")]), "0.9": Running(lines=[Line(7, {}, [])])
    }  # fmt: skip


def test_what_is_no_line_of_ours_is_passed_over(path):
    path.write_text('{}\n[]\n[1,2,3]\n["1.1",0,"{","[]","half"]\n"text"\n["1.1",0,{},[],1]\n["1.1","x",{},[]]\n')
    assert EventLog(path).left() == {}


def test_strangers_cannot_read_it(log, path):
    log.append("1.1", line(0))
    assert os.stat(path).st_mode & 0o777 == 0o640
