"""Versions on a running line: dialled as a draft, taken up by new calls only, gone back from in seconds."""

import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.demo.voices import Voices
from ivr.demo.world import World
from ivr.native import HOME
from tests.live.conftest import numbers
from tests.live.lines import LiveLine, started
from tests.live.loop import Loop
from tests.live.outside import outside_of

SHORT = """flow: hotline
start: bye
always: {failed: desk}
nodes:
  bye: {type: say, prompt: closing, then: {done: end}}
  desk: {type: queue, queue: intake, then: {answered: end, timeout: bye, full: bye}}
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A flows folder that an admin may write in."""
    folder = tmp_path_factory.mktemp("desk") / "flows"
    shutil.copytree(HOME / "ivr/flows", folder)
    return folder


@pytest.fixture(scope="module")
def publisher(tmp_path_factory: pytest.TempPathFactory, desk: Path) -> Iterator[LiveLine]:
    with started(tmp_path_factory.mktemp("publisher"), IVR_FLOWS=str(desk)) as live:
        yield live


@pytest.fixture(scope="module")
def outside(run: Loop, publisher: LiveLine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with outside_of(publisher, run, tmp_path_factory.mktemp("outside")) as made:
        yield made


def test_draft_publication_and_return(
    run: Loop, publisher: LiveLine, outside: World, voices: Voices, desk: Path, number: str, tmp_path: Path
) -> None:
    draft, menu = tmp_path / "draft.yaml", desk / "hotline.yaml"
    draft.write_text(SHORT)
    since = len(publisher.printed)
    publisher.ivr("flow", "draft", str(draft), "--number", "7")
    publisher.until_printed(r"draft 7 \(hotline\) can be dialled", since=since)

    async def to_the_draft(phone: str, caller: str) -> None:
        called = await outside.call(caller, dial="95585*7", phone=phone)
        await called.until_ended()

    run(to_the_draft("line", number))
    tried = publisher.record(number)
    assert (tried["path"], tried["dialled"]) == (["bye"], "95585*7")
    run(to_the_draft("phone-1001", "1001"))
    assert publisher.record("1001")["path"] == ["bye"], "an agent's telephone reaches it too"

    publisher.ivr("flow", "publish", "hotline")
    publisher.until_printed("version 1 was taken up for new calls", since=since)
    later = str(next(numbers))

    async def over_a_change() -> None:
        """Version 2 is published while the caller is in the menu of version 1."""
        caller = await outside.call(later)
        await caller.play(voices.hello)
        await publisher.seen(later, "> say main-menu")
        menu.write_text(menu.read_text().replace("sure: 80%", "sure: 90%"))
        publisher.ivr("flow", "publish", "hotline")
        publisher.until_printed("version 2 was taken up for new calls", since=since)
        await caller.keys("9")
        await publisher.seen(later, "< key_pressed 9")
        await caller.hang_up()

    run(over_a_change())
    hashes = {
        one["number"]: one["hash"]
        for one in json.loads(publisher.ivr("flow", "history", "hotline", "--json"))["versions"]
    }
    assert publisher.record(later)["flow_hash"] == hashes[1]

    began, since = time.monotonic(), len(publisher.printed)
    publisher.ivr("flow", "rollback", "hotline")
    publisher.until_printed("version 1 was taken up for new calls", since=since)
    assert time.monotonic() - began < 5.0

    publisher.ivr("flow", "share", "hotline", "2", "99%")
    publisher.until_printed("version 2 was taken up for 99% of the new calls", since=since)
    last = str(next(numbers))

    async def short() -> None:
        caller = await outside.call(last)
        await publisher.seen(last, "> listen")
        await caller.hang_up()

    run(short())
    assert publisher.record(last)["flow_hash"] in (hashes[1], hashes[2])
