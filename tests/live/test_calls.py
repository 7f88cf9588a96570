"""Every kind of caller of the rule book on a real Asterisk, judged by the record and by what the caller heard."""

import asyncio
import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.demo.voices import Voices
from ivr.demo.world import Phone, World
from tests.live.conftest import numbers
from tests.live.hearing import audible, find, heard, prompt, samples, stereo
from tests.live.lines import LiveLine
from tests.live.loop import Loop

STEP = 0.1
"""Seconds by which the sides of a recording may be out of step."""


@pytest.fixture(autouse=True)
def in_step(line: LiveLine) -> Iterator[None]:
    """Whatever the call: its sides are in step."""
    yield
    behind = [record.get("recording_behind_s") for record in line.calls()]
    assert not [one for one in behind if one is not None and abs(one) > STEP]


def test_served(run: Loop, line: LiveLine, world: World, voices: Voices, agents: None, number: str) -> None:
    phones: list[Phone] = []

    async def agent(phone: Phone) -> None:
        phones.append(phone)
        await phone.answer()
        await line.seen(number, "agent 1001 and the caller talk")
        await phone.play(voices.agent)
        await phone.play(voices.agent)
        await phone.hang_up()

    async def call() -> Phone:
        world.agent("1001", agent)
        await world.dial_code("1001", "*45")
        caller = await world.call(number)
        await caller.play(voices.hello)
        await line.seen(number, "> say main-menu")
        await caller.keys("1")
        await line.seen(number, "agent 1001 and the caller talk")
        for _ in range(2):
            await caller.play(voices.claim)
        await line.seen(number, "> say survey$")
        await caller.keys("5")
        await caller.until_ended()
        return caller

    caller = run(call())
    record = line.record(number)
    assert record["outcome"] == "served"
    assert record["ended_by"] == "agent"
    assert record["path"] == ["greet", "menu", "to_intake", "intake", "survey", "goodbye"]
    assert (record["queue"], record["agent"], record["survey"]) == ("intake", "1001", 5)
    assert record["recording_behind_s"] is not None, "measured wherever something was heard of the caller"
    assert record["recording_ok"], record["recording_faults"]
    number_said = [heard(line, caller, name)[0] for name in ("greeting-head", "work/1", "work/0", "greeting-tail")]
    assert number_said == sorted(number_said)
    voice = find(samples(caller.heard), samples(Path(f"{voices.agent}.wav")))
    assert voice, "the caller must hear the agent"
    assert number_said[-1] + 1.0 < voice[-1], "the agent's number comes before the agent's voice"
    assert heard(line, caller, "closing")
    assert heard(line, phones[0], "agent-queue-intake")
    assert find(samples(phones[0].heard), samples(Path(f"{voices.claim}.wav")), 0.6), "the agent must hear the caller"
    left, right = stereo(Path(record["recording"]))
    claim, voice_of_agent = samples(Path(f"{voices.claim}.wav")), samples(Path(f"{voices.agent}.wav"))
    assert find(left, claim, 0.6)
    assert not find(right, claim, 0.6)
    assert find(right, voice_of_agent, 0.6)
    assert not find(left, voice_of_agent, 0.6)


def test_no_packets(run: Loop, line: LiveLine, world: World, number: str) -> None:
    async def call() -> Phone:
        caller = await world.call(number)
        await caller.until_ended()
        return caller

    caller = run(call())
    record = line.record(number)
    assert (record["outcome"], record["ended_by"]) == ("silent", "line")
    assert record["recording_ok"], record["recording_faults"]
    at = heard(line, caller, "greeting-line")
    assert len(at) == 3
    assert len(heard(line, caller, "silent-call")) == 1
    whole = samples(caller.heard)
    length = len(prompt(line, "greeting-line")) / 8000
    for one, next_ in itertools.pairwise(at):
        stretches = audible(whole, one, next_ + 1.0)
        last = max(end for _, end in stretches if end < one + length + 0.2)
        first = min(begin for begin, _ in stretches if begin > one + length + 0.2)
        assert 2.0 <= first - last <= 2.4, (first - last, stretches)


def test_comfort_noise(run: Loop, line: LiveLine, world: World, voices: Voices, number: str) -> None:
    async def call() -> None:
        caller = await world.call(number)
        await caller.play(voices.comfort)
        await caller.until_ended()

    run(call())
    assert line.record(number)["outcome"] == "silent"


