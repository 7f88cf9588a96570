"""The flow that new calls run through: a changed file is taken up, a broken one refused while the old one stays.

What `ivr check` proves of a flow is proved here too. A line that starts has nothing else to run, and so takes more.
"""

from collections.abc import Callable
from pathlib import Path

from ivr.check import House
from ivr.faults import Fault, Faults
from ivr.flow import Flow
from ivr.flowfile import SUBFLOWS, load
from ivr.store import Store
from ivr.vetting import vetted

Stamp = tuple[tuple[str, int, int], ...]


class FlowWatch:
    """Holds the running flow; `look` is called once in a while."""

    def __init__(self, path: Path, house: House, store: Store, tell: Callable[[str], None]) -> None:
        self._path, self._house, self._store, self._tell = path, house, store, tell
        self._seen = stamp(path)
        self.current, wrong = self._read()
        store.keep_flow(self.current.hash, self.current.name, self.current.text)
        for fault in wrong:
            tell(f"ALARM {fault}")

    def look(self) -> None:
        """Takes up the file if it has changed since the last look."""
        now = stamp(self._path)
        if now == self._seen:
            return
        self._seen = now
        try:
            flow, wrong = self._read()
            if wrong:
                raise Faults(wrong)
        except Faults as faults:
            self._tell(f"{self._path.name} was changed but has mistakes; the running flow stays:\n{faults}")
            return
        if flow.hash != self.current.hash:
            self._store.keep_flow(flow.hash, flow.name, flow.text)
            self.current = flow
            self._tell(f"{self._path.name} was taken up for new calls ({flow.hash[:12]})")

    def _read(self) -> tuple[Flow, list[Fault]]:
        return vetted(lambda: load(self._path), self._house, lambda flow: self._store.flow(flow.hash) is not None)


def stamp(path: Path) -> Stamp:
    """Differs once a flow's file, or one of the subflows beside it, was changed."""
    return tuple(map(_one, (path, *sorted((path.parent / SUBFLOWS).glob("*.yaml")))))


def _one(path: Path) -> tuple[str, int, int]:
    try:
        found = path.stat()
    except OSError:
        return (path.name, 0, 0)
    return (path.name, found.st_mtime_ns, found.st_size)
