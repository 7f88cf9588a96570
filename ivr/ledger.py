"""The records of ended calls, saved a moment later: all of a moment in one transaction of the database.

A call's last event stands in the log of running calls by then (`ivr.eventlog`): a controller that dies meanwhile
leaves a call that the next one closes from its journal.
"""

import asyncio
from typing import Any, NamedTuple

from ivr.store import Store

EVERY = 0.25
"""Seconds between two transactions: what one costs is less for each call where calls share it."""


class Entry(NamedTuple):
    """A call's record, when the call rang and ended (seconds since 1970), and who waits for it to be saved."""

    record: dict[str, Any]
    rang_at: float
    ended_at: float
    saved: asyncio.Future[None]


class Ledger:
    """Saves the records of one line's calls."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: dict[str, Entry] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._closed = False

    def save(self, record: dict[str, Any], rang_at: float, ended_at: float) -> asyncio.Future[None]:
        """Done when the record is in the database; holds why, where it cannot be."""
        loop = asyncio.get_running_loop()
        entry = Entry(record, rang_at, ended_at, loop.create_future())
        self._waiting[record["id"]] = entry
        if self._closed:
            self._save()
        elif not self._timer:
            self._timer = loop.call_later(EVERY, self._save)
        return entry.saved

    def waiting(self) -> set[str]:
        """The ended calls, by id, whose records are still to be saved."""
        return set(self._waiting)

    def close(self) -> None:
        """Saves what waits; what comes later is saved at once."""
        self._closed = True
        if self._timer:
            self._timer.cancel()
        self._save()

    def _save(self) -> None:
        entries, self._timer = list(self._waiting.values()), None
        self._waiting.clear()
        # where they cannot be saved together, one may be to blame: the others shall not wait for it
        if not self._saved(entries):
            for entry in entries:
                self._saved([entry])

    def _saved(self, entries: list[Entry]) -> bool:
        try:
            with self._store.together():
                for entry in entries:
                    self._store.save_call(entry.record, entry.rang_at, entry.ended_at)
        except Exception as error:  # noqa: BLE001 - whatever it is, whoever waits for this record is told
            if len(entries) == 1:
                _fail(entries[0].saved, error)
            return False
        for entry in entries:
            if not entry.saved.done():
                entry.saved.set_result(None)
        return True


def _fail(saved: "asyncio.Future[None]", error: Exception) -> None:
    if not saved.done():
        saved.set_exception(error)
