"""A call's journal rebuilds the call; what was changed in it is found."""

import sqlite3
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr import ENGINE
from ivr.commands import JoinQueue, Record, StorePromise
from ivr.driver import Journal, replay
from ivr.events import Done, Event, Heard, KeyPressed, Offered, QueueLeft, Recorded, Resumed
from ivr.resume import rebuild, stored_flow
from ivr.session import Session
from ivr.store import Store
from tests.calling import HOTLINE, START, Caller
from tests.test_outcomes import calls

CALL = "1700000000.1"


@pytest.fixture(scope="module")
def paths(tmp_path_factory):
    folder = tmp_path_factory.mktemp("journals")
    numbers = iter(range(1_000_000))
    return lambda: folder / f"{next(numbers)}.db"


def journalled(path, happened, flow=HOTLINE, engine=ENGINE) -> Store:
    store = Store(path)
    store.keep_flow(flow.hash, flow.name, flow.text)
    store.open_call(CALL, engine, flow.hash, happened[0].at)
    journal = Journal(store, CALL)
    for event, commands in zip(happened, replay(Session(flow), happened), strict=True):
        journal.write(event, commands)
    store.close()  # the controller has died; the next one
    store = Store(path)
    store.recover()
    return store


@settings(max_examples=60, deadline=None)
@given(calls(), st.data())
def test_any_call_is_rebuilt_at_any_moment(paths, made, data):
    _, happened, _ = made
    until = data.draw(st.integers(1, len(happened)))
    session = Session(HOTLINE)
    replay(session, happened[:until])
    with closing(journalled(paths(), happened[:until])) as store:
        left = rebuild(store, CALL)
    assert left is not None
    again = left.session
    assert (again.pending, again.number, again.keys) == (session.pending, session.number, session.keys)
    assert again.call == session.call
    assert left.journal.seq == until
    for event in happened[until:]:
        assert again.advance(event) == session.advance(event)
    assert again.call == session.call


@settings(max_examples=60, deadline=None)
@given(calls(), st.data())
def test_a_change_to_any_row_is_found(paths, made, data):
    _, happened, _ = made
    path = paths()
    journalled(path, happened).close()
    seq = data.draw(st.integers(0, len(happened) - 1))
    column = data.draw(st.sampled_from(["event", "commands", "chain"]))
    with closing(sqlite3.connect(path)) as db, db:
        (text,) = db.execute(f"select {column} from events where seq=?", (seq,)).fetchone()
        place = data.draw(st.integers(0, len(text) - 1))
        changed = text[:place] + ("1" if text[place] != "1" else "2") + text[place + 1 :]
        db.execute(f"update events set {column}=? where seq=?", (changed, seq))
    with closing(Store(path)) as store:
        assert store.broken_link(CALL) == seq
        assert rebuild(store, CALL) is None


@pytest.mark.parametrize("gone", [0, 2])
def test_a_row_taken_out_is_found(tmp_path, gone):
    happened = a_call()
    journalled(tmp_path / "ivr.db", happened).close()
    with closing(sqlite3.connect(tmp_path / "ivr.db")) as db, db:
        db.execute("delete from events where seq=?", (gone,))
    with closing(Store(tmp_path / "ivr.db")) as store:
        assert store.broken_link(CALL) == gone + 1
        assert rebuild(store, CALL) is None


def test_a_row_that_was_moved_is_found(tmp_path):
    happened = a_call()
    journalled(tmp_path / "ivr.db", happened).close()
    with closing(sqlite3.connect(tmp_path / "ivr.db")) as db, db:
        db.execute("update events set seq = seq + 1 where seq = ?", (len(happened) - 1,))
    with closing(Store(tmp_path / "ivr.db")) as store:
        assert store.broken_link(CALL) == len(happened)


def test_an_untouched_journal_has_no_broken_link(tmp_path):
    with closing(journalled(tmp_path / "ivr.db", a_call())) as store:
        assert store.broken_link(CALL) is None
        assert store.broken_link("another") is None


def test_a_journal_of_another_engine_goes_to_a_person(tmp_path):
    with closing(journalled(tmp_path / "ivr.db", a_call(), engine=ENGINE + 1)) as store:
        assert rebuild(store, CALL) is None


def test_a_call_that_nobody_knows_goes_to_a_person(tmp_path):
    with closing(journalled(tmp_path / "ivr.db", a_call())) as store:
        assert rebuild(store, "another") is None


def test_a_journal_whose_events_lead_elsewhere_now_goes_to_a_person(tmp_path):
    """The chain holds, but the engine says something else than it said then."""
    happened = a_call()
    with closing(Store(tmp_path / "ivr.db")) as store:
        store.keep_flow(HOTLINE.hash, HOTLINE.name, HOTLINE.text)
        store.open_call(CALL, ENGINE, HOTLINE.hash, happened[0].at)
        journal = Journal(store, CALL)
        for event in happened:
            journal.write(event, [JoinQueue("intake")])
        assert store.broken_link(CALL) is None
        assert rebuild(store, CALL) is None


def test_an_event_that_this_engine_does_not_know_goes_to_a_person(tmp_path):
    happened = a_call()
    with closing(journalled(tmp_path / "ivr.db", happened)) as store:
        store.append(CALL, len(happened), {"type": "beamed_up", "at": 1.0}, [])
        assert store.broken_link(CALL) is None
        assert rebuild(store, CALL) is None


def test_a_changed_flow_is_kept_for_the_calls_that_run_through_it(tmp_path):
    with closing(journalled(tmp_path / "ivr.db", a_call())) as store:
        kept = stored_flow(store, HOTLINE.hash)
        assert kept is not None
        assert (kept.hash, kept.nodes) == (HOTLINE.hash, HOTLINE.nodes)
        assert stored_flow(store, "unknown") is None
        store.keep_flow("broken", "broken", "flow: [")
        assert stored_flow(store, "broken") is None


def test_a_rebuilt_call_goes_on_in_the_same_journal(tmp_path):
    happened = a_call()
    with closing(journalled(tmp_path / "ivr.db", happened)) as store:
        left = rebuild(store, CALL)
        event = Resumed(happened[-1].at + 5)
        left.journal.write(event, left.session.advance(event))
        assert store.broken_link(CALL) is None
        again = rebuild(store, CALL)
        assert again.session.pending == left.session.pending
        assert again.journal.seq == len(happened) + 1


def test_a_promise_that_was_being_kept_is_kept_again():
    """A crash between the journal and the promise: the command comes again, and the table takes one per call."""
    caller = Caller(HOTLINE)
    caller.answer(Heard, sound="speech")
    caller.keys("1")
    caller.until(JoinQueue)
    caller.answer(QueueLeft, status="empty")
    while not isinstance(caller.pending, Record):
        caller.answer()
    promise = caller.answer(Recorded, path="m.wav")
    assert isinstance(promise, StorePromise)
    assert caller.send(Resumed(caller.now)) is promise


def a_call() -> list[Event]:
    """The events of a call that waits for an agent."""
    return [
        Offered(START, "13800138000", "李", "95585"),
        Done(START + 1, 1),
        Heard(START + 2, 2, "speech", 0.9),
        KeyPressed(START + 3, "1"),
        Done(START + 3, 3),
        Done(START + 5, 4),
    ]
