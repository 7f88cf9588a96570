"""Asterisk dies, alone or with the controller: it is started again, and what became of its calls is told."""

import asyncio
import os
import signal
import sqlite3
import time
from contextlib import closing

import pytest

from ivr.demo.voices import Voices
from ivr.demo.world import Phone, World
from tests.live.lines import LiveLine, started
from tests.live.loop import Loop
from tests.live.outside import outside_of


def written(line: LiveLine, agent: str) -> None:
    """Returns when Asterisk has written the agent's login and telephone to its disk, which it does once a second."""
    deadline = time.monotonic() + 30
    wanted = f"select count(*) from astdb where key like '/registrar/contact/{agent};%' or value like '%{agent}@agent%'"
    with closing(sqlite3.connect(line.data / "asterisk/lib/astdb.sqlite3")) as astdb:
        while astdb.execute(wanted).fetchone() < (2,):
            assert time.monotonic() < deadline
            time.sleep(0.1)


def test_an_asterisk_that_dies_is_started_again_and_its_calls_were_ended_by_the_line(
    run: Loop, voices: Voices, number: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    async def agent(phone: Phone) -> None:
        await phone.answer()
        await line.seen(f"{number}7", "agent 1001 and the caller talk")
        await phone.hang_up()

    async def calls(line: LiveLine, world: World) -> None:
        world.agent("1001", agent)
        await asyncio.to_thread(line.ivr, "agent", "login", "1001")
        caller = await world.call(number)
        await caller.play(voices.claim)
        await line.seen(number, "> say main-menu")
        await asyncio.to_thread(written, line, "1001")
        os.kill(int((line.data / "asterisk/run/asterisk.pid").read_text()), signal.SIGKILL)
        await asyncio.to_thread(line.until_printed, "ended with Asterisk: failed", 60)
        other = await world.call(f"{number}7")
        await other.play(voices.claim)
        await line.seen(f"{number}7", "> say main-menu")
        await other.keys("1")
        await line.seen(f"{number}7", "> say survey$")
        await other.hang_up()

    with (
        started(tmp_path_factory.mktemp("killed")) as line,
        outside_of(line, run, tmp_path_factory.mktemp("world")) as world,
    ):
        run(calls(line, world))
        records = [line.record(one) for one in (number, f"{number}7")]
    assert [(one["outcome"], one["ended_by"]) for one in records] == [("failed", "line"), ("served", "agent")]
    assert records[0]["recording"]


def test_an_asterisk_that_is_stuck_is_ended_and_started_again(
    run: Loop, voices: Voices, number: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    async def calls(line: LiveLine, world: World) -> None:
        caller = await world.call(number)
        await caller.play(voices.claim)
        await line.seen(number, "> say main-menu")
        os.kill(int((line.data / "asterisk/run/asterisk.pid").read_text()), signal.SIGSTOP)
        await asyncio.to_thread(line.until_printed, "ALARM Asterisk did not answer for 6 s: ending it", 60)
        await asyncio.to_thread(line.until_printed, "ended with Asterisk: failed", 60)
        other = await world.call(f"{number}7")
        await other.play(voices.claim)
        await line.seen(f"{number}7", "> say main-menu")
        await other.hang_up()
        await line.seen(f"{number}7", "ended: hung_up_menu")

    with (
        started(tmp_path_factory.mktemp("stuck"), IVR_WATCHDOG="3") as line,
        outside_of(line, run, tmp_path_factory.mktemp("world")) as world,
    ):
        run(calls(line, world))
        records = [line.record(one) for one in (number, f"{number}7")]
        alarms = line.ivr("alarms")
    assert [(one["outcome"], one["ended_by"]) for one in records] == [("failed", "line"), ("hung_up_menu", "caller")]
    assert "Asterisk did not answer for 6 s and was ended" in alarms


def test_a_line_that_finds_a_stuck_asterisk_starts_another(
    run: Loop, voices: Voices, number: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    async def calls(line: LiveLine, world: World) -> None:
        pid = int((line.data / "asterisk/run/asterisk.pid").read_text())
        os.kill(pid, signal.SIGSTOP)
        line.kill()
        await asyncio.to_thread(line.start)
        assert int((line.data / "asterisk/run/asterisk.pid").read_text()) != pid
        caller = await world.call(number)
        await caller.play(voices.claim)
        await line.seen(number, "> say main-menu")
        await caller.hang_up()
        await line.seen(number, "ended: hung_up_menu")

    with (
        started(tmp_path_factory.mktemp("found")) as line,
        outside_of(line, run, tmp_path_factory.mktemp("world")) as world,
    ):
        run(calls(line, world))


def test_a_call_that_a_dying_machine_took_with_it_was_ended_by_the_line(
    run: Loop, voices: Voices, number: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """As after a power cut: controller and Asterisk are both gone before either could do anything."""

    async def call(line: LiveLine, world: World) -> None:
        caller = await world.call(number)
        await caller.play(voices.claim)
        await line.seen(number, "> say main-menu")
        line.freeze()
        os.kill(int((line.data / "asterisk/run/asterisk.pid").read_text()), signal.SIGKILL)
        await asyncio.to_thread(line.kill)
        await asyncio.to_thread(line.start)
        await line.seen(number, "ended with Asterisk: failed")

    with (
        started(tmp_path_factory.mktemp("dark")) as line,
        outside_of(line, run, tmp_path_factory.mktemp("world")) as world,
    ):
        run(call(line, world))
        record = line.record(number)
    assert (record["outcome"], record["ended_by"], record["path"]) == ("failed", "line", ["greet", "menu"])
