"""Records of ended calls: saved together, none lost to another's fault, and to be collected where they are not."""

import asyncio
import sqlite3
from contextlib import closing
from functools import partial

import pytest

from ivr.ledger import Ledger
from ivr.store import Store


@pytest.fixture
def store(tmp_path):
    with closing(Store(tmp_path / "ivr.db")) as store:
        yield store


def begun(store, *calls):
    for call in calls:
        store.open_call(call, 2, "hash", 5.0)
        store.append(call, 0, {}, [])


def saving(ledger, *calls):
    return [ledger.save(call, partial(dict, id=call), 5.0, 9.0) for call in calls]


def test_records_of_a_moment_are_saved_together(store):
    begun(store, "1.1", "1.2", "1.3")
    written = []
    store.connection.set_trace_callback(lambda text: written.append(text) if text == "begin" else None)

    async def main():
        ledger = Ledger(store, print)
        some = saving(ledger, "1.1", "1.2", "1.3")
        assert ledger.waiting() == {"1.1", "1.2", "1.3"} == {one[0] for one in store.open_calls()}
        await asyncio.gather(*some)
        assert ledger.waiting() == set()

    asyncio.run(main())
    assert written == ["begin"]
    assert [one["id"] for one in store.calls()] == ["1.1", "1.2", "1.3"]
    assert store.open_calls() == []
    assert [len(store.events(call)) for call in ("1.1", "1.2", "1.3")] == [1, 1, 1]


def test_one_that_cannot_be_saved_costs_the_others_nothing(store):
    """It stays open with all its events: it is collected from its journal."""
    begun(store, "1.1", "1.2")
    store.append("1.1", 0, {}, [])

    async def main():
        broken, whole = saving(Ledger(store, print), "1.1", "1.2")
        with pytest.raises(sqlite3.IntegrityError):
            await broken
        await whole

    asyncio.run(main())
    assert [one["id"] for one in store.calls()] == ["1.2"]
    assert [one[0] for one in store.open_calls()] == ["1.1"]
    assert len(store.events("1.2")) == 1


def test_while_the_database_is_locked_records_wait_and_it_is_told(store, tmp_path, monkeypatch):
    monkeypatch.setattr("ivr.ledger.AGAIN", 0.01)
    begun(store, "1.1", "1.2")
    store.serve()
    told, tries = [], []
    store.connection.set_trace_callback(lambda text: tries.append(text) if text == "begin" else None)

    async def main(other):
        ledger = Ledger(store, told.append)
        some = saving(ledger, "1.1", "1.2")
        while len(tries) < 3:
            await asyncio.sleep(0.01)
        assert {*told} == {"database is locked"}
        assert ledger.waiting() == {"1.1", "1.2"}
        other.execute("rollback")
        await asyncio.gather(*some)
        assert ledger.waiting() == set()

    with closing(sqlite3.connect(tmp_path / "ivr.db", isolation_level=None)) as other:
        other.execute("begin immediate")
        asyncio.run(main(other))
    assert [one["id"] for one in store.calls()] == ["1.1", "1.2"]


def test_closed_while_it_is_locked_it_leaves_the_calls_open(store, tmp_path):
    begun(store, "1.1")
    store.serve()

    async def main():
        ledger = Ledger(store, print)
        (one,) = saving(ledger, "1.1")
        ledger.close()
        with pytest.raises(sqlite3.OperationalError):
            await one

    with closing(sqlite3.connect(tmp_path / "ivr.db", isolation_level=None)) as other:
        other.execute("begin immediate")
        asyncio.run(main())
    assert [one[0] for one in store.open_calls()] == ["1.1"]


def test_a_controller_that_dies_before_it_has_saved_leaves_the_call_open(store, tmp_path):
    begun(store, "1.1")

    async def main():
        saving(Ledger(store, print), "1.1")

    asyncio.run(main())
    with closing(Store(tmp_path / "ivr.db")) as other:
        other.recover()
        assert [one[0] for one in other.open_calls()] == ["1.1"]
        assert len(other.events("1.1")) == 1


def test_closing_saves_what_waits_and_from_then_on_at_once(store):
    begun(store, "1.1", "1.2")

    async def main():
        ledger = Ledger(store, print)
        (first,) = saving(ledger, "1.1")
        ledger.close()
        (second,) = saving(ledger, "1.2")
        assert first.done()
        assert second.done()

    asyncio.run(main())
    assert [one["id"] for one in store.calls()] == ["1.1", "1.2"]


def test_whoever_no_longer_waits_for_a_record_stops_nothing(store):
    begun(store, "1.1", "1.2")

    async def main():
        gone, kept = saving(Ledger(store, print), "1.1", "1.2")
        gone.cancel()
        await kept

    asyncio.run(main())
    assert [one["id"] for one in store.calls()] == ["1.1", "1.2"]
