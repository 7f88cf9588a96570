"""The outside world of a line: a second Asterisk with callers' and agents' phones."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from ivr import settings as settings_
from ivr.demo.world import World
from ivr.demo.worldconf import WorldPorts
from ivr.pbx import accounts
from tests.live.lines import LiveLine
from tests.live.loop import Loop
from tests.live.ports import free_ports, rtp_ports

_worlds: list[tuple[World, Loop]] = []


@contextlib.contextmanager
def outside_of(line: LiveLine, run: Loop, folder: Path) -> Iterator[World]:
    """The phones of a line, while they are wanted."""
    sip, ami, agi = free_ports(3)
    loaded = settings_.load(environment=line.environment)
    world = World(folder, loaded, accounts.load(loaded.data), WorldPorts(sip, ami, agi, *rtp_ports()))
    run(world.start())
    _worlds.append((world, run))
    try:
        yield world
    finally:
        _worlds.remove((world, run))
        run(world.stop())


def hang_up_all() -> None:
    """Every phone of every outside world hangs up."""
    for world, run in _worlds:
        run(world.hang_up_all())
