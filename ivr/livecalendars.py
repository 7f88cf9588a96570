"""The calendars that a running line asks: read when they are first asked and whenever their files have changed."""

from collections.abc import Callable
from pathlib import Path

from ivr import calendars
from ivr.calendars import Calendar
from ivr.faults import Faults
from ivr.yamlfile import read

Stamp = tuple[int, int]


class LiveCalendars:
    """All calendars of a folder. A changed one is taken up at once; a broken one is told, and the one before stays."""

    def __init__(self, folder: Path, tell: Callable[[str], None]) -> None:
        self._folder, self._tell = folder, tell
        self._seen: dict[str, Stamp] = {}
        self._known: dict[str, Calendar] = {}

    def state(self, name: str, at: float) -> tuple[str, str]:
        """`open`, `closed` or `holiday`, and the day's name; raises LookupError where there is no such calendar."""
        self._look(name)
        if name not in self._known:
            raise LookupError(f"there is no calendar `{name}`")
        return self._known[name].state(at)

    def _look(self, name: str) -> None:
        path = self._folder / f"{name}.yaml"
        stamp = _stamp(path)
        if stamp == self._seen.get(name):
            return
        before = self._seen.get(name)
        self._seen[name] = stamp
        try:
            self._known[name] = calendars.parse(read(path), str(path))
        except Faults as faults:
            stays = "the one before stays" if name in self._known else "who asks it goes to a person"
            self._tell(f"calendar {name} cannot be used, {stays}:\n{faults}")
            return
        if before is not None:
            self._tell(f"calendar {name} was taken up")


def _stamp(path: Path) -> Stamp:
    try:
        found = path.stat()
    except OSError:
        return (0, 0)
    return (found.st_mtime_ns, found.st_size)
