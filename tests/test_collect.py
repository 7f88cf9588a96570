"""Calls that ended without a controller find their way into the records."""

import base64
import json
from contextlib import closing

import pytest

from ivr import ENGINE
from ivr.collect import abandoned, from_spool, unfinished
from ivr.commands import Record
from ivr.driver import Journal, replay
from ivr.events import Done, Event, HungUp, KeyPressed, QueueLeft
from ivr.record import iso, record
from ivr.session import Session
from ivr.store import Store
from tests.calling import HOTLINE, START
from tests.test_resume import a_call, journalled

ID = "1700000000.1"


def left(**fields) -> dict:
    """What ivr.pbx.fallback writes."""
    return {
        "id": ID, "ended": 1700000100.0, "IVR_FROM": base64.b64encode(b'"Li" <sip:138@x>').decode(),
        "IVR_DIALLED": "95585", "IVR_ANSWERED": "1700000001.5", "IVR_QUEUED_AT": "1700000010", "IVR_QUEUE": "intake",
        "IVR_AGENT": "1001", "IVR_AGENT_RANG": "1700000012.0", "IVR_AGENT_ANSWERED": "1700000015.0",
        "IVR_CONNECTED": "1700000018.0", **fields,
    }  # fmt: skip


@pytest.fixture
def spool(tmp_path):
    folder = tmp_path / "fallback"
    folder.mkdir()
    return folder


def test_a_call_that_no_controller_saw(tmp_path, spool):
    (spool / f"{ID}.json").write_text(json.dumps(left()))
    with closing(Store(tmp_path / "ivr.db")) as store:
        ((id_, call),) = from_spool(store, spool.parent)
        made = store.call(ID)
    assert (id_, call.outcome) == (ID, "fallback")
    assert (made["caller"], made["caller_name"], made["dialled"]) == ("138", "Li", "95585")
    assert (made["outcome"], made["agent"], made["queue"]) == ("fallback", "1001", "intake")
    assert (made["wait_s"], made["ring_s"], made["talk_s"]) == (5.0, 3.0, 82.0)
    assert list(spool.iterdir()) == []


@pytest.mark.parametrize("empty", ["", None])
def test_a_call_that_hung_up_before_anything(tmp_path, spool, empty):
    names = [name for name in left() if name.startswith("IVR")]
    (spool / f"{ID}.json").write_text(json.dumps(left(**dict.fromkeys(names, empty))))
    with closing(Store(tmp_path / "ivr.db")) as store:
        ((_, call),) = from_spool(store, spool.parent)
        assert store.call(ID)["answered_at"] is None
    assert (call.outcome, call.caller) == ("fallback", "")


def test_a_talk_that_outlived_the_controller_was_served(tmp_path, spool):
    with closing(journalled(tmp_path / "ivr.db", a_call())) as store:
        (spool / f"{ID}.json").write_text(json.dumps(left(IVR_FALLBACK="")))
        from_spool(store, spool.parent)
        made = store.call(ID)
    assert (made["outcome"], made["agent"]) == ("served", "1001")


def test_a_call_that_the_flow_handed_over_keeps_what_is_known_of_it(tmp_path, spool):
    happened = [*a_call(), HungUp(START + 50, "line")]
    with closing(journalled(tmp_path / "ivr.db", happened)) as store:
        session = Session(HOTLINE)
        for event in happened:
            session.advance(event)
        session.call.outcome = "fallback"
        store.save_call(record(ID, session.call, HOTLINE), START, START + 50)
        (spool / f"{ID}.json").write_text(json.dumps(left()))
        from_spool(store, spool.parent)
        made = store.call(ID)
    assert made["path"] == ["greet", "menu", "to_intake", "intake"]
    assert made["rang_at"] == iso(START)
    assert made["ended_at"] == iso(1700000100.0)
    assert (made["flow"], made["flow_hash"]) == ("hotline", HOTLINE.hash)
    assert (made["outcome"], made["agent"], made["connected_at"] is not None) == ("fallback", "1001", True)


def test_a_call_whose_controller_died_keeps_its_journal(tmp_path, spool):
    with closing(journalled(tmp_path / "ivr.db", a_call())) as store:
        (spool / f"{ID}.json").write_text(json.dumps(left(id="1700000000.1")))
        from_spool(store, spool.parent)
        assert store.call(ID)["path"] == ["greet", "menu", "to_intake", "intake"]
        assert store.open_calls() == []


@pytest.mark.parametrize("text", ["", "{", "[]", "5", "{}", '{"id": "x"}', '{"id": "1.1", "ended": "soon"}'])
def test_a_damaged_file_is_put_aside_and_the_others_taken(tmp_path, spool, text):
    (spool / "0.json").write_text(text)
    (spool / f"{ID}.json").write_text(json.dumps(left()))
    with closing(Store(tmp_path / "ivr.db")) as store:
        assert [id_ for id_, _ in from_spool(store, spool.parent)] == [ID]
    assert [path.name for path in spool.iterdir()] == ["0.damaged"]


