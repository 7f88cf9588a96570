"""A version on trial beside another: callers give up under it, and it goes back by itself."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.demo.world import World
from tests.live.conftest import numbers
from tests.live.lines import LiveLine, started
from tests.live.loop import Loop
from tests.live.outside import outside_of

BATCH, MOST = 5, 60

GOOD = """flow: hotline
start: bye
always: {failed: desk}
nodes:
  bye: {type: say, prompt: closing, then: {done: end}}
  desk: {type: queue, queue: intake, then: {answered: end, timeout: bye, full: bye}}
"""
WORSE = GOOD.replace("start: bye", "start: ask").replace(
    "nodes:", "nodes:\n  ask: {type: menu, prompt: main-menu, then: {1: desk, no_answer: bye}}"
)


@pytest.fixture(scope="module")
def flows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("trial") / "flows"
    folder.mkdir()
    (folder / "hotline.yaml").write_text(GOOD)
    return folder


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory, flows: Path) -> Iterator[LiveLine]:
    with started(tmp_path_factory.mktemp("tried"), IVR_FLOWS=str(flows)) as live:
        yield live


@pytest.fixture(scope="module")
def outside(run: Loop, tried: LiveLine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with outside_of(tried, run, tmp_path_factory.mktemp("outside")) as made:
        yield made


def test_a_version_under_which_callers_give_up_goes_back_by_itself(
    run: Loop, tried: LiveLine, outside: World, flows: Path
) -> None:
    since = len(tried.printed)
    tried.ivr("flow", "publish", "hotline")
    tried.until_printed("version 1 was taken up for new calls", since=since)
    (flows / "hotline.yaml").write_text(WORSE + "# made from version 1\n")
    tried.ivr("flow", "publish", "hotline", "--share", "50%")
    tried.until_printed("version 2 was taken up for 50% of the new calls", since=since)

    async def impatient(caller: str) -> None:
        """Hears the goodbye of version 1 to its end, but not the menu of version 2."""
        phone = await outside.call(caller)
        id_ = (await asyncio.to_thread(tried.until_printed, rf'\[([\d.]+)\] .* offered caller="{caller}"'))[1]
        told = await asyncio.to_thread(tried.until_printed, rf"\[{id_}\] .* > say (closing|main-menu)")
        if told[1] == "main-menu":
            await phone.hang_up()
        await phone.until_ended()

    async def some() -> None:
        await asyncio.gather(*(impatient(str(next(numbers))) for _ in range(BATCH)))

    def back() -> bool:
        return any("ALARM version 2 went back by itself" in text for text in tried.printed[since:])

    calls = 0
    while not back() and calls < MOST:
        run(some())
        calls += BATCH
    alarm = r"ALARM version 2 went back by itself: callers who gave up: (\d+) of (\d+) under"
    told = tried.until_printed(alarm, since=since)
    assert told[1] == told[2], "every caller of the new version gave up"
    tried.until_printed("version 1 was taken up for new calls", since=tried.printed.index(told.string))
    history = json.loads(tried.ivr("flow", "history", "hotline", "--json"))
    assert [(one["version"], one["share"]) for one in history["releases"]] == [(1, 1.0), (2, 0.5), (1, 1.0)]
    assert "went back by itself" in history["releases"][-1]["why"]
