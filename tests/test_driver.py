"""One call from its first event to its last, over a channel in memory: journal first, then the command."""

import asyncio
import json
import sqlite3
from contextlib import closing

import pytest

from ivr.commands import LookUp, PickUp, Record, Say, StorePromise
from ivr.driver import Driver, Journal, replay
from ivr.events import Done, Event, Failed, Heard, HungUp, KeyPressed, LookedUp, Offered, QueueLeft, Recorded
from ivr.session import Session
from ivr.store import Store
from tests.calling import HOTLINE, START, flow_of

FIRST = Offered(START, "13800138000", "李", "95585")


class Host:
    """A channel that holds the journal against what it is told to start."""

    id = "17.1"

    def __init__(self, store: Store) -> None:
        self.store = store
        self.started = []

    def start(self, number, command, keys):
        rows = self.store.events(self.id)
        assert command.to_json() in json.loads(json.dumps(rows[-1].commands)), "started before it was written down"
        self.started.append((number, command, keys))

    def tell(self, event: Event) -> None:
        raise AssertionError

    async def close(self) -> None:
        raise AssertionError


def driven(tmp_path, answers):
    with closing(Store(tmp_path / "ivr.db")) as store:
        host, session, seen = Host(store), Session(HOTLINE), []
        watch = lambda id_, event, commands, _: seen.append((id_, event, commands))  # noqa: E731

        async def main():
            driver = Driver(host, session, Journal(store, host.id), watch)
            for event in (FIRST, *answers):
                driver.happened(event)
            await driver.ended

        asyncio.run(main())
        return host, session, seen, store.events(host.id), store.promises(), store.broken_link(host.id)


def test_each_event_is_written_with_its_commands_before_they_start(tmp_path):
    answers = [
        Done(START + 1, 1),
        KeyPressed(START + 2, "1"),
        KeyPressed(START + 2.5, "5"),
        HungUp(START + 3, "caller"),
    ]
    host, session, seen, rows, promises, broken = driven(tmp_path, answers)
    assert [row.event["type"] for row in rows] == ["offered", "done", "key_pressed", "key_pressed", "hung_up"]
    assert host.started[0] == (1, PickUp(), 0)
    assert host.started[-1] == (3, Say(("queue-intake",)), 1)
    assert [event for _, event, _ in seen] == [FIRST, *answers]
    assert session.ended
    assert (promises, broken) == ([], None)


@pytest.mark.parametrize(("ended", "complete"), [("key", 1), ("hangup", 0)])
def test_a_promise_is_kept_by_the_driver_itself(tmp_path, ended, complete):
    answers = [
        Done(START + 1, 1), KeyPressed(START + 2, "3"), Done(START + 3, 3), QueueLeft(START + 4, 4, "empty"),
        Done(START + 5, 5), Done(START + 6, 6), KeyPressed(START + 7, "1"), Done(START + 8, 7), Done(START + 9, 8),
        Done(START + 10, 9), Recorded(START + 20, 10, "m.wav", 9.0, ended), HungUp(START + 21, "caller"),
    ]  # fmt: skip
    host, session, _, rows, promises, _ = driven(tmp_path, answers)
    assert not any(isinstance(command, StorePromise) for _, command, _ in host.started)
    assert any(isinstance(command, Record) for _, command, _ in host.started)
    assert [(one["number"], one["queue"], one["message"], one["complete"]) for one in promises] == [
        ("13800138000", "complaint", "m.wav", complete)
    ]
    assert session.call.outcome == ("left_contact" if complete else "hung_up_message")
    # What the driver answered itself stands in the journal like all else.
    session = Session(HOTLINE)
    told = replay(session, [Event.from_json(row.event) for row in rows])
    assert [[one.to_json() for one in commands] for commands in told] == [row.commands for row in rows]


def test_stale_answers_are_written_and_start_nothing(tmp_path):
    answers = [Done(START + 1, 1), Heard(START + 2, 1, "speech"), Failed(START + 2, 99, "late"), HungUp(START + 3)]
    host, _, _, rows, _, _ = driven(tmp_path, answers)
    assert len(rows) == 5
    assert len(host.started) == 2


def test_nothing_happens_to_a_call_that_has_ended(tmp_path):
    answers = [HungUp(START + 1), KeyPressed(START + 2, "1")]
    assert len(driven(tmp_path, answers)[3]) == 2


def test_a_call_that_cannot_be_written_down_is_given_up(tmp_path):
    """Whoever told the event goes on; the call is let go, and the dialplan takes it to a person."""

    async def main(store):
        host = Host(store)
        driver = Driver(host, Session(HOTLINE), Journal(store, host.id), lambda *_: None)
        store.close()
        driver.happened(FIRST)
        assert not host.started
        with pytest.raises(sqlite3.ProgrammingError):
            await driver.ended

    asyncio.run(main(Store(tmp_path / "ivr.db")))


@pytest.mark.parametrize("asks", [True, False])
def test_a_service_is_asked_beside_the_call_and_its_answer_is_one_of_the_call_s_events(tmp_path, asks):
    then = "then: {found: bye, unknown: bye, unavailable: person}"
    flow = flow_of(f"  one: {{type: lookup, service: crm, path: /x, {then}}}\n  bye: {{type: end}}")

    async def main(store):
        host, asked, session = Host(store), [], Session(flow)
        ask = (lambda *what: asked.append(what)) if asks else None
        driver = Driver(host, session, Journal(store, host.id), lambda *_: None, ask=ask)
        for event in (FIRST, Done(START + 1, 1)):
            driver.happened(event)
        if asks:
            ((command, number, answer),) = asked
            assert (command, number) == (LookUp("crm", "/x"), 2)
            driver.happened(KeyPressed(START + 2, "1"))
            answer(LookedUp(START + 3, number, "found"))
        assert [step.node for step in session.call.path] == ["one", "bye" if asks else "person"]
        assert not any(isinstance(command, LookUp) for _, command, _ in host.started)
        driver.happened(HungUp(START + 9))
        answer(LookedUp(START + 10, 2, "found")) if asks else None  # too late: nothing happens

    with closing(Store(tmp_path / "ivr.db")) as store:
        asyncio.run(main(store))