def test_short_hello_after_the_second_greeting(
    run: Loop, line: LiveLine, world: World, voices: Voices, number: str
) -> None:
    async def call() -> Phone:
        caller = await world.call(number)
        await line.seen(number, "< heard")
        length = len(prompt(line, "greeting-line")) / 8000
        await caller.wait(length + 1.0)
        await caller.play(voices.hello)
        await line.seen(number, "> say main-menu")
        await caller.hang_up()
        return caller

    caller = run(call())
    record = line.record(number)
    assert record["outcome"] == "hung_up_menu"
    assert len(heard(line, caller, "greeting-line")) == 2


def test_speech_in_the_first_greeting(run: Loop, line: LiveLine, world: World, voices: Voices, number: str) -> None:
    async def call() -> Phone:
        caller = await world.call(number)
        await caller.play(voices.claim)
        await line.seen(number, "> say main-menu")
        await caller.hang_up()
        return caller

    caller = run(call())
    record = line.record(number)
    assert record["outcome"] == "hung_up_menu"
    assert len(heard(line, caller, "greeting-line")) == 0, "the greeting is not waited out"


def test_static(run: Loop, line: LiveLine, world: World, voices: Voices, number: str) -> None:
    async def call() -> Phone:
        caller = await world.call(number)
        await caller.play(voices.static)
        await caller.until_ended()
        return caller

    caller = run(call())
    assert line.record(number)["outcome"] == "noisy"
    assert heard(line, caller, "noisy-line")


def test_key_in_the_greeting(run: Loop, line: LiveLine, world: World, agents: None, number: str) -> None:
    async def agent(phone: Phone) -> None:
        await phone.answer()
        await phone.until_ended()

    async def call() -> Phone:
        world.agent("1002", agent)
        await asyncio.to_thread(line.ivr, "agent", "login", "1002", "--queue", "inquiry")
        caller = await world.call(number)
        await caller.wait(0.5)
        await caller.keys("2")
        await line.seen(number, "agent 1002 answered")
        await caller.wait(8.0)
        await caller.hang_up()
        return caller

    caller = run(call())
    record = line.record(number)
    assert (record["outcome"], record["queue"], record["agent"]) == ("served", "inquiry", "1002")
    assert record["ended_by"] == "caller"
    assert heard(line, caller, "greeting-line") == []
    assert heard(line, caller, "main-menu") == []


def test_no_key_and_wrong_keys_end_with_a_person(
    run: Loop, line: LiveLine, world: World, voices: Voices, agents: None, number: str
) -> None:
    async def call() -> Phone:
        await asyncio.to_thread(line.ivr, "agent", "login", "1001")
        caller = await world.call(number)
        await caller.play(voices.claim)
        await line.seen(number, "> say no-key")
        await caller.keys("7")
        await line.seen(number, "> say wrong-key")
        await caller.keys("7")
        await line.seen(number, "agent 1001 rings")
        await caller.hang_up()
        return caller

    caller = run(call())
    record = line.record(number)
    assert record["queue"] == "intake"
    assert record["outcome"] == "abandoned"
    assert heard(line, caller, "wrong-key") == [], "a key during a prompt takes effect at once"


