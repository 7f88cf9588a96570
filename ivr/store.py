"""The database: calls, their events, promises to call back, alarms. SQLite in WAL mode.

An event is written before its commands start, into the log of running calls (`ivr.eventlog`), and from there into
the database once its call has ended; a killed controller loses none. In the database each event is chained to the one
before it by a SHA-256, so that a changed one is found.
"""

import hashlib
import json
import sqlite3
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from ivr.database import PATIENT, opened, renewed
from ivr.eventlog import EventLog, Line, Running

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(dict[str, Any]).decode
SERVING = 0.05
"""Seconds that a serving line waits for another process's lock: its callers hear nothing meanwhile."""
PROMISE = "store_promise"
"""The command, by its tag, that keeps a promise."""
_PROMISED = """
insert into promises (call, number, queue, message, complete, made_at) values (?,?,?,?,?,?)
on conflict (call) do update set number=excluded.number, queue=excluded.queue, message=excluded.message,
    complete=excluded.complete, made_at=excluded.made_at where kept_at is null
"""
_SCHEMA = """
create table if not exists calls (id text primary key, rang_at real, ended_at real, record text not null);
create index if not exists calls_rang on calls (rang_at);
create table if not exists events (
    call text, seq integer, event text not null, commands text not null, chain text not null,
    primary key (call, seq)) without rowid;
create table if not exists open_calls (id text primary key, engine integer, flow text, since real) without rowid;
create table if not exists flows (hash text primary key, name text, text text);
create table if not exists promises (
    id integer primary key, call text unique, number text, queue text, message text, complete integer,
    made_at real, kept_at real);
create table if not exists alarms (id integer primary key, at real, call text, kind text, text text);
"""


@dataclass(frozen=True)
class Row:
    """One event as stored, and the commands it led to."""

    seq: int
    event: dict[str, Any]
    commands: list[dict[str, Any]]
    chain: str


class Kept(NamedTuple):
    """An event as the database has it: JSON, and its link in the call's chain."""

    seq: int
    event: str
    commands: str
    chain: str


def link(before: str, event: str, commands: str) -> str:
    """The chain value of a row, from the one before it."""
    return hashlib.sha256(f"{before}\n{event}\n{commands}".encode()).hexdigest()


