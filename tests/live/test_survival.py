"""Calls survive a dead or stuck controller, a locked database and a lost prompt: each goes on or reaches a person."""

import asyncio
import json
import signal
import sqlite3
import subprocess
from contextlib import closing

import pytest

from ivr import settings as settings_
from ivr.demo.voices import Voices
from ivr.demo.world import Phone, World
from ivr.pbx.asterisk import command
from tests.live.hearing import find, prompt, samples
from tests.live.lines import LiveLine, started
from tests.live.loop import Loop
from tests.live.outside import outside_of


async def leave_message(caller: Phone, line: LiveLine, number: str, voices: Voices) -> None:
    """From the menu, with no agent logged in: 3 leads over the empty queue to the number, 1 confirms it."""
    await caller.keys("3")
    await line.seen(number, "> say offer-number")
    await caller.keys("1")
    await line.seen(number, "> record")
    await caller.play(voices.claim)
    await caller.keys("#")
    await caller.until_ended()


def test_controller_dies_in_the_menu_and_comes_back(
    run: Loop, mortal: LiveLine, outside: World, voices: Voices, number: str
) -> None:
    async def call() -> None:
        caller = await outside.call(number)
        await caller.play(voices.claim)
        await mortal.seen(number, "> say main-menu")
        await asyncio.to_thread(mortal.kill)
        await asyncio.to_thread(mortal.start)
        await mortal.seen(number, "taken up again")
        await leave_message(caller, mortal, number, voices)

    run(call())
    record = mortal.record(number)
    assert record["outcome"] == "left_contact"
    assert record["path"] == ["greet", "menu", "to_complaint", "complaint", "contact", "goodbye"]
    assert mortal.ivr("replay", record["id"], code=0)


def test_an_asterisk_that_is_taken_over_reads_its_files_again(mortal: LiveLine) -> None:
    """As after an update of the line, whose dialplan may be another than the one that runs."""
    mortal.kill()
    mortal.environment["IVR_LONGEST_CALL"] = "4321"
    mortal.start()
    mortal.until_printed("was taken over")
    main = mortal.data / "asterisk/etc/asterisk.conf"
    asked = [*command(settings_.load(environment={})), "-C", str(main), "-rx", "dialplan show globals"]
    assert "IVR_LONGEST=4321" in subprocess.run(asked, capture_output=True, text=True, check=True).stdout


def test_controller_dies_while_they_talk(
    run: Loop, mortal: LiveLine, outside: World, voices: Voices, number: str
) -> None:
    """The talk goes on; a controller started meanwhile asks for the survey when it is over."""

    async def agent(phone: Phone) -> None:
        await phone.answer()
        await mortal.seen(number, "agent 1001 and the caller talk")
        await asyncio.to_thread(mortal.kill)
        await phone.play(voices.agent)
        await asyncio.to_thread(mortal.start)
        await phone.play(voices.agent)
        await phone.hang_up()

    async def call() -> None:
        outside.agent("1001", agent)
        await asyncio.to_thread(mortal.ivr, "agent", "login", "1001")
        caller = await outside.call(number)
        await caller.wait(0.3)
        await caller.keys("1")
        await mortal.seen(number, "taken up again")
        await mortal.seen(number, "> say survey$")
        await caller.keys("5")
        await caller.until_ended()
        await asyncio.to_thread(mortal.ivr, "agent", "logout", "1001")

    run(call(), 120)
    record = mortal.record(number)
    assert (record["outcome"], record["survey"], record["agent"]) == ("served", 5, "1001")
    assert record["talk_s"] > 4


def test_a_recording_that_a_dying_controller_left_is_finished_by_the_next(
    run: Loop, mortal: LiveLine, outside: World, voices: Voices, number: str
) -> None:
    async def call() -> None:
        caller = await outside.call(number)
        await caller.play(voices.claim)
        await mortal.seen(number, "> say main-menu")
        await caller.hang_up()
        await mortal.seen(number, "ended: hung_up_menu")
        await asyncio.to_thread(mortal.kill)
        await asyncio.to_thread(mortal.start)

    run(call())
    record = mortal.record(number)
    assert record["recording_ok"], record["recording_faults"]
    assert [path.name for path in (mortal.data / "recordings").glob(f"*/*{record['id']}*")] == [f"{record['id']}.wav"]