def test_unserved_caller_leaves_number_and_message(
    run: Loop, line: LiveLine, world: World, voices: Voices, number: str
) -> None:
    async def call() -> Phone:
        caller = await world.call(number)
        await caller.wait(0.3)
        await caller.keys("1")
        await line.seen(number, "> say offer-number")
        await caller.keys("1")
        await line.seen(number, "> record")
        await caller.wait(1.0)
        await caller.play(voices.claim)
        await caller.keys("#")
        await caller.until_ended()
        return caller

    caller = run(call())
    record = line.record(number)
    assert record["outcome"] == "left_contact"
    assert record["contact"] == number
    message = samples(Path(record["message"]))
    # Asterisk takes the last 200 ms before the # for a part of the key
    assert find(message, samples(Path(f"{voices.claim}.wav"))[: -8000 // 2]), "the message is playable"
    assert record["recording_ok"], record["recording_faults"]
    assert heard(line, caller, "contact-stored")
    assert heard(line, caller, "closing")


def test_thirteen_keys_while_the_controller_is_busy(
    run: Loop, line: LiveLine, world: World, voices: Voices, number: str
) -> None:
    import signal

    digits = "1357924680135"

    async def call() -> None:
        caller = await world.call(number)
        await caller.wait(0.3)
        await caller.keys("1")
        await line.seen(number, "> say offer-number")
        await caller.keys("2")
        await line.seen(number, "> say enter-number")
        line.signal(signal.SIGSTOP)
        try:
            await caller.keys(digits, length=50, gap=50)
        finally:
            line.signal(signal.SIGCONT)
        await caller.keys("#")
        await line.seen(number, "> record")
        await caller.hang_up()

    run(call())
    assert line.record(number)["contact"] == digits


def test_agent_lost_before_the_voices_meet(
    run: Loop, line: LiveLine, world: World, voices: Voices, agents: None, number: str
) -> None:
    times: list[str] = []

    async def agent(phone: Phone) -> None:
        times.append("rang")
        await phone.answer()
        if len(times) == 1:
            await phone.wait(1.5)
        else:
            await phone.wait(9.0)
        await phone.hang_up()

    async def call() -> None:
        world.agent("1001", agent)
        await asyncio.to_thread(line.ivr, "agent", "login", "1001")
        caller = await world.call(number)
        await caller.wait(0.3)
        await caller.keys("1")
        await line.seen(number, "queue_left agent_lost")
        await line.seen(number, "join_queue intake.*position=1")
        await line.seen(number, "> say survey$")
        await caller.keys("4")
        await caller.until_ended()

    run(call())
    record = line.record(number)
    assert (record["outcome"], record["survey"]) == ("served", 4)
    assert record["path"].count("survey") == 1


def test_two_callers_one_agent(run: Loop, line: LiveLine, world: World, agents: None, number: str) -> None:
    first, second = number, str(next(numbers))

    async def agent(phone: Phone) -> None:
        await phone.answer()
        await phone.wait(14.0)
        await phone.hang_up()

    async def call() -> Phone:
        world.agent("1001", agent)
        await asyncio.to_thread(line.ivr, "agent", "login", "1001")
        one = await world.call(first)
        await one.wait(0.3)
        await one.keys("1")
        await line.seen(first, "agent 1001 answered")
        two = await world.call(second)
        await two.wait(0.3)
        await two.keys("1")
        await line.seen(second, "agent 1001 answered")
        await one.hang_up()
        await line.seen(second, "> say survey$")
        await two.hang_up()
        return two

    waiting = run(call())
    one, two = line.record(first), line.record(second)
    assert (one["outcome"], two["outcome"]) == ("served", "served")
    assert two["agent_answered_at"] > one["connected_at"]
    assert heard(line, waiting, "queue-youarenext"), "the second hears that they are next"


@pytest.mark.parametrize(
    ("code", "outcome", "phrase"), [("*1", "silent", "silent-call"), ("*2", "noisy", "noisy-line")]
)
def test_agent_ends_the_call_with_a_phrase(
    run: Loop, line: LiveLine, world: World, agents: None, number: str, code: str, outcome: str, phrase: str
) -> None:
    async def agent(phone: Phone) -> None:
        await phone.answer()
        await phone.wait(8.0)
        await phone.keys(code, length=120, gap=120)
        await phone.until_ended(30)

    async def call() -> Phone:
        world.agent("1001", agent)
        await asyncio.to_thread(line.ivr, "agent", "login", "1001")
        caller = await world.call(number)
        await caller.wait(0.3)
        await caller.keys("1")
        await caller.until_ended()
        return caller

    caller = run(call())
    assert heard(line, caller, phrase)
    record = line.record(number)
    assert record["outcome"] == outcome


def test_offered_is_the_sum_of_outcomes(run: Loop, line: LiveLine, world: World, number: str) -> None:
    """Of whatever calls this line has had, and of one at least."""
    from ivr.outcomes import OUTCOMES

    async def call() -> None:
        await (await world.call(number)).hang_up()

    run(call())
    line.record(number)
    calls = line.calls()
    assert calls
    assert sum(sum(one["outcome"] == name for one in calls) for name in OUTCOMES) == len(calls)
