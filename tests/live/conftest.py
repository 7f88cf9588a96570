"""A real line and a real outside world, started once for all live tests; nothing here is a mock."""

import asyncio
import contextlib
import itertools
import os
import socket
import threading
import time
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from ivr import settings as settings_
from ivr.demo.voices import Voices
from ivr.demo.world import World
from ivr.demo.worldconf import WorldPorts
from ivr.pbx import accounts
from ivr.pbx.ami import AmiError
from tests.live.lines import LiveLine

PATIENCE = 90.0


def free_ports(count: int) -> list[int]:
    """Ports that were free a moment ago, for UDP and TCP."""
    found: list[int] = []
    while len(found) < count:
        with socket.socket() as tcp:
            tcp.bind(("127.0.0.1", 0))
            port = tcp.getsockname()[1]
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
                try:
                    udp.bind(("127.0.0.1", port))
                except OSError:
                    continue
        if port not in found:
            found.append(port)
    return found


HERE = Path(__file__).parent
STOLEN = 0.5
"""Seconds of processor time that the host may take from a test; beyond, a failure is tried again."""
STARVED = 0.1
"""The share of all processor time; where the host took more on every try, real-time audio tells nothing."""
TRIES = 3
CALM = 60.0
"""Seconds a new try waits at most for the host to leave the machine alone."""
WORLDS = ("world", "outside")
"""The fixtures that are a World and outlive a test."""
_again: list[str] = []


def stolen() -> float:
    """Seconds the hypervisor gave to others while this machine wanted to run (proc(5), /proc/stat, steal)."""
    return int(Path("/proc/stat").read_text().split()[8]) / os.sysconf("SC_CLK_TCK")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """A test that failed while the machine was stopped under it is tried again, and said to have been.

    What fails on every try has failed, unless the machine was starved on every try: that is shown as xfail.
    """
    if not item.path.is_relative_to(HERE):
        return None
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    shares: list[float] = []
    for left in reversed(range(TRIES)):
        before, began = stolen(), time.monotonic()
        reports = runtestprotocol(item, nextitem=nextitem, log=False)
        lost = stolen() - before
        shares.append(lost / (time.monotonic() - began) / (os.cpu_count() or 1))
        if not left or lost < STOLEN or not any(report.failed for report in reports):
            break
        _again.append(f"{item.nodeid}: the host took {lost:.1f} s ({shares[-1]:.0%}) of the processor time")
        _until_calm()
        item._initrequest()  # type: ignore[attr-defined]  # as pytest-rerunfailures does
    for report in reports:
        if report.failed and min(shares) > STARVED:
            report.outcome = "skipped"
            report.wasxfail = f"the host took {min(shares):.0%} of all processor time or more, on every try"
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def _until_calm() -> None:
    """Returns when a processor that we want is ours for a second, or after a while."""
    deadline = time.monotonic() + CALM
    while time.monotonic() < deadline:
        before, end = time.process_time(), time.monotonic() + 1.0
        while time.monotonic() < end:
            pass
        if time.process_time() - before > 0.97:
            return


def pytest_terminal_summary(terminalreporter: Any) -> None:
    for text in _again:
        terminalreporter.write_line(f"tried again: {text}")


class Loop:
    """An event loop in a thread, so that tests stay plain functions."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def __call__(self, work: Coroutine[Any, Any, Any], patience: float = PATIENCE) -> Any:
        return asyncio.run_coroutine_threadsafe(asyncio.wait_for(work, patience), self._loop).result(patience + 5)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@pytest.fixture(scope="session")
def run() -> Iterator[Loop]:
    loop = Loop()
    yield loop
    loop.stop()


@pytest.fixture(scope="session")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveLine]:
    live = LiveLine(tmp_path_factory.mktemp("line"), free_ports(5))
    live.start()
    yield live
    live.stop()


@pytest.fixture(scope="session")
def world(run: Loop, line: LiveLine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    sip, ami, agi = free_ports(3)
    ports = WorldPorts(sip, ami, agi, 14000, 15999)
    loaded = settings_.load(environment=line.environment)
    made = World(tmp_path_factory.mktemp("world"), loaded, accounts.load(loaded.data), ports)
    run(made.start())
    yield made
    run(made.stop())


@pytest.fixture(autouse=True)
def _hung_up(request: pytest.FixtureRequest) -> Iterator[None]:
    """No phone of the outside world stays in a call after its test, or the next would meet it."""
    yield
    for name in WORLDS:
        if name in request.fixturenames:
            request.getfixturevalue("run")(_hang_up_all(request.getfixturevalue(name)))


async def _hang_up_all(world: World) -> None:
    while channels := [row["Channel"] for row in await world.ami.rows("CoreShowChannels") if row.get("Channel")]:
        for channel in channels:
            with contextlib.suppress(AmiError):
                await world.ami.act("Hangup", Channel=channel)
        await asyncio.sleep(0.1)


@pytest.fixture(scope="session")
def voices(tmp_path_factory: pytest.TempPathFactory) -> Voices:
    return Voices(tmp_path_factory.mktemp("voices"))


numbers = itertools.count(13800000001)


@pytest.fixture
def number() -> str:
    """A caller nobody else is."""
    return str(next(numbers))


@pytest.fixture
def agents(line: LiveLine, world: World) -> Iterator[None]:
    """Agents are logged out after the test, whoever it logged in."""
    yield
    for number in ("1001", "1002", "1003"):
        line.ivr("agent", "logout", number)
