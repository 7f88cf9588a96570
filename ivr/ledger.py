"""The records of ended calls, saved a moment later: all of a moment in one transaction of the database.

A call's last event stands in the log of running calls by then (`ivr.eventlog`): a controller that dies meanwhile
leaves a call that the next one closes from its journal. While the database cannot be written, records wait.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from typing import Any, NamedTuple

from ivr.store import Store

EVERY = 0.25
"""Seconds between two transactions: what one costs is less for each call where calls share it."""
AGAIN = 1.0
"""Seconds between two tries to write a database that another program has locked, or whose disk is full."""


class Entry(NamedTuple):
    """A call's record, when the call rang and ended (seconds since 1970), and who waits for it to be saved."""

    record: dict[str, Any]
    rang_at: float
    ended_at: float
    saved: asyncio.Future[None]


class Ledger:
    """Saves the records of one line's calls."""

    def __init__(self, store: Store, behind: Callable[[str], None]) -> None:
        """`behind` is told why the database cannot be written, at every try."""
        self._store, self._behind = store, behind
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
        """Saves what waits, or leaves it in the log of running calls; what comes later is saved at once."""
        self._closed = True
        if self._timer:
            self._timer.cancel()
        self._save()

    def _save(self) -> None:
        entries, self._timer = list(self._waiting.values()), None
        try:
            self._write(entries)
        except sqlite3.OperationalError as error:
            self._keep(entries, error)
        except Exception:  # noqa: BLE001 - one of them is to blame: the others shall not wait for it
            self._one_by_one(entries)

    def _write(self, entries: list[Entry]) -> None:
        with self._store.together():
            for entry in entries:
                self._store.save_call(entry.record, entry.rang_at, entry.ended_at)
        for entry in entries:
            del self._waiting[entry.record["id"]]
            if not entry.saved.done():
                entry.saved.set_result(None)

    def _one_by_one(self, entries: list[Entry]) -> None:
        for entry in entries:
            try:
                self._write([entry])
            except Exception as error:  # noqa: BLE001 - whatever it is, whoever waits for this record is told
                self._give_up(entry, error)

    def _keep(self, entries: list[Entry], error: Exception) -> None:
        self._behind(str(error))
        if self._closed:
            for entry in entries:
                self._give_up(entry, error)
        else:
            self._timer = asyncio.get_running_loop().call_later(AGAIN, self._save)

    def _give_up(self, entry: Entry, error: Exception) -> None:
        """It stays in the log of running calls, to be closed from there."""
        del self._waiting[entry.record["id"]]
        if not entry.saved.done():
            entry.saved.set_exception(error)