class Store:
    """One line's database."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path, self._db = path, opened(path)
        try:
            self._db.executescript(_SCHEMA)
        except sqlite3.Error:
            self._db.close()
            raise
        self._log = EventLog(path.with_name("running.jsonl"))
        self._settled: list[str] = []
        self._serving = False
        self._behind: deque[Callable[[], None]] = deque()

    def serve(self) -> None:
        """From now on nothing waits for long: what can be written later is kept, for `catch_up` to write."""
        self._serving = True
        self._wait_at_most(SERVING)

    def catch_up(self) -> str:
        """Writes what could not be written before, in order; why something still cannot be, empty where all is."""
        while self._behind and not (why := self._why_not(self._behind[0])):
            self._behind.popleft()
        return why if self._behind else self._log.catch_up()

    def rescue(self) -> list[str]:
        """Writes files that somebody has removed anew, with all that was in them; their names."""
        gone = ["running.jsonl"] if self._log.rescue() else []
        if self._path.exists():
            return gone
        self._db = renewed(self._db, self._path)
        self._wait_at_most(SERVING if self._serving else PATIENT)
        return [self._path.name, *gone]

    def _later(self, write: Callable[[], None]) -> None:
        """Writes at once, or, while a serving line cannot, as soon as it can again."""
        if self._behind or self._why_not(write):
            self._behind.append(write)

    def _why_not(self, write: Callable[[], None]) -> str:
        """Writes; why it could not be, empty if it is written."""
        try:
            write()
        except sqlite3.OperationalError as error:
            if not self._serving:
                raise
            return str(error)
        return ""

    def _put(self, statement: str, *values: object) -> None:
        self._db.execute(statement, values)

    def _wait_at_most(self, seconds: float) -> None:
        self._db.execute(f"pragma busy_timeout={round(seconds * 1000)}")

    def close(self) -> None:
        """Closes the database; calls that still run are taken up by whoever opens it next."""
        self._wait_at_most(PATIENT)
        self.catch_up()
        if self._log.ours and not self._log.running():
            self._log.clear()
        self._log.close()
        self._db.close()

    def tables(self, schema: str) -> None:
        """Makes the tables of a module that keeps some of its own, where they are not there yet."""
        self._db.executescript(schema)

    @property
    def connection(self) -> sqlite3.Connection:
        """The present connection, for such a module; it may be another one each time."""
        return self._db

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is written inside is one transaction, that of a `together` around it if there is one."""
        if self._db.in_transaction:
            yield
            return
        self._settled.clear()
        with self._db:
            self._db.execute("begin")
            yield
        for call in self._settled:
            self._log.drop(call)

    # -- the journal -----------------------------------------------------------------------------

    def open_call(self, call: str, engine: int, flow: str, since: float) -> None:
        """A call begins under a flow (by hash); it is open until its record is saved."""
        self._log.open_call(call, engine, flow, since)

    def append(self, call: str, seq: int, event: object, commands: Sequence[object]) -> None:
        """Writes one event, which does not change any more, with the commands it led to."""
        self._log.append(call, Line(seq, event, commands))

    def recover(self) -> None:
        """Takes all calls that a dead process left in its log into the database; before the first call of ours.

        It may have died doing just this: what is there already is left as it is.
        """
        with self.together():
            for call, one in self._log.left().items():
                self._keep_promises(call, one)
                if not self.call(call):
                    if one.flow:
                        row = (call, one.engine, one.flow, one.since)
                        self._db.execute("insert or replace into open_calls values (?,?,?,?)", row)
                    self._keep_events(call, one, "insert or ignore")
        self._log.clear()

    def _keep_events(self, call: str, one: Running, insert: str = "insert") -> None:
        kept = self._chained(call, one)
        self._db.executemany(f"{insert} into events values (?,?,?,?,?)", [(call, *line) for line in kept])

    def _chained(self, call: str, one: Running) -> list[Kept]:
        """The events of a running call as the database is to have them; those before them may be there."""
        before = self._chain(call, one.lines[0].seq - 1) if one.lines else ""
        kept = []
        for seq, event, commands in one.lines:
            told, led = _encode(event).decode(), _encode(commands).decode()
            before = link(before, told, led)
            kept.append(Kept(seq, told, led, before))
        return kept

    def _chain(self, call: str, seq: int) -> str:
        if seq < 0:
            return ""
        row = self._db.execute("select chain from events where call=? and seq=?", (call, seq)).fetchone()
        return str(row[0]) if row else ""

    def _keep_promises(self, call: str, one: Running) -> None:
        """Promises that a process may have died with before it could write them; to write one again does no harm."""
        for line in one.lines:
            for told in line.commands:
                if told["type"] == PROMISE:
                    complete, at = told.get("complete", True), line.event["at"]
                    self.promise(call, told["number"], told.get("queue", ""), told.get("message", ""), complete, at)

    def events(self, call: str) -> list[Row]:
        """All events of a call, in order."""
        return [
            Row(seq, json.loads(event), json.loads(commands), chain)
            for seq, event, commands, chain in self._lines(call)
        ]

    def _lines(self, call: str) -> list[Kept]:
        """The events of a call as they were written, of one that runs too."""
        rows = self._db.execute("select seq, event, commands, chain from events where call=? order by seq", (call,))
        one = self._running().get(call)
        kept = {line.seq: line for line in self._chained(call, one)} if one else {}
        return sorted((kept | {row[0]: Kept(*row) for row in rows}).values())

    def broken_link(self, call: str) -> int | None:
        """The first event that was changed after it was written, by its number."""
        before = ""
        for expected, (seq, event, commands, chain) in enumerate(self._lines(call)):
            if seq != expected or link(before, event, commands) != chain:
                return int(seq)
            before = chain
        return None

    def open_calls(self) -> list[tuple[str, int, str, float]]:
        """Calls without a record: id, engine version, flow hash, since when."""
        found = {row[0]: row for row in self._db.execute("select id, engine, flow, since from open_calls")}
        begun = {call: (call, one.engine, one.flow, one.since) for call, one in self._running().items() if one.flow}
        return list((found | begun).values())

    def _running(self) -> dict[str, Running]:
        """The calls in the log; in another process's there may be some that have ended."""
        running = self._log.running()
        return running if self._log.ours else {call: one for call, one in running.items() if not self.call(call)}

    def journals(self, since: float = 0.0) -> Iterator[tuple[str, str, list[tuple[str, str]]]]:
        """The ended calls that rang at or after `since`: id, outcome, and each event with its commands as JSON."""
        calls = self._db.execute(
            "select id, json_extract(record, '$.outcome') from calls where rang_at>=? order by rang_at, id", (since,)
        )
        for id_, outcome in calls:
            rows = self._db.execute("select event, commands from events where call=? order by seq", (id_,))
            if some := rows.fetchall():
                yield str(id_), str(outcome), some

    # -- flows -----------------------------------------------------------------------------------

    def keep_flow(self, hash_: str, name: str, text: str) -> None:
        """Keeps a flow's text, so that its calls can be replayed for ever."""
        self._later(lambda: self._put("insert or ignore into flows values (?,?,?)", hash_, name, text))

    def flow(self, hash_: str) -> tuple[str, str] | None:
        """Name and text of a flow that calls ran through."""
        row = self._db.execute("select name, text from flows where hash=?", (hash_,)).fetchone()
        return (str(row[0]), str(row[1])) if row else None

    # -- calls -----------------------------------------------------------------------------------

    def save_call(self, record: dict[str, Any], rang_at: float, ended_at: float) -> None:
        """Writes a call's one record and its events into the database, and closes it, all in one transaction."""
        call, text = record["id"], _encode(record).decode()
        with self.together():
            if one := self._log.running().get(call):
                self._keep_events(call, one)
                self._settled.append(call)
            self._db.execute("insert or replace into calls values (?,?,?,?)", (call, rang_at, ended_at, text))
            self._db.execute("delete from open_calls where id=?", (call,))

    def amend_call(self, call: str, **fields: object) -> None:
        """Adds to a saved record what is known only later, such as the check of its recording."""
        self._later(lambda: self._amend(call, fields))

    def _amend(self, call: str, fields: dict[str, object]) -> None:
        record = self.call(call)
        if record is not None:
            self._put("update calls set record=? where id=?", _encode(record | fields).decode(), call)

    def call(self, call: str) -> dict[str, Any] | None:
        """One call's record."""
        row = self._db.execute("select record from calls where id=?", (call,)).fetchone()
        return _decode(row[0]) if row else None

    def find(self, part: str) -> list[str]:
        """The ids, of ended and running calls, that begin or end with `part`."""
        rows = self._db.execute(
            "select id from calls where substr(id, 1, length(?1)) = ?1 or substr(id, -length(?1)) = ?1", (part,)
        )
        running = (id_ for id_, *_ in self.open_calls() if id_.startswith(part) or id_.endswith(part))
        return sorted({*(str(row[0]) for row in rows), *running})

    def calls(self, since: float = 0.0) -> Iterator[dict[str, Any]]:
        """The records of calls that rang at or after `since`, oldest first."""
        rows = self._db.execute("select record from calls where rang_at>=? order by rang_at, id", (since,))
        return (_decode(row[0]) for row in rows)

    def saved(self, after: int) -> list[tuple[int, dict[str, Any]]]:
        """The records saved after a place, in that order, each with its place; 0 is before the first."""
        rows = self._db.execute("select rowid, record from calls where rowid>? order by rowid", (after,))
        return [(int(place), _decode(record)) for place, record in rows]

    def saved_before(self, moment: float) -> int:
        """The place of the last record of a call that rang before a moment, with all behind it that rang later."""
        found = self._db.execute("select min(rowid) from calls where rang_at>=?", (moment,)).fetchone()[0]
        last = self._db.execute("select max(rowid) from calls").fetchone()[0]
        return int(found) - 1 if found else int(last or 0)

    # -- promises and alarms ---------------------------------------------------------------------

    def promise(self, call: str, number: str, queue: str, message: str, complete: bool, at: float) -> None:
        """Keeps a promise to call back; one per call, the latest counts, unless it was kept already."""
        self._later(lambda: self._put(_PROMISED, call, number, queue, message, int(complete), at))

    def promises(self) -> list[dict[str, Any]]:
        """All promises, oldest first."""
        names = ("call", "number", "queue", "message", "complete", "made_at", "kept_at")
        rows = self._db.execute(f"select {', '.join(names)} from promises order by made_at")
        return [dict(zip(names, row, strict=True)) for row in rows]

    def keep_promise(self, call: str, at: float) -> bool:
        """The caller of this call has been called back; whether a promise was still open."""
        done = self._db.execute("update promises set kept_at=? where call=? and kept_at is null", (at, call))
        return done.rowcount > 0

    def alarm(self, kind: str, text: str, at: float, call: str = "") -> None:
        """Something a supervisor must see."""
        values = (at, call, kind, text)
        self._later(lambda: self._put("insert into alarms (at, call, kind, text) values (?,?,?,?)", *values))

    def alarms(self, since: float = 0.0) -> list[dict[str, Any]]:
        """All alarms since a moment."""
        rows = self._db.execute("select at, call, kind, text from alarms where at>=? order by at", (since,))
        return [dict(zip(("at", "call", "kind", "text"), row, strict=True)) for row in rows]
