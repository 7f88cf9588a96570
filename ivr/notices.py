"""Notices: what an admin has the line say to every caller, or before a queue, from one moment until another.

A notice is switched on and off, never edited, so that the path of a call tells for ever what its caller heard.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from ivr.store import Store

_SCHEMA = """
create table if not exists notices (
    number integer primary key, text text, queues text, from_at real, until_at real, author text, made_at real,
    off_at real);
"""
_COLUMNS = "number, text, queues, from_at, until_at, author, made_at, off_at"
FOR_ALL = ""
"""Stands for the queue of a notice that every caller hears."""
FOREVER = 0.0
"""Stands for the end of a notice that stays on until it is switched off."""


@dataclass(frozen=True)
class Notice:
    """One notice. `queues` is empty where it is for all; `off_at` is 0 while nobody has switched it off."""

    number: int
    text: str
    queues: tuple[str, ...]
    from_at: float
    until_at: float
    author: str
    made_at: float
    off_at: float = 0.0

    @property
    def prompt(self) -> str:
        """The id of its audio."""
        return f"notice/{self.number}"

    def ended(self, now: float) -> bool:
        """Whether it will never be said again."""
        return self.off_at > 0 or FOREVER < self.until_at <= now

    def on(self, now: float) -> bool:
        """Whether a call that comes now hears it."""
        return self.from_at <= now and not self.ended(now)


class Notices:
    """All notices of one line's database."""

    def __init__(self, store: Store) -> None:
        self._store = store
        store.tables(_SCHEMA)

    def all(self) -> list[Notice]:
        """Every notice there ever was, oldest first."""
        rows = self._store.connection.execute(f"select {_COLUMNS} from notices order by number")
        return [Notice(row[0], row[1], tuple(row[2].split()), *row[3:]) for row in rows]

    def next(self) -> int:
        """The number that the next notice will have."""
        return int(self._store.connection.execute("select coalesce(max(number), 0) + 1 from notices").fetchone()[0])

    def switch_on(self, notice: Notice) -> None:
        """Keeps a notice whose audio is there; a running line says it from its next look on."""
        values = (notice.number, notice.text, " ".join(notice.queues), notice.from_at, notice.until_at, notice.author,
                  notice.made_at, notice.off_at)  # fmt: skip
        self._store.connection.execute(f"insert into notices ({_COLUMNS}) values (?,?,?,?,?,?,?,?)", values)

    def switch_off(self, number: int, at: float) -> bool:
        """Ends a notice; whether it was still to be said."""
        done = self._store.connection.execute(
            "update notices set off_at=?1 where number=?2 and off_at=0 and (until_at=0 or until_at>?1)", (at, number)
        )
        return done.rowcount > 0


def due(notices: Iterable[Notice], now: float) -> tuple[tuple[str, str], ...]:
    """What a call that comes now is to be told: (queue, prompt), the queue empty where it is for all."""
    return tuple(
        (queue, notice.prompt) for notice in notices if notice.on(now) for queue in notice.queues or (FOR_ALL,)
    )
