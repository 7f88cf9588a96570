"""Noise in the middle of a call on a real Asterisk: sure of it, the line ends the call; in doubt, a person is told."""

import asyncio
from collections.abc import Iterator

import pytest

from ivr.call import NOISY
from ivr.demo.voices import Voices
from ivr.demo.world import Phone, World
from tests.live.hearing import heard
from tests.live.lines import LiveLine, started
from tests.live.loop import Loop
from tests.live.outside import outside_of


def test_noise_in_the_menu_ends_the_call(run: Loop, line: LiveLine, world: World, voices: Voices, number: str) -> None:
    async def call() -> Phone:
        caller = await world.call(number)
        await caller.play(voices.hello)
        await line.seen(number, "> say main-menu")
        await caller.play(voices.static)
        await caller.until_ended()
        return caller

    caller = run(call())
    record = line.record(number)
    assert (record["outcome"], record["ended_by"]) == ("noisy", "line")
    assert record["path"] == ["greet", "menu", "noisy_line"]
    assert heard(line, caller, "noisy-line")
    assert record["recording_ok"], record["recording_faults"]


def test_a_talking_caller_in_the_menu_is_not_taken_for_noise(
    run: Loop, line: LiveLine, world: World, voices: Voices, number: str
) -> None:
    async def call() -> None:
        caller = await world.call(number)
        for _ in range(4):
            await caller.play(voices.claim)
        await line.seen(number, "> say no-key")
        await caller.play(voices.claim)
        await caller.hang_up()

    run(call())
    record = line.record(number)
    assert (record["outcome"], record["path"]) == ("hung_up_menu", ["greet", "menu"])


@pytest.fixture
def doubtful(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveLine]:
    """A line that is never sure enough of noise to hang up."""
    with started(tmp_path_factory.mktemp("doubtful"), IVR_LINE_NOISY_SURE="100") as live:
        yield live


@pytest.fixture
def its_world(run: Loop, doubtful: LiveLine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The phones of that line."""
    with outside_of(doubtful, run, tmp_path_factory.mktemp("its-world")) as made:
        yield made


def test_doubtful_noise_goes_to_a_person_with_a_note(
    run: Loop, doubtful: LiveLine, its_world: World, voices: Voices, number: str
) -> None:
    phones: list[Phone] = []

    async def agent(phone: Phone) -> None:
        phones.append(phone)
        await phone.answer()
        await phone.until_ended()

    async def call() -> None:
        its_world.agent("1001", agent)
        await asyncio.to_thread(doubtful.ivr, "agent", "login", "1001")
        caller = await its_world.call(number)
        await caller.play(voices.hello)
        await doubtful.seen(number, "> say main-menu")
        await caller.play(voices.static)
        await doubtful.seen(number, "< line_noisy")
        await caller.keys("1")
        await doubtful.seen(number, "agent 1001 and the caller talk")
        await caller.wait(1.0)
        await caller.hang_up()

    run(call())
    (phone,) = phones
    assert doubtful.record(number)["outcome"] == "served", "nobody is hung up on in doubt"
    assert phone.header["agi_calleridname"] == NOISY
    assert heard(doubtful, phone, "agent-noisy")
