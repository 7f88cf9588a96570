"""Notices: said once, where they belong, whatever the caller does; kept in the journal; never without their audio."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ivr import ENGINE
from ivr.commands import JoinQueue, Say, WaitKey
from ivr.drawing import Walked
from ivr.driver import Journal
from ivr.events import Done, Event, Failed, Heard, KeyPressed, Offered, QueueLeft
from ivr.livenotices import LiveNotices
from ivr.notices import Notice, Notices, due
from ivr.resume import rebuild
from ivr.script import event_line, parse_line
from ivr.session import Session
from ivr.store import Store
from tests.calling import HOTLINE, START, Caller, flow_of

ALL, INQUIRY = ("", "notice/1"), ("inquiry", "notice/2")


class Told(Caller):
    """A caller of the hotline while notices are on."""

    def __init__(self, *notices: tuple[str, str], flow=HOTLINE) -> None:
        self.session = Session(flow)
        self.now, self.told = START, []
        self.send(Offered(START, "13800138000", "", "95585", notices=notices))
        self.answer()

    def times(self, prompt: str) -> int:
        return self.said().count(prompt)


def test_for_all_it_is_said_after_the_greeting_and_before_the_menu():
    caller = Told(ALL, INQUIRY)
    caller.answer(Heard, sound="speech")
    assert caller.pending == Say(("notice/1",))
    caller.answer()
    assert caller.pending == Say(("main-menu",))
    assert caller.path == ["greet", "notice/1", "menu"]


def test_it_is_said_once_however_often_the_menu_is():
    caller = Told(ALL)
    caller.answer(Heard, sound="speech")
    for _ in range(3):
        caller.until(WaitKey)
        caller.keys("9")
    assert (caller.times("notice/1"), caller.times("main-menu")) == (1, 4)


def test_before_a_queue_only_who_comes_to_that_queue_hears_it():
    for key, heard in (("2", 1), ("1", 0)):
        caller = Told(INQUIRY)
        caller.answer(Heard, sound="speech")
        caller.until(WaitKey)
        caller.keys(key)
        caller.until(JoinQueue)
        assert caller.times("notice/2") == heard
        if heard:
            assert caller.path[-2:] == ["notice/2", "inquiry"]
            assert caller.said()[-2:] == ["queue-inquiry", "notice/2"]


def test_who_keyed_ahead_hears_it_and_keeps_the_key():
    caller = Told(ALL)
    caller.keys("1")
    assert caller.pending == Say(("notice/1",))
    caller.answer()
    assert caller.path == ["greet", "notice/1", "menu", "to_intake"]


def test_a_key_goes_on_past_it_and_is_the_choice():
    caller = Told(ALL)
    caller.answer(Heard, sound="speech")
    caller.send(KeyPressed(caller.now, "3"))
    caller.answer()
    assert caller.path[-1] == "to_complaint"


def test_without_a_menu_it_is_said_before_the_queue():
    flow = flow_of("  one: {type: say, prompt: closing, then: {done: person}}")
    caller = Told(ALL, ("intake", "notice/3"), flow=flow)
    caller.until(JoinQueue)
    assert caller.said() == ["closing", "notice/1", "notice/3"]


def test_nobody_who_only_hears_goodbye_hears_it():
    caller = Told(ALL)
    for _ in range(3):
        caller.answer(Heard, sound="silence")
    assert caller.said()[-1] == "silent-call"
    assert caller.times("notice/1") == 0


def test_one_that_cannot_be_played_holds_up_nobody_and_is_noted():
    caller = Told(ALL)
    caller.answer(Heard, sound="speech")
    caller.answer(Failed, reason="it could not be played")
    assert caller.pending == Say(("main-menu",))
    assert caller.call.failures == ["notice/1: it could not be played"]


def test_a_caller_whose_agent_was_lost_does_not_hear_it_again():
    caller = Told(("intake", "notice/1"), flow=flow_of("  one: {type: say, prompt: closing, then: {done: person}}"))
    caller.until(JoinQueue)
    caller.answer(QueueLeft, status="agent_lost")
    assert isinstance(caller.pending, JoinQueue)
    assert caller.times("notice/1") == 1


# -- in the journal ------------------------------------------------------------------------------


def test_a_call_script_can_hold_it():
    event = Offered(START, "138", "", "95585", notices=(ALL, INQUIRY))
    line = event_line(event, START)
    assert line.endswith('notices=[["", "notice/1"], ["inquiry", "notice/2"]]')
    assert parse_line(line, START).what == event
    assert "notices" not in event_line(Offered(START, "138", "", "95585"), START)


def test_a_call_taken_up_again_goes_on_behind_its_notice(tmp_path):
    with closing(Store(tmp_path / "ivr.db")) as store:
        store.keep_flow(HOTLINE.hash, HOTLINE.name, HOTLINE.text)
        session, journal = Session(HOTLINE), Journal(store, "1.1", opens=(ENGINE, HOTLINE.hash, START))
        happened: list[Event] = [
            Offered(START, "138", "", "95585", notices=(ALL,)), Done(START, 1), Heard(START + 1, 2, "speech"),
        ]  # fmt: skip
        for event in happened:
            journal.write(event, session.advance(event))
        left = rebuild(store, "1.1")
    assert left
    assert left.session.pending == Say(("notice/1",))
    assert left.session.call.notices == ()


def test_the_drawing_counts_the_edge_between_the_nodes_that_are():
    walked = Walked()
    walked.add(["greet", "notice/1", "menu"], True)
    assert walked.edges["greet", "menu"] == 1
    assert walked.given_up["menu"] == 1


# -- on and off ----------------------------------------------------------------------------------


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(Store(tmp_path / "ivr.db")) as store:
        yield store


def notice(number: int, queues: tuple[str, ...] = (), begin: float = 100.0, end: float = 0.0) -> Notice:
    return Notice(number, "台风", queues, begin, end, "李", 100.0)


def test_from_and_until_and_switched_off():
    timed = notice(1, begin=100.0, end=200.0)
    assert [timed.on(at) for at in (99.0, 100.0, 199.0, 200.0)] == [False, True, True, False]
    assert notice(1).on(1e12)
    assert due([notice(1), notice(2, ("intake", "inquiry"))], 150.0) == (
        ("", "notice/1"), ("intake", "notice/2"), ("inquiry", "notice/2"),
    )  # fmt: skip


def test_a_running_line_takes_up_what_is_switched_on_and_off(store):
    kept, told = Notices(store), []
    live = LiveNotices(store, lambda _prompt: True, told.append)
    live.look(150.0)
    assert live.due(150.0) == ()
    kept.switch_on(notice(1))
    kept.switch_on(notice(2, begin=160.0, end=170.0))
    live.look(150.0)
    live.look(151.0)
    assert [live.due(at) for at in (150.0, 165.0, 175.0)] == [(ALL,), (ALL, ("", "notice/2")), (ALL,)]
    assert kept.switch_off(1, 172.0)
    assert not kept.switch_off(2, 172.0), "it had ended by itself"
    live.look(172.0)
    assert live.due(172.0) == ()
    assert told == ["notice 1 will be said: 台风", "notice 2 will be said: 台风",
                    "notice 1 has ended", "notice 2 has ended"]  # fmt: skip


def test_no_call_meets_a_missing_file(store):
    there, told = set(), []
    live = LiveNotices(store, there.__contains__, told.append)
    Notices(store).switch_on(notice(1))
    live.look(150.0)
    live.look(151.0)
    assert live.due(150.0) == ()
    assert len(told) == 1
    assert told[0].startswith("ALARM notice 1 has no audio and is not said")
    assert [alarm["kind"] for alarm in store.alarms()] == ["notice"]
    there.add("notice/1")
    live.look(152.0)
    assert live.due(152.0) == (ALL,)
