"""A real line and a real outside world, started once for all live tests; nothing here is a mock."""

import asyncio
import os
import socket
import threading
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest

from ivr import settings as settings_
from ivr.demo.voices import Voices
from ivr.demo.world import World
from ivr.demo.worldconf import WorldPorts
from ivr.pbx import accounts
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


STOLEN = 0.5
"""Seconds of processor time that the host may take from a test; beyond, real-time audio tells nothing."""
_before: dict[str, float] = {}


def stolen() -> float:
    """Seconds the hypervisor gave to others while this machine wanted to run (proc(5), /proc/stat, steal)."""
    return int(Path("/proc/stat").read_text().split()[8]) / os.sysconf("SC_CLK_TCK")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    _before[item.nodeid] = stolen()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """A failure on a machine that was stopped under the test is shown as one (xfail, with the figure), not as ours."""
    report = yield
    lost = stolen() - _before.get(item.nodeid, stolen())
    if report.failed and lost > STOLEN:
        report.outcome = "skipped"
        report.wasxfail = (
            f"the host took {lost:.1f} s of processor time during this test: {call.excinfo.exconly()[:300]}"
        )
    return report


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


@pytest.fixture(scope="session")
def voices(tmp_path_factory: pytest.TempPathFactory) -> Voices:
    return Voices(tmp_path_factory.mktemp("voices"))


@pytest.fixture
def agents(line: LiveLine, world: World) -> Iterator[None]:
    """Agents are logged out after the test, whoever it logged in."""
    yield
    for number in ("1001", "1002", "1003"):
        line.ivr("agent", "logout", number)
