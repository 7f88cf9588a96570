"""The published versions of flows, their drafts, and which version runs. Kept in the line's database.

In the database and not in files: publishing is one transaction that fails where another admin was faster, the running
line sees it with one cheap question, and a backup of the database has calls and the flows they ran through together.
A version is never changed or taken away (the tables refuse it); going back is a new decision, not an erased one.
"""

from collections.abc import Callable
from dataclasses import astuple, dataclass, fields
from typing import TypeVar

from ivr.store import Store

_SCHEMA = """
create table if not exists versions (
    flow text, number integer, hash text, base integer, author text, at real, message text, said text,
    primary key (flow, number)) without rowid;
create table if not exists releases (
    id integer primary key, flow text, version integer, share real, beside integer, author text, at real, why text);
create index if not exists releases_flow on releases (flow, id);
create table if not exists drafts (
    number integer primary key, flow text, hash text, base integer, author text, at real, message text);
create trigger if not exists versions_stay before update on versions
    begin select raise(abort, 'a published version is never changed'); end;
create trigger if not exists versions_kept before delete on versions
    begin select raise(abort, 'a published version is never taken away'); end;
create trigger if not exists releases_stay before update on releases
    begin select raise(abort, 'what ran is never changed'); end;
create trigger if not exists releases_kept before delete on releases
    begin select raise(abort, 'what ran is never taken away'); end;
"""


@dataclass(frozen=True)
class Version:
    """A flow as it was published. `base`: the version it was made from; `said`: what check and tests said of it."""

    flow: str
    number: int
    hash: str
    base: int
    author: str
    at: float
    message: str
    said: str


@dataclass(frozen=True)
class Release:
    """A decision on what runs: `version` for a `share` of the calls (1.0: all), the rest to the version `beside`."""

    id: int
    flow: str
    version: int
    share: float
    beside: int
    author: str
    at: float
    why: str


@dataclass(frozen=True)
class Draft:
    """A flow that can be dialled before it is published, as 95585*NUMBER."""

    number: int
    flow: str
    hash: str
    base: int
    author: str
    at: float
    message: str


class Moved(Exception):
    """Somebody else has published at the same moment."""


T = TypeVar("T", Version, Release, Draft)


class Versions:
    """All flows' versions, releases and drafts in one line's database."""

    def __init__(self, store: Store) -> None:
        self._store = store
        store.tables(_SCHEMA)

    # -- versions --------------------------------------------------------------------------------

    def all(self, flow: str) -> list[Version]:
        """A flow's versions, oldest first."""
        return self._many(Version, "where flow=? order by number", flow)

    def get(self, flow: str, number: int) -> Version | None:
        """One version; None where there is none with this number."""
        return next(iter(self._many(Version, "where flow=? and number=?", flow, number)), None)

    def newest(self, flow: str) -> int:
        """The number of the newest version, 0 where none was ever published."""
        row = self._store.connection.execute("select max(number) from versions where flow=?", (flow,)).fetchone()
        return int(row[0] or 0)

    def text(self, hash_: str) -> str:
        """A version's or a draft's text."""
        kept = self._store.flow(hash_)
        assert kept, f"the text of {hash_} was not kept"
        return kept[1]

    def add(self, version: Version, text: str) -> None:
        """Publishes a version, and keeps its text; raises Moved, with nothing done, if another took its number."""
        self._store.keep_flow(version.hash, version.flow, text)
        done = self._store.connection.execute(
            f"insert into versions select {_marks(Version)} where"
            " (select coalesce(max(number), 0) from versions where flow=?) = ?",
            (*astuple(version), version.flow, version.number - 1),
        )
        if not done.rowcount:
            raise Moved

    def publish(self, version: Version, text: str, share: float = 1.0, beside: int = 0) -> None:
        """Adds a version and lets it run, both or neither; raises Moved like `add`."""
        with self._store.together():
            self.add(version, text)
            self.release(version.flow, version.number, version.author, version.at, version.message, share, beside)

    # -- what runs -------------------------------------------------------------------------------

    def release(
        self, flow: str, version: int, author: str, at: float, why: str, share: float = 1.0, beside: int = 0
    ) -> None:
        """Lets a version run; a running line takes it up within about a second."""
        self._store.connection.execute(
            "insert into releases (flow, version, share, beside, author, at, why) values (?,?,?,?,?,?,?)",
            (flow, version, share, beside, author, at, why),
        )

    def running(self, flow: str) -> Release | None:
        """The decision in force; None where the flow was never published."""
        return next(iter(self._many(Release, "where flow=? order by id desc limit 1", flow)), None)

    def releases(self, flow: str) -> list[Release]:
        """All decisions, oldest first."""
        return self._many(Release, "where flow=? order by id", flow)

    # -- drafts ----------------------------------------------------------------------------------

    def drafts(self) -> list[Draft]:
        """The drafts of all flows, by their numbers."""
        return self._many(Draft, "order by number")

    def keep_draft(self, draft: Draft, text: str) -> None:
        """Keeps a draft under its number, in the place of one that is there."""
        self._store.keep_flow(draft.hash, draft.flow, text)
        self._store.connection.execute(f"insert or replace into drafts values ({_marks(Draft)})", astuple(draft))

    def discard(self, number: int) -> bool:
        """Takes a draft away; whether there was one."""
        return self._store.connection.execute("delete from drafts where number=?", (number,)).rowcount > 0

    def _many(self, kind: Callable[..., T], rest: str, *values: object) -> list[T]:
        names = ", ".join(field.name for field in fields(kind))  # type: ignore[arg-type]
        table = f"{kind.__name__.lower()}s"
        return [kind(*row) for row in self._store.connection.execute(f"select {names} from {table} {rest}", values)]


def _marks(kind: type[Version] | type[Draft]) -> str:
    return ", ".join("?" * len(fields(kind)))