def test_no_controller_at_all(run: Loop, mortal: LiveLine, outside: World, voices: Voices, number: str) -> None:
    """The dialplan alone greets and puts the caller into intake; the record comes when the controller is back."""

    async def agent(phone: Phone) -> None:
        await phone.answer()
        await phone.wait(8.0)
        await phone.play(voices.agent)
        await phone.hang_up()

    async def call() -> Phone:
        outside.agent("1002", agent)
        await asyncio.to_thread(mortal.ivr, "agent", "login", "1002")
        await asyncio.to_thread(mortal.kill)
        caller = await outside.call(number)
        await caller.until_ended()
        await asyncio.to_thread(mortal.start)
        await asyncio.to_thread(mortal.until_printed, "ended without a controller: fallback")
        return caller

    caller = run(call(), 120)
    heard = samples(caller.heard)
    order = [find(heard, prompt(mortal, name)) for name in ("greeting-line", "greeting-head", "work/2", "closing")]
    assert all(order), order
    assert [one[0] for one in order] == sorted(one[0] for one in order)
    record = mortal.record(number)
    assert (record["outcome"], record["agent"], record["queue"]) == ("fallback", "1002", "intake")
    mortal.ivr("agent", "logout", "1002")


def test_a_stuck_controller_is_ended_and_its_callers_reach_a_person(
    run: Loop, voices: Voices, number: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """One caller is in the menu, another calls while it is stuck: an agent answers both."""

    async def agent(phone: Phone) -> None:
        await phone.answer()
        await phone.wait(8.0)
        await phone.hang_up()

    async def calls(line: LiveLine, world: World) -> list[Phone]:
        for one in ("1001", "1002"):
            world.agent(one, agent)
            await asyncio.to_thread(line.ivr, "agent", "login", one)
        caller = await world.call(number)
        await caller.play(voices.claim)
        await line.seen(number, "> say main-menu")
        line.freeze()
        other = await world.call(f"{number}7")
        await asyncio.to_thread(line.until_printed, "^ALARM controller: .* was ended")
        assert await asyncio.to_thread(line.wait) == -signal.SIGKILL
        for one in (caller, other):
            await one.until_ended()
        return [caller, other]

    with started(tmp_path_factory.mktemp("stuck"), IVR_WATCHDOG="3", IVR_CONTROLLER_WAIT="0") as line:
        with outside_of(line, run, tmp_path_factory.mktemp("world")) as world:
            heard = [samples(one.heard) for one in run(calls(line, world), 150)]
            line.start()
        assert all(find(one, prompt(line, "greeting-head")) for one in heard)
        records = [line.record(one) for one in (number, f"{number}7")]
    assert [one["outcome"] for one in records] == ["fallback", "fallback"]
    assert all(one["agent"] in ("1001", "1002") for one in records)


def test_a_locked_database_costs_no_call_anything(
    run: Loop, mortal: LiveLine, outside: World, voices: Voices, number: str
) -> None:
    """As an admin's forgotten transaction locks it: the call leaves its promise, which is written afterwards."""

    async def call() -> None:
        caller = await outside.call(number)
        await caller.play(voices.claim)
        await mortal.seen(number, "> say main-menu")
        await leave_message(caller, mortal, number, voices)
        await asyncio.to_thread(mortal.until_printed, "ALARM database: it cannot be written now")

    with closing(sqlite3.connect(mortal.data / "ivr.db", isolation_level=None, check_same_thread=False)) as other:
        other.execute("begin immediate")
        run(call())
        assert not [one for one in mortal.calls() if one["caller"] == number]
    record = mortal.record(number)
    assert (record["outcome"], record["failures"], record["recording_ok"]) == ("left_contact", [], True)
    assert number in mortal.ivr("promises")
    mortal.ivr("promises", "kept", record["id"])


def test_a_prompt_that_is_gone_is_an_alarm_and_the_caller_reaches_the_queue(
    run: Loop, mortal: LiveLine, outside: World, voices: Voices, number: str
) -> None:
    async def call() -> None:
        caller = await outside.call(number)
        await caller.play(voices.claim)
        await mortal.seen(number, "> say offer-number")
        await caller.hang_up()

    files = list((mortal.data / "sounds/zh").glob("main-menu.*"))
    away = {one: one.rename(one.with_name(f"away-{one.name}")) for one in files}
    try:
        run(call())
    finally:
        for one, moved in away.items():
            moved.rename(one)
    record = mortal.record(number)
    assert record["outcome"] == "hung_up_message"
    assert record["path"] == ["greet", "menu", "intake", "contact"]
    assert len(record["failures"]) == 1
    alarms = [one for one in json.loads(mortal.ivr("alarms", "--json")) if one["call"] == record["id"]]
    assert [(one["kind"], one["text"]) for one in alarms] == [("step", record["failures"][0])]
    mortal.until_printed(rf"\[{record['id']}\] ALARM step: menu: the prompt main-menu is gone")
