"""A real line and a real outside world, started once for all live tests; nothing here is a mock."""

import asyncio
import socket
import threading
from collections.abc import Coroutine, Iterator
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
