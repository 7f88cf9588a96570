"""The database: records, promises, alarms, flows."""

import sqlite3
from contextlib import closing

import pytest

from ivr.notices import Notices
from ivr.store import Store, link


@pytest.fixture
def store(tmp_path):
    with closing(Store(tmp_path / "deep/er/ivr.db")) as made:
        yield made


def test_a_call_is_open_until_its_record_is_saved(store):
    store.open_call("1.1", 1, "hash", 5.0)
    store.append("1.1", 0, {}, [])
    assert store.open_calls() == [("1.1", 1, "hash", 5.0)]
    store.save_call({"id": "1.1", "name": "李"}, 5.0, 9.0)
    assert store.open_calls() == []
    assert store.call("1.1") == {"id": "1.1", "name": "李"}
    assert store.call("2.2") is None


def test_calls_come_oldest_first_and_since_a_moment(store):
    for id_, at in (("b", 20.0), ("a", 10.0), ("c", 20.0)):
        store.save_call({"id": id_}, at, at + 1)
    assert [one["id"] for one in store.calls()] == ["a", "b", "c"]
    assert [one["id"] for one in store.calls(20.0)] == ["b", "c"]
    assert [one["id"] for one in store.calls(20.5)] == []


def test_a_record_is_amended(store):
    store.save_call({"id": "1.1", "recording": None}, 1.0, 2.0)
    store.amend_call("1.1", recording="a.wav")
    store.amend_call("9.9", recording="b.wav")
    assert store.call("1.1") == {"id": "1.1", "recording": "a.wav"}
    assert store.call("9.9") is None


def test_one_promise_per_call_the_latest_counts(store):
    store.promise("1.1", "95585", "intake", "", False, 5.0)
    store.promise("1.1", "95585", "intake", "m.wav", True, 6.0)
    store.promise("2.2", "138", "inquiry", "", True, 4.0)
    assert [(one["call"], one["message"], one["complete"], one["kept_at"]) for one in store.promises()] == [
        ("2.2", "", 1, None), ("1.1", "m.wav", 1, None),
    ]  # fmt: skip


def test_a_promise_that_was_kept_is_not_made_again(store):
    store.promise("1.1", "138", "intake", "", True, 5.0)
    assert store.keep_promise("1.1", 7.0)
    store.promise("1.1", "139", "intake", "", True, 8.0)
    assert [(one["number"], one["kept_at"]) for one in store.promises()] == [("138", 7.0)]


@pytest.fixture
def locked(store, tmp_path):
    """Another program has locked the database of a serving line; called, it lets go."""
    store.save_call({"id": "1.1"}, 1.0, 2.0)
    store.serve()
    with closing(sqlite3.connect(tmp_path / "deep/er/ivr.db", isolation_level=None)) as other:
        other.execute("begin immediate")
        yield lambda: other.execute("rollback")


def test_while_it_is_locked_what_can_wait_waits_and_is_written_in_order(store, locked):
    store.promise("1.1", "138", "intake", "", False, 5.0)
    store.promise("1.1", "138", "intake", "m.wav", True, 6.0)
    store.alarm("disk", "full", 5.0)
    store.amend_call("1.1", recording_ok=True)
    store.keep_flow("h", "hotline", "text")
    assert store.catch_up() == "database is locked"
    assert (store.promises(), store.alarms(), store.call("1.1"), store.flow("h")) == ([], [], {"id": "1.1"}, None)
    locked()
    store.alarm("recording", "silent", 6.0)
    assert not store.catch_up()
    assert [one["message"] for one in store.promises()] == ["m.wav"]
    assert [one["kind"] for one in store.alarms()] == ["disk", "recording"]
    assert store.call("1.1") == {"id": "1.1", "recording_ok": True}
    assert store.flow("h") == ("hotline", "text")


