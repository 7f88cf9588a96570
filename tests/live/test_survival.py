"""Calls survive a dead controller; a dead controller's callers reach a person; the line starts and ends cleanly."""

import asyncio
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
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


def test_started_twice(mortal: LiveLine) -> None:
    second = subprocess.run(
        [sys.executable, "-m", "ivr", "run"], env=os.environ | mortal.environment, capture_output=True, text=True
    )
    assert second.returncode == 1
    assert second.stderr.count("\n") == 1
    assert "already runs" in second.stderr
    assert mortal.environment["IVR_SIP_PORT"] in second.stderr


@pytest.mark.parametrize("name", ["IVR_SIP_PORT", "IVR_AGI_PORT", "IVR_AMI_PORT", "IVR_AUDIOSOCKET_PORT"])
def test_port_taken(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    line = LiveLine(tmp_path_factory.mktemp("taken"))
    kind = socket.SOCK_DGRAM if name == "IVR_SIP_PORT" else socket.SOCK_STREAM
    with socket.socket(socket.AF_INET, kind) as holder:
        holder.bind(("127.0.0.1", int(line.environment[name])))
        if kind == socket.SOCK_STREAM:
            holder.listen()
        done = subprocess.run(
            [sys.executable, "-m", "ivr", "run"], env=os.environ | line.environment, capture_output=True, text=True
        )
    assert done.returncode == 1
    assert f"port {line.environment[name]} " in done.stderr
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr
    assert not (line.data / "asterisk/run/asterisk.pid").exists()


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


def test_broken_flow_is_refused_and_a_good_one_taken_up(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Judged by `ivr check`, the same reading that the running line does, and by what the line prints."""
    flows = tmp_path_factory.mktemp("flows")
    text = (settings_.load(environment={}).flows / "hotline.yaml").read_text()
    (flows / "hotline.yaml").write_text(text)
    with started(tmp_path_factory.mktemp("changing"), IVR_FLOWS=str(flows)) as line:
        (flows / "hotline.yaml").write_text(text.replace("start: greet", "start: gret"))
        line.until_printed("has mistakes; the running flow stays")
        line.until_printed(r"hotline.yaml:\d+:\d+: .*`gret`")
        (flows / "hotline.yaml").write_text(text.replace("tries: 3", "tries: 2"))
        line.until_printed("was taken up for new calls")


def test_ctrl_c_says_goodbye(run: Loop, mortal: LiveLine, outside: World, voices: Voices, number: str) -> None:
    async def call() -> Phone:
        caller = await outside.call(number)
        await caller.play(voices.claim)
        await mortal.seen(number, "> say main-menu")
        mortal.signal(signal.SIGINT)
        await caller.until_ended()
        return caller

    caller = run(call())
    assert mortal.wait() == 0
    assert find(samples(caller.heard), prompt(mortal, "line-closing"))
    ended = [one for one in json.loads(mortal.ivr("calls", "--json")) if one["caller"] == number]
    assert ended[0]["ended_by"] == "line"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", int(mortal.environment["IVR_SIP_PORT"])))


def test_sigterm_lets_calls_finish(run: Loop, mortal: LiveLine, outside: World, voices: Voices, number: str) -> None:
    async def call() -> None:
        caller = await outside.call(number)
        await caller.wait(0.3)
        await caller.keys("1")
        await mortal.seen(number, "> say offer-number")
        mortal.signal(signal.SIGTERM)
        await asyncio.to_thread(mortal.until_printed, "no new calls")
        await caller.keys("1")
        await mortal.seen(number, "> record")
        await caller.play(voices.claim)
        await caller.keys("#")
        await caller.until_ended()

    run(call())
    assert mortal.wait(60) == 0
    ended = [one for one in json.loads(mortal.ivr("calls", "--json")) if one["caller"] == number]
    assert ended[0]["outcome"] == "left_contact"
    assert ended[0]["recording_ok"], ended[0]["recording_faults"]
