"""The running line where something is wrong with itself: what it does without Asterisk is tested here."""

import asyncio
from contextlib import closing

import pytest

from ivr import line as line_
from ivr.commands import HandOver
from ivr.events import HungUp, Offered
from ivr.line import Line
from ivr.livenotices import LiveNotices
from ivr.settings import load
from ivr.store import Store
from tests.calling import HOTLINE


class Phone:
    """A mock of a call on Asterisk, since no mistake of ours can be had on order there: it keeps its commands."""

    id, lost, traces = "1.1", False, ()

    def __init__(self, over=False):
        self.commands, self.closed, self.over = [], False, over
        self.tell = lambda event: None

    def start(self, number, command, keys):
        self.commands.append(command)
        if isinstance(command, HandOver):
            asyncio.get_running_loop().call_soon(self.tell, HungUp(2.0, "line"))

    async def close(self):
        self.closed = True


class Broken:
    """A driver with a mistake in it."""

    def __init__(self, *_):
        self.ended = asyncio.get_running_loop().create_future()

    def happened(self, event):
        self.ended.set_exception(KeyError(f"nobody knew of {event.caller}"))


@pytest.fixture
def store(tmp_path):
    with closing(Store(tmp_path / "ivr.db")) as made:
        yield made


@pytest.fixture
def told():
    return []


@pytest.fixture
def line(tmp_path, store, told):
    settings = load(environment={"IVR_DATA": str(tmp_path)})
    notices = LiveNotices(store, lambda _: None, print)
    return Line(settings, "", None, notices, store, lambda *words: told.append(words), quiet=True)


def test_a_mistake_of_ours_ends_with_the_dialplan_and_an_alarm(line, store, told, monkeypatch):
    monkeypatch.setattr(line_, "Driver", Broken)
    phone = Phone()
    asyncio.run(line._drive(phone, Offered(1.0, "138", "", "95585"), HOTLINE))
    assert phone.commands == [HandOver()]
    assert phone.closed
    text = "the controller failed, the dialplan serves it: KeyError: 'nobody knew of 138'"
    assert told == [("1.1", f"ALARM call: {text}")]
    assert [(one["call"], one["kind"], one["text"]) for one in store.alarms()] == [("1.1", "call", text)]
    assert list(store.calls()) == []


def test_a_mistake_at_the_very_end_waits_for_nobody(line, told, monkeypatch):
    """As when the news that the caller has hung up is what fails: there is no call to hand over."""
    monkeypatch.setattr(line_, "Driver", Broken)
    phone = Phone(over=True)
    asyncio.run(asyncio.wait_for(line._drive(phone, Offered(1.0, "138", "", "95585"), HOTLINE), 30))
    assert phone.commands == []
    assert phone.closed
    assert len(told) == 1


def test_what_cannot_be_written_is_told_once_until_it_can(line, store, told, monkeypatch):
    answers = iter(["disk full", "disk full", "", "disk full"])
    monkeypatch.setattr(store, "catch_up", lambda: next(answers))
    assert [line.caught_up() for _ in range(4)] == [False, False, True, False]
    text = "ALARM database: it cannot be written now (disk full): what is to be written waits"
    assert told == [("line", text)] * 2