def test_closing_writes_what_waits(tmp_path):
    first = Store(tmp_path / "ivr.db")
    first.serve()
    with closing(sqlite3.connect(tmp_path / "ivr.db", isolation_level=None)) as other:
        other.execute("begin immediate")
        first.alarm("disk", "full", 5.0)
    first.close()
    with closing(Store(tmp_path / "ivr.db")) as again:
        assert [one["kind"] for one in again.alarms()] == ["disk"]


def test_a_promise_that_a_process_died_with_is_kept_by_the_next(store, locked, tmp_path):
    store.open_call("2.2", 1, "hash", 5.0)
    command = {"type": "store_promise", "number": "138", "queue": "intake", "message": "m.wav"}
    store.append("2.2", 0, {"type": "recorded", "at": 6.5}, [command])
    store.promise("2.2", "138", "intake", "m.wav", True, 6.5)
    with closing(Store(tmp_path / "deep/er/ivr.db")) as other:
        assert other.promises() == []
        locked()
        for _ in range(2):
            other.recover()
        assert [(one["call"], one["number"], one["message"], one["made_at"]) for one in other.promises()] == [
            ("2.2", "138", "m.wav", 6.5)
        ]


def test_files_that_somebody_removed_are_written_anew_with_all_that_was_in_them(store, tmp_path):
    store.save_call({"id": "1.1", "outcome": "served"}, 1.0, 2.0)
    notices = Notices(store)
    store.open_call("2.1", 1, "hash", 3.0)
    store.append("2.1", 0, {}, [])
    assert store.rescue() == []
    folder = tmp_path / "deep/er"
    for file in folder.iterdir():
        file.unlink()
    store.promise("2.1", "138", "intake", "", True, 4.0)
    assert store.rescue() == ["ivr.db", "running.jsonl"]
    assert store.rescue() == []
    store.alarm("disk", "full", 5.0)
    with closing(Store(folder / "ivr.db")) as other:
        assert [one["id"] for one in other.calls()] == ["1.1"]
        assert [one["call"] for one in other.promises()] == ["2.1"]
        assert [one["kind"] for one in other.alarms()] == ["disk"]
        assert [one[0] for one in other.open_calls()] == ["2.1"]
        assert len(other.events("2.1")) == 1
    assert notices.all() == []


def test_a_file_that_was_never_written_is_not_missed(tmp_path):
    with closing(Store(tmp_path / "ivr.db")) as store:
        assert not (tmp_path / "running.jsonl").exists()
        assert store.rescue() == []


def test_alarms_since_a_moment(store):
    store.alarm("disk", "full", 5.0)
    store.alarm("recording", "silent", 6.0, "1.1")
    assert [one["kind"] for one in store.alarms()] == ["disk", "recording"]
    assert store.alarms(5.5) == [{"at": 6.0, "call": "1.1", "kind": "recording", "text": "silent"}]


def test_a_flow_is_kept_once(store):
    store.keep_flow("h", "hotline", "text")
    store.keep_flow("h", "hotline", "another")
    assert store.flow("h") == ("hotline", "text")
    assert store.flow("x") is None


def test_an_event_is_there_for_whoever_comes_next_at_once(store, tmp_path):
    store.append("1.1", 0, {"type": "done", "at": 1.0}, [])
    chain = link("", '{"type":"done","at":1.0}', "[]")
    with closing(Store(tmp_path / "deep/er/ivr.db")) as other:
        assert [(row.seq, row.chain) for row in other.events("1.1")] == [(0, chain)]


def test_no_event_is_written_over(store):
    store.append("1.1", 0, {}, [])
    store.save_call({"id": "1.1"}, 5.0, 9.0)
    store.append("1.1", 0, {}, [])
    with pytest.raises(sqlite3.IntegrityError):
        store.save_call({"id": "1.1"}, 5.0, 9.0)


