"""What takes long on a real line: a wait over 30 s, a caller who vanishes, a recording paused for private data."""

import asyncio
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from ivr.demo.voices import Voices
from ivr.demo.world import Phone, World
from tests.live.hearing import find, heard, samples, stereo
from tests.live.lines import LiveLine, started
from tests.live.loop import Loop
from tests.live.outside import outside_of
from tests.live.test_hostile import RawCaller


def test_a_wait_over_thirty_seconds_is_apologised_for(
    run: Loop, line: LiveLine, world: World, agents: None, number: str
) -> None:
    async def agent(phone: Phone) -> None:
        # the first rings go unanswered; the ring that comes after 30 s of waiting is answered
        rang = datetime.now().timestamp()
        if rang - started[0] < 31:
            await phone.until_ended(30)
            return
        await phone.answer()
        await phone.until_ended(30)

    started: list[float] = []

    async def call() -> Phone:
        world.agent("1001", agent)
        await asyncio.to_thread(line.ivr, "agent", "login", "1001")
        caller = await world.call(number)
        await caller.wait(0.3)
        await caller.keys("1")
        await line.seen(number, "> join_queue")
        started.append(datetime.now().timestamp())
        await line.seen(number, "agent 1001 and the caller talk")
        await caller.hang_up()
        return caller

    caller = run(call(), 120)
    record = line.record(number)
    assert record["wait_s"] > 30
    order = [heard(line, caller, name) for name in ("back-from-hold", "greeting-head")]
    assert all(order), order
    assert order[0][-1] < order[1][0], "first the apology, then the agent's number"


def test_private_data_is_silent_in_the_recording(
    run: Loop, line: LiveLine, world: World, voices: Voices, number: str
) -> None:
    async def call() -> None:
        caller = await world.call(number)
        await caller.play(voices.hello)
        await line.seen(number, "> say main-menu")
        await caller.keys("3")
        await line.seen(number, "> say offer-number")
        await caller.play(voices.claim)
        await caller.keys("2")
        await line.seen(number, "> say enter-number")
        await caller.keys("01012345#")
        await line.seen(number, "> record")
        await caller.play(voices.claim)
        await caller.keys("#")
        await caller.until_ended()

    run(call())
    record = line.record(number)
    assert (record["outcome"], record["contact"]) == ("left_contact", "01012345")
    assert record["recording_ok"], record["recording_faults"]
    (start, end), answered = record["pauses"][0], datetime.fromisoformat(record["answered_at"]).timestamp()
    assert end - start > 4
    sides = stereo(Path(record["recording"]))
    inside = slice(int((start - answered + 0.3) * 8000), int((end - answered - 0.3) * 8000))
    assert all(np.abs(side[inside]).max() == 0 for side in sides), "nothing of it may be in the file"
    claim = samples(Path(f"{voices.claim}.wav"))
    assert find(sides[0], claim, 0.6), "what is said afterwards is recorded again"


def test_pause_and_log_in_by_feature_code(run: Loop, line: LiveLine, world: World, agents: None) -> None:
    def state(number: str) -> list[str]:
        found = next(one for one in json.loads(line.ivr("agent", "list", "--json")) if one["number"] == number)
        return [found["state"], *found["queues"]]

    run(world.dial_code("1003", "*45"))
    assert "intake" in state("1003")
    run(world.dial_code("1003", "*461"))
    assert "paused" in state("1003")
    run(world.dial_code("1003", "*46"))
    assert "paused" not in state("1003")
    line.ivr("agent", "pause", "1003", "--reason", "meal")
    assert "paused" in state("1003")
    run(world.dial_code("1003", "*46"))
    assert "paused" not in state("1003"), "the member's own state counts, whoever changed it"
    run(world.dial_code("1003", "*45"))
    assert "intake" not in state("1003")


@pytest.fixture
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveLine]:
    """A line that misses a caller's packets after 5 s, and has room for one call."""
    with started(tmp_path_factory.mktemp("impatient"), IVR_RTP_TIMEOUT="5", IVR_MOST_CALLS="1") as live:
        yield live


def test_a_vanished_caller_is_noticed_and_a_full_line_is_busy(impatient: LiveLine) -> None:
    gone = RawCaller(impatient, "<sip:13500000003@127.0.0.1>")
    assert gone.call() == 200
    turned_away = RawCaller(impatient, "<sip:13500000004@127.0.0.1>")
    assert turned_away.call() == 486
    turned_away.close()
    assert impatient.record("13500000004")["outcome"] == "busy"
    gone.close()  # no BYE: the phone is simply not there any more
    record = impatient.record("13500000003", 60)
    assert (record["outcome"], record["ended_by"]) == ("hung_up_greeting", "caller")


def test_a_call_that_is_longer_than_a_call_may_be_is_ended_by_the_line(
    run: Loop, voices: Voices, number: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """In the queue, whose agent does not answer."""

    async def agent(phone: Phone) -> None:
        await phone.until_ended(30)

    async def call(world: World) -> None:
        world.agent("1001", agent)
        await asyncio.to_thread(line.ivr, "agent", "login", "1001")
        caller = await world.call(number)
        await caller.wait(0.3)
        await caller.keys("1")
        await line.seen(number, "> join_queue")
        await caller.until_ended(80)

    with (
        started(tmp_path_factory.mktemp("short"), IVR_LONGEST_CALL="60") as line,
        outside_of(line, run, tmp_path_factory.mktemp("outside")) as world,
    ):
        run(call(world), 120)
        record = line.record(number)
    assert (record["outcome"], record["ended_by"]) == ("failed", "line")
    assert record["path"][-1] == "intake"


def test_nothing_is_left_open(line: LiveLine) -> None:
    """After all these calls the controller holds no more file handles than a line that has just started."""
    handles = list(Path(f"/proc/{line.pid}/fd").iterdir())
    assert len(handles) < 40, [str(handle.readlink()) for handle in handles if handle.is_symlink()]
