"""A controller that is killed at some step of a call and comes back: the call goes on, and nothing said is lost."""

import asyncio
import json
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.demo.voices import Voices
from ivr.demo.world import Phone, World
from tests.live.lines import LiveLine
from tests.live.loop import Loop


@pytest.fixture
def agent(run: Loop, mortal: LiveLine, outside: World) -> Iterator[str]:
    mortal.ivr("agent", "login", "1001")
    yield "1001"
    mortal.ivr("agent", "logout", "1001")


async def menu(line: LiveLine, world: World, voices: Voices, number: str) -> Phone:
    """A caller who has spoken and hears the menu."""
    caller = await world.call(number)
    await caller.play(voices.claim)
    await line.seen(number, "> say main-menu")
    return caller


async def message(line: LiveLine, world: World, voices: Voices, number: str) -> Phone:
    """A caller who found nobody, confirmed the number and has begun to speak; then the controller is killed."""
    caller = await menu(line, world, voices, number)
    await caller.keys("3")
    await line.seen(number, "> say offer-number")
    await caller.keys("1")
    await line.seen(number, "> record")
    await caller.play(voices.claim)
    await asyncio.to_thread(line.kill)
    return caller


def promised(line: LiveLine, id_: str) -> dict[str, object]:
    (found,) = [one for one in json.loads(line.ivr("promises", "--json")) if one["call"] == id_]
    line.ivr("promises", "kept", id_)
    return dict(found)


def seconds(path: object) -> float:
    with wave.open(str(path)) as file:
        return file.getnframes() / file.getframerate()


def test_in_the_greeting_it_listens_again(
    run: Loop, mortal: LiveLine, outside: World, voices: Voices, number: str
) -> None:
    async def call() -> None:
        caller = await outside.call(number)
        await mortal.seen(number, "> listen greeting-line")
        await asyncio.to_thread(mortal.kill)
        await asyncio.to_thread(mortal.start)
        await mortal.seen(number, "taken up again")
        await caller.play(voices.claim)
        await mortal.seen(number, "> say main-menu")
        await caller.hang_up()

    run(call())
    record = mortal.record(number)
    assert (record["outcome"], record["path"]) == ("hung_up_menu", ["greet", "menu"])


def test_a_message_that_was_ended_meanwhile_is_kept(
    run: Loop, mortal: LiveLine, outside: World, voices: Voices, number: str
) -> None:
    async def call() -> None:
        caller = await message(mortal, outside, voices, number)
        await caller.play(voices.claim)
        await caller.keys("#")
        await asyncio.to_thread(mortal.start)
        await caller.until_ended()

    run(call(), 120)
    record = mortal.record(number)
    assert (record["outcome"], record["failures"]) == ("left_contact", [])
    assert promised(mortal, record["id"])["complete"]
    assert seconds(record["message"]) > 1.5 * seconds(Path(f"{voices.claim}.wav"))


def test_who_hung_up_in_the_message_meanwhile_is_promised_too(
    run: Loop, mortal: LiveLine, outside: World, voices: Voices, number: str
) -> None:
    async def call() -> None:
        caller = await message(mortal, outside, voices, number)
        await caller.hang_up()
        await asyncio.to_thread(mortal.start)

    run(call(), 120)
    record = mortal.record(number)
    assert (record["outcome"], record["ended_by"]) == ("hung_up_message", "caller")
    promise = promised(mortal, record["id"])
    assert (promise["number"], promise["message"], promise["complete"]) == (number, record["message"], 0)
    assert seconds(record["message"]) > seconds(Path(f"{voices.claim}.wav")) - 0.5


def test_while_the_agents_telephone_rings_nobody_notices(
    run: Loop, mortal: LiveLine, outside: World, voices: Voices, number: str, agent: str
) -> None:
    async def call() -> None:
        rings, back = asyncio.Event(), asyncio.Event()

        async def answer(phone: Phone) -> None:
            rings.set()
            await back.wait()
            await phone.answer()
            await phone.wait(8)
            await phone.hang_up()

        outside.agent(agent, answer)
        caller = await menu(mortal, outside, voices, number)
        await caller.keys("1")
        await rings.wait()
        await asyncio.to_thread(mortal.kill)
        await asyncio.to_thread(mortal.start)
        back.set()
        await mortal.seen(number, "> say survey$")
        await caller.keys("4")
        await caller.until_ended()

    run(call(), 120)
    record = mortal.record(number)
    assert (record["outcome"], record["agent"], record["survey"]) == ("served", "1001", 4)