def test_a_call_that_hung_up_while_no_controller_ran(tmp_path):
    with closing(journalled(tmp_path / "ivr.db", a_call())) as store:
        assert abandoned(store, tmp_path, {ID}) == []
        assert [id_ for id_, _ in abandoned(store, tmp_path, set())] == [ID]
        assert (store.call(ID)["outcome"], store.call(ID)["ended_by"]) == ("abandoned", "caller")
        assert store.broken_link(ID) is None
        assert abandoned(store, tmp_path, set()) == []


def test_a_call_of_another_engine_has_failed(tmp_path):
    with closing(journalled(tmp_path / "ivr.db", a_call(), engine=ENGINE + 1)) as store:
        assert [id_ for id_, _ in abandoned(store, tmp_path, set())] == [ID]
        assert (store.call(ID)["outcome"], store.call(ID)["flow_hash"]) == ("failed", HOTLINE.hash)


def test_a_call_whose_journal_was_changed_has_failed(tmp_path):
    with closing(journalled(tmp_path / "ivr.db", a_call())) as store:
        Journal(store, ID, 99).write(HungUp(START), [])
        abandoned(store, tmp_path, set())
        assert store.call(ID)["outcome"] == "failed"


def in_the_message() -> list[Event]:
    """A caller who has confirmed the number and talks."""
    happened: list[Event] = [*a_call(), QueueLeft(START + 6, 5, "empty"), Done(START + 7, 6), Done(START + 8, 7)]
    happened.append(KeyPressed(START + 9, "1"))
    session = Session(HOTLINE)
    replay(session, happened)
    while not isinstance(session.pending, Record):
        happened.append(Done(happened[-1].at + 1, session.number))
        session.advance(happened[-1])
    return happened


def spoken(folder) -> str:
    """Five seconds of a message that was never closed."""
    (folder / "messages/2026-01-01").mkdir(parents=True)
    file = folder / f"messages/2026-01-01/{ID}.wav"
    file.write_bytes(bytes(44 + 80000))
    return str(file)


@pytest.mark.parametrize("told", [True, False])
def test_who_hangs_up_in_the_message_while_no_controller_runs_is_promised_too(tmp_path, spool, told):
    """Whether the dialplan could still tell of the call, or nobody did."""
    file = spoken(tmp_path)
    with closing(journalled(tmp_path / "ivr.db", in_the_message())) as store:
        if told:
            (spool / f"{ID}.json").write_text(json.dumps(left(IVR_FALLBACK="", IVR_CONNECTED="", IVR_AGENT="")))
            from_spool(store, tmp_path)
        else:
            abandoned(store, tmp_path, set())
        made = store.call(ID)
        (promise,) = store.promises()
        assert store.broken_link(ID) is None
    assert (made["outcome"], made["contact"], made["message"]) == ("hung_up_message", "13800138000", file)
    assert (promise["number"], promise["message"], promise["complete"]) == ("13800138000", file, 0)


def test_who_then_talked_to_an_agent_is_promised_nothing(tmp_path, spool):
    spoken(tmp_path)
    with closing(journalled(tmp_path / "ivr.db", in_the_message())) as store:
        (spool / f"{ID}.json").write_text(json.dumps(left()))
        from_spool(store, tmp_path)
        assert store.promises() == []
        assert store.call(ID)["agent"] == "1001"


def test_without_a_message_nothing_is_promised(tmp_path):
    with closing(journalled(tmp_path / "ivr.db", in_the_message())) as store:
        abandoned(store, tmp_path, set())
        assert store.promises() == []


def saved(store, **fields):
    """The call has ended and its record is there, as a controller leaves it that dies at once."""
    session = Session(HOTLINE)
    replay(session, [Event.from_json(row.event) for row in store.events(ID)])
    call = session.call
    store.save_call(record(ID, call, HOTLINE) | fields, call.rang_at, call.ended_at)
    return call


def test_a_recording_that_a_dying_controller_left_unfinished_is_found(tmp_path):
    with closing(journalled(tmp_path / "ivr.db", [*a_call(), HungUp(START + 50)])) as store:
        call = saved(store)
        assert unfinished(store, 0.0) == [(ID, call)]
        assert unfinished(store, call.rang_at + 1) == []


@pytest.mark.parametrize("fields", [{"recording_ok": True}, {"recording_ok": False}, {"flow_hash": "unknown"}])
def test_others_are_not(tmp_path, fields):
    with closing(journalled(tmp_path / "ivr.db", [*a_call(), HungUp(START + 50)])) as store:
        saved(store, **fields)
        assert unfinished(store, 0.0) == []
