"""Callers who hang up, wherever they are: the outcome that belongs to it, and nothing left open."""

import asyncio
import sqlite3
from contextlib import closing
from typing import Any

import pytest

from ivr.demo.voices import Voices
from ivr.demo.world import Phone, World
from tests.live.lines import LiveLine
from tests.live.loop import Loop


@pytest.mark.parametrize(
    ("at", "outcome"),
    [
        ("> listen greeting-line", "hung_up_greeting"),
        ("> say main-menu", "hung_up_menu"),
        ("> record", "hung_up_message"),
    ],
)
def test_hanging_up(
    run: Loop, line: LiveLine, world: World, voices: Voices, number: str, at: str, outcome: str
) -> None:
    async def call() -> None:
        caller = await world.call(number)
        if at != "> listen greeting-line":
            await caller.play(voices.claim)
        if at == "> record":
            await caller.keys("1")
            await line.seen(number, "> say offer-number")
            await caller.keys("1")
        await line.seen(number, at)
        await caller.hang_up()

    run(call())
    record = line.record(number)
    assert (record["outcome"], record["ended_by"]) == (outcome, "caller")
    if outcome != "hung_up_greeting":
        assert record["recording_behind_s"] is not None, "the prompt that the caller did not hear to its end tells it"
    nothing_left(line, world, run, record)


def nothing_left(line: LiveLine, world: World, run: Loop, record: dict[str, Any]) -> None:
    """No channel on either Asterisk, no open journal, no recording leg, no half-written file."""
    assert record["recording_ok"], record["recording_faults"]

    async def no_channel() -> None:
        while any(one.get("Channel") for one in await world.ami.rows("CoreShowChannels")):
            await asyncio.sleep(0.1)

    run(no_channel(), 20)
    with closing(sqlite3.connect(line.data / "ivr.db")) as database:
        assert database.execute("select count(*) from open_calls").fetchone() == (0,)
    assert [path.name for path in (line.data / "recordings").glob(f"*/*{record['id']}*")] == [f"{record['id']}.wav"]


def test_hanging_up_in_the_queue(run: Loop, line: LiveLine, world: World, agents: None, number: str) -> None:
    async def call() -> None:
        await asyncio.to_thread(line.ivr, "agent", "login", "1003")
        caller = await world.call(number)
        await caller.wait(0.3)
        await caller.keys("3")
        await line.seen(number, "agent 1003 rings")
        await caller.hang_up()

    run(call())
    record = line.record(number)
    assert (record["outcome"], record["queue"], record["ended_by"]) == ("abandoned", "complaint", "caller")
    assert record["agent_answered_at"] is None
    nothing_left(line, world, run, record)


def test_hanging_up_while_the_agents_number_is_said(
    run: Loop, line: LiveLine, world: World, agents: None, number: str
) -> None:
    async def agent(phone: Phone) -> None:
        await phone.answer()
        await phone.until_ended(20)

    async def call() -> None:
        world.agent("1001", agent)
        await asyncio.to_thread(line.ivr, "agent", "login", "1001")
        caller = await world.call(number)
        await caller.wait(0.3)
        await caller.keys("1")
        await line.seen(number, "agent 1001 answered")
        await caller.hang_up()

    run(call())
    record = line.record(number)
    assert (record["outcome"], record["ended_by"]) == ("abandoned", "caller")
    assert record["agent_answered_at"]
    assert record["connected_at"] is None
    nothing_left(line, world, run, record)


def test_hanging_up_in_the_survey_is_still_served(
    run: Loop, line: LiveLine, world: World, agents: None, number: str
) -> None:
    async def agent(phone: Phone) -> None:
        await phone.answer()
        await phone.wait(9.0)
        await phone.hang_up()

    async def call() -> None:
        world.agent("1001", agent)
        await asyncio.to_thread(line.ivr, "agent", "login", "1001")
        caller = await world.call(number)
        await caller.wait(0.3)
        await caller.keys("1")
        await line.seen(number, "> say survey$")
        await caller.hang_up()

    run(call())
    record = line.record(number)
    assert (record["outcome"], record["survey"]) == ("served", None)
    nothing_left(line, world, run, record)
