"""The calls of this line as commands find them: the database, and a call by a part of its id."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from ivr.cli import Sorry
from ivr.commands import Command
from ivr.events import Event
from ivr.settings import Settings
from ivr.store import Row, Store


@dataclass(frozen=True)
class Stored:
    """One call as it was kept: its record (None while it is running), its events, the hash of its flow."""

    id: str
    record: dict[str, Any] | None
    rows: list[Row]
    flow_hash: str
    broken: int | None

    def events(self) -> list[Event]:
        """The events; raises Sorry where they cannot be read by this version of the engine."""
        with self._readable():
            return [Event.from_json(row.event) for row in self.rows]

    def commands(self) -> list[list[Command]]:
        """The commands that each event led to; raises Sorry likewise."""
        with self._readable():
            return [[Command.from_json(one) for one in row.commands] for row in self.rows]

    @contextmanager
    def _readable(self) -> Iterator[None]:
        try:
            yield
        except (ValueError, AttributeError) as error:
            if self.broken is not None:
                raise Sorry(f"call {self.id} cannot be read: {changed(self.broken)}") from None
            raise Sorry(f"call {self.id} does not fit this version of the engine: {error}") from None


@contextmanager
def opened(settings: Settings) -> Iterator[Store | None]:
    """The database, None where no call was ever stored; what is wrong with it becomes one sentence."""
    path = settings.database
    if not path.exists():
        yield None
        return
    try:
        store = Store(path)
        try:
            yield store
        finally:
            store.close()
    except sqlite3.DatabaseError as error:
        raise Sorry(f"the database {path} cannot be read ({error}): is IVR_DATA the line's data folder?") from None


def stored(store: Store | None, settings: Settings, part: str) -> Stored:
    """The one call with this id, or whose id begins or ends so; raises Sorry."""
    id_ = _only(part, store.find(part) if store and part else [], settings)
    assert store is not None
    try:
        rows = store.events(id_)
    except ValueError:
        raise Sorry(f"call {id_} cannot be read: {changed(store.broken_link(id_) or 0)}") from None
    record = store.call(id_)
    running = {open_: hash_ for open_, _, hash_, _ in store.open_calls()}
    hash_ = str((record or {}).get("flow_hash") or running.get(id_, ""))
    return Stored(id_, record, rows, hash_, store.broken_link(id_))


def changed(number: int) -> str:
    """The sentence for a broken hash chain."""
    return f"event {number} was changed after it was written"


def _only(part: str, found: list[str], settings: Settings) -> str:
    if part in found:
        return part
    if not found:
        raise Sorry(f"no call has the id `{part}` in {settings.database}: `ivr calls` lists those there are")
    if len(found) > 1:
        raise Sorry(f"`{part}` fits {len(found)} calls ({', '.join(found[:5])}): write more of the id")
    return found[0]