def test_a_call_that_a_dead_process_left_is_open_with_all_its_events(store, tmp_path):
    store.open_call("1.1", 2, "hash", 5.0)
    store.append("1.1", 0, {}, [])
    first = link("", "{}", "[]")
    second = link(first, "{}", "[]")
    with closing(Store(tmp_path / "deep/er/ivr.db")) as next_:
        next_.recover()
        assert next_.open_calls() == [("1.1", 2, "hash", 5.0)]
        next_.append("1.1", 1, {}, [])
        assert [row.chain for row in next_.events("1.1")] == [first, second]
        assert next_.broken_link("1.1") is None
        next_.save_call({"id": "1.1"}, 5.0, 9.0)
        assert next_.open_calls() == []
        assert [row.chain for row in next_.events("1.1")] == [first, second]


def test_whoever_closes_leaves_no_log_of_calls_that_have_ended(tmp_path):
    path = tmp_path / "running.jsonl"
    for call, ended in (("1.1", True), ("1.2", False)):
        with closing(Store(tmp_path / "ivr.db")) as line:
            line.open_call(call, 2, "hash", 5.0)
            line.append(call, 0, {}, [])
            with closing(Store(tmp_path / "ivr.db")) as reader:
                assert reader.open_calls()
            assert path.read_bytes(), "one who only reads leaves it alone"
            if ended:
                line.save_call({"id": call}, 5.0, 9.0)
        assert bool(path.read_bytes()) is not ended


def test_whoever_dies_while_taking_up_the_log_leaves_it_to_the_next(store, tmp_path):
    store.open_call("1.1", 2, "hash", 5.0)
    store.append("1.1", 0, {}, [])
    path = tmp_path / "deep/er/running.jsonl"
    left = path.read_bytes()
    for _ in range(2):
        path.write_bytes(left)
        with closing(Store(tmp_path / "deep/er/ivr.db")) as other:
            other.recover()
            assert other.open_calls() == [("1.1", 2, "hash", 5.0)]
            assert len(other.events("1.1")) == 1
    assert not path.read_bytes()


def test_a_call_that_has_its_record_is_not_taken_up_from_the_log(store, tmp_path):
    store.open_call("1.1", 2, "hash", 5.0)
    store.append("1.1", 0, {}, [])
    store.save_call({"id": "1.1"}, 5.0, 9.0)
    with closing(Store(tmp_path / "deep/er/ivr.db")) as other:
        assert other.open_calls() == []
        assert len(other.events("1.1")) == 1
        other.recover()
        assert other.open_calls() == []
        assert len(other.events("1.1")) == 1


def test_what_could_not_be_committed_stays_in_the_log(store, tmp_path):
    store.open_call("1.1", 2, "hash", 5.0)
    store.append("1.1", 0, {}, [])

    def fail():
        with store.together():
            store.save_call({"id": "1.1"}, 5.0, 9.0)
            raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        fail()
    assert store.open_calls() == [("1.1", 2, "hash", 5.0)]
    assert len(store.events("1.1")) == 1
    with closing(Store(tmp_path / "deep/er/ivr.db")) as other:
        assert other.find("1.") == ["1.1"]


def test_a_running_call_is_found_by_others(store, tmp_path):
    store.open_call("1795.12", 2, "hash", 5.0)
    store.append("1795.12", 0, {}, [])
    with closing(Store(tmp_path / "deep/er/ivr.db")) as other:
        assert other.find("1795") == other.find(".12") == ["1795.12"]
        assert other.find("7") == []


def test_records_are_told_in_the_order_they_were_saved(tmp_path):
    with closing(Store(tmp_path / "ivr.db")) as store:
        for id_, rang in (("a", 1.0), ("c", 3.0), ("b", 2.0)):
            store.save_call({"id": id_}, rang, rang + 1)
        assert [record["id"] for _, record in store.saved(0)] == ["a", "c", "b"]
        place = store.saved(0)[1][0]
        assert [record["id"] for _, record in store.saved(place)] == ["b"]
        assert [record["id"] for _, record in store.saved(store.saved_before(2.0))] == ["c", "b"]
        assert store.saved(store.saved_before(9.0)) == []
