"""Node types that the shipped flow has not, on a real line: hours, branch, line_check, transfer, language."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.demo.voices import Voices
from ivr.demo.world import Phone, World
from ivr.native import HOME
from ivr.pbx.asterisk import command
from ivr.settings import load
from tests.live.hearing import find, heard, samples, stereo
from tests.live.lines import LiveLine, started
from tests.live.loop import Loop
from tests.live.outside import outside_of

FLOW = """flow: hotline
start: check
always: {failed: bye}
nodes:
  check: {type: line_check, prompt: greeting-line, then: {speech: hours, key: hours, noise: bye, silence: bye}}
  hours: {type: hours, calendar: always, then: {open: who, closed: bye}}
  who: {type: branch, fact: caller, then: {"138*": expert, otherwise: leader}}
  expert: {type: transfer, to: expert, timeout: 20s, then: {answered: bye, busy: bye, no_answer: bye, unavailable: bye}}
  leader: {type: transfer, to: leader, then: {answered: bye, busy: bye, no_answer: bye, unavailable: english}}
  english: {type: language, language: en, then: {done: nobody}}
  nobody: {type: line_check, prompt: main-menu, then: {speech: sorry, key: sorry, noise: sorry, silence: sorry}}
  sorry: {type: end, prompt: system-fault}
  bye: {type: end}
"""
ALWAYS = "calendar: always\nweek: {mon-sun: 0:00-24:00}\n"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveLine]:
    """A line whose expert is agent 1003, and whose leader has no telephone."""
    flows = tmp_path_factory.mktemp("office") / "flows"
    (flows / "calendars").mkdir(parents=True)
    (flows / "hotline.yaml").write_text(FLOW)
    (flows / "calendars/always.yaml").write_text(ALWAYS)
    with started(tmp_path_factory.mktemp("desks"), IVR_FLOWS=str(flows)) as live:
        etc = live.data / "asterisk/etc"
        text = (HOME / "asterisk/conf/extensions.conf").read_text()
        (etc / "extensions.conf").unlink()
        (etc / "extensions.conf").write_text(text.replace("DESK_EXPERT=\n", "DESK_EXPERT=1003\n"))
        settings = load(environment=live.environment)
        reload = [*command(settings), "-C", str(etc / "asterisk.conf"), "-rx", "dialplan reload"]
        subprocess.run(reload, check=True, capture_output=True)
        yield live
    shutil.rmtree(flows)


@pytest.fixture(scope="module")
def outside(run: Loop, office: LiveLine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with outside_of(office, run, tmp_path_factory.mktemp("outside")) as made:
        yield made


def test_a_desk_is_rung_and_talks(run: Loop, office: LiveLine, outside: World, voices: Voices, number: str) -> None:
    phones: list[Phone] = []

    async def expert(phone: Phone) -> None:
        phones.append(phone)
        await phone.answer()
        await phone.play(voices.agent)
        await phone.play(voices.agent)
        await phone.hang_up()

    async def call() -> Phone:
        outside.agent("1003", expert)
        caller = await outside.call(number)
        await caller.play(voices.hello)
        await office.seen(number, "> transfer")
        for _ in range(2):
            await caller.play(voices.claim)
        await caller.until_ended()
        return caller

    caller = run(call())
    record = office.record(number)
    assert (record["outcome"], record["agent"], record["ended_by"]) == ("served", "expert", "agent")
    assert record["path"] == ["check", "hours", "who", "expert", "bye"]
    assert record["talk_s"] > 1
    assert record["recording_ok"], record["recording_faults"]
    assert find(samples(caller.heard), samples(Path(f"{voices.agent}.wav")), 0.6), "the caller hears the desk"
    assert find(samples(phones[0].heard), samples(Path(f"{voices.claim}.wav")), 0.6), "the desk hears the caller"
    assert find(stereo(Path(record["recording"]))[1], samples(Path(f"{voices.agent}.wav")), 0.6)
    assert heard(office, caller, "closing"), "the call goes on where the desk hung up"


def test_a_desk_without_a_telephone_is_unavailable(
    run: Loop, office: LiveLine, outside: World, voices: Voices, number: str
) -> None:
    async def call() -> Phone:
        caller = await outside.call(number.replace("138", "139", 1))
        await caller.play(voices.hello)
        await caller.until_ended()
        return caller

    caller = run(call())
    record = office.record(number.replace("138", "139", 1))
    assert record["path"] == ["check", "hours", "who", "leader", "english", "nobody", "sorry"]
    english = office.data / "sounds/en"
    assert find(samples(caller.heard), samples(english / "main-menu.wav")), "over AudioSocket, in the language chosen"
    assert find(samples(caller.heard), samples(english / "system-fault.wav")), (
        "played by Asterisk, in that language too"
    )
