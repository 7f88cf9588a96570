"""The records of ended calls, saved a moment later: all of a moment in one transaction of the database.

A call's last event stands in the log of running calls by then (`ivr.eventlog`): a controller that dies meanwhile
leaves a call that the next one closes from its journal. While the database cannot be written, records wait.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from typing import Any, NamedTuple

from ivr.store import Store

EVERY = 0.5
"""Seconds between two transactions: what one costs is less for each call where calls share it."""
AGAIN = 1.0
"""Seconds between two tries to write a database that another program has locked, or whose disk is full."""


class Entry(NamedTuple):
    """How a call's record is made, when it rang and ended (seconds since 1970), and who waits for it to be saved."""

    record: Callable[[], dict[str, Any]]
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

    def save(
        self, call: str, record: Callable[[], dict[str, Any]], rang_at: float, ended_at: float
    ) -> asyncio.Future[None]:
        """Done when the record, made then, is in the database; holds why, where it cannot be."""
        loop = asyncio.get_running_loop()
        entry = Entry(record, rang_at, ended_at, loop.create_future())
        self._waiting[call] = entry
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
        entries, self._timer = dict(self._waiting), None
        try:
            self._write(entries)
        except sqlite3.OperationalError as error:
            self._keep(entries, error)
        except Exception:  # noqa: BLE001 - one of them is to blame: the others shall not wait for it
            self._one_by_one(entries)

    def _write(self, entries: dict[str, Entry]) -> None:
        with self._store.together():
            for entry in entries.values():
                self._store.save_call(entry.record(), entry.rang_at, entry.ended_at)
        for call, entry in entries.items():
            del self._waiting[call]
            if not entry.saved.done():
                entry.saved.set_result(None)

    def _one_by_one(self, entries: dict[str, Entry]) -> None:
        for call, entry in entries.items():
            try:
                self._write({call: entry})
            except Exception as error:  # noqa: BLE001 - whatever it is, whoever waits for this record is told
                self._give_up(call, error)

    def _keep(self, entries: dict[str, Entry], error: Exception) -> None:
        self._behind(str(error))
        if self._closed:
            for call in entries:
                self._give_up(call, error)
        else:
            self._timer = asyncio.get_running_loop().call_later(AGAIN, self._save)

    def _give_up(self, call: str, error: Exception) -> None:
        """It stays in the log of running calls, to be closed from there."""
        entry = self._waiting.pop(call)
        if not entry.saved.done():
            entry.saved.set_exception(error)
