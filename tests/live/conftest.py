"""A real line and a real outside world, started once for all live tests; nothing here is a mock."""

import itertools
from collections.abc import Iterator

import pytest

from ivr.demo.voices import Voices
from ivr.demo.world import World
from tests.live.lines import LiveLine, started
from tests.live.loop import Loop
from tests.live.outside import hang_up_all, outside_of
from tests.live.retries import pytest_runtest_protocol

__all__ = ["pytest_runtest_protocol"]


@pytest.fixture(scope="session")
def run() -> Iterator[Loop]:
    loop = Loop()
    yield loop
    loop.stop()


@pytest.fixture(scope="session")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveLine]:
    with started(tmp_path_factory.mktemp("line")) as live:
        yield live


@pytest.fixture(scope="session")
def mortal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveLine]:
    """A line of its own, to be killed; calls wait for it however slow the machine starts it again."""
    with started(tmp_path_factory.mktemp("mortal"), IVR_CONTROLLER_WAIT="60") as live:
        yield live


@pytest.fixture(scope="session")
def outside(run: Loop, mortal: LiveLine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with outside_of(mortal, run, tmp_path_factory.mktemp("outside")) as made:
        yield made


@pytest.fixture(autouse=True)
def _alive(request: pytest.FixtureRequest) -> None:
    """A line that the test before has ended, or that a failed try has left dead, is started again."""
    if "mortal" not in request.fixturenames or request.getfixturevalue("mortal").running:
        return
    request.getfixturevalue("mortal").start()
    if "outside" in request.fixturenames:
        request.getfixturevalue("run")(request.getfixturevalue("outside").registered())


@pytest.fixture(scope="session")
def world(run: Loop, line: LiveLine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with outside_of(line, run, tmp_path_factory.mktemp("world")) as made:
        yield made


@pytest.fixture(autouse=True)
def _hung_up() -> Iterator[None]:
    """No phone of an outside world stays in a call after its test, or the next would meet it."""
    yield
    hang_up_all()


@pytest.fixture(scope="session")
def voices(tmp_path_factory: pytest.TempPathFactory) -> Voices:
    return Voices(tmp_path_factory.mktemp("voices"))


numbers = itertools.count(13800000001)


@pytest.fixture
def number() -> str:
    """A caller nobody else is, on a further try of the same test too."""
    return str(next(numbers))


@pytest.fixture
def agents(line: LiveLine, world: World) -> Iterator[None]:
    """Agents are logged out after the test, whoever it logged in."""
    yield
    for number in ("1001", "1002", "1003"):
        line.ivr("agent", "logout", number)
