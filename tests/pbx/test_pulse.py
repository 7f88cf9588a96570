"""Asterisk is stuck only where it answers neither AMI nor at its console, for long enough in a row."""

import asyncio
from types import SimpleNamespace

import pytest

from ivr.pbx import pulse
from ivr.pbx.ami import AmiError


class Silent:
    """Stands in for AMI and for Asterisk's console: answers by turns, from two lists, and then no more."""

    def __init__(self, ami, console):
        self.ami, self.console, self.asked = list(ami), list(console), 0

    async def act(self, _action):
        self.asked += 1
        if not (self.ami and self.ami.pop(0)):
            raise AmiError("no answer")

    async def answers_within(self, _seconds):
        return bool(self.console and self.console.pop(0))


def ends(ami, console, monkeypatch, patience=3, seconds=20):
    """How many questions it took until it was stuck."""
    monkeypatch.setattr(pulse, "EVERY", 0.0)
    now = iter(range(0, 10**6))  # each question takes a second of this clock
    monkeypatch.setattr(pulse, "time", SimpleNamespace(monotonic=lambda: float(next(now))))
    both = Silent(ami, console)

    async def wait():
        async with asyncio.timeout(seconds):
            await pulse.stuck(both, both, patience)

    asyncio.run(wait())
    return both.asked


def test_silence_in_a_row_is_what_counts(monkeypatch):
    assert ends([], [], monkeypatch) == 3
    assert ends([0, 0, 1], [], monkeypatch) == 6


def test_a_console_that_answers_is_enough(monkeypatch):
    assert ends([], [1, 1, 0, 1], monkeypatch) == 7


def test_that_we_cannot_ask_is_no_fault_of_asterisks(monkeypatch):
    async def fails(_self, _seconds):
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(Silent, "answers_within", fails)
    with pytest.raises(TimeoutError):
        ends([], [], monkeypatch, seconds=0.05)


def test_with_a_patience_of_nothing_it_is_never_stuck(monkeypatch):
    monkeypatch.setattr(pulse, "EVERY", 0.0)

    async def wait():
        both = Silent([], [])
        waiting = asyncio.ensure_future(pulse.stuck(both, both, 0))
        while both.asked < 5:
            await asyncio.sleep(0)
        assert not waiting.done()
        waiting.cancel()

    monkeypatch.setattr(pulse, "asyncio", SimpleNamespace(sleep=_at_once))
    asyncio.run(wait())


async def _at_once(_seconds):
    await asyncio.sleep(0)
