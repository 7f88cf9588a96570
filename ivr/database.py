"""The file of a SQLite database in WAL mode: opened, and written anew where somebody has removed it."""

import sqlite3
from pathlib import Path

PATIENT = 10.0
"""Seconds to wait for another process's lock."""
CHECKPOINT = 4000
"""Pages of 4 kB that are written before they are put into the database: those of many calls are the same ones."""
BESIDE = "-wal", "-shm"
"""The ends of the files that SQLite keeps beside it."""


def opened(path: Path) -> sqlite3.Connection:
    """A connection; raises sqlite3.Error where there can be no database, or a broken one is."""
    database = sqlite3.connect(path, isolation_level=None, timeout=PATIENT, check_same_thread=False)
    try:
        database.execute("pragma journal_mode=wal")
        database.execute("pragma synchronous=normal")
        database.execute(f"pragma wal_autocheckpoint={CHECKPOINT}")
    except sqlite3.Error:
        database.close()
        raise
    return database


def is_broken(error: sqlite3.Error) -> bool:
    """Whether SQLite says that the file itself is damaged, or none of its own."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def set_aside(path: Path, when: str) -> Path:
    """Gives a broken database, and what lies beside it, another name; that name."""
    aside = path.with_name(f"{path.name}.broken-{when}")
    for end in ("", *BESIDE):
        part = path.with_name(path.name + end)
        if part.exists():
            part.replace(aside.with_name(aside.name + end))
    return aside


def renewed(database: sqlite3.Connection, path: Path) -> sqlite3.Connection:
    """A connection to a new file with all that the removed one had: the system keeps that while it is open.

    The new file is whole before it has its name. The old connection is closed before the new one is opened, since it
    removes what it believes to be the files beside its own.
    """
    fresh = path.with_name(f".new-{path.name}")
    fresh.unlink(missing_ok=True)
    copy = sqlite3.connect(fresh)
    try:
        database.backup(copy)
    finally:
        copy.close()
    database.close()
    for end in BESIDE:
        path.with_name(path.name + end).unlink(missing_ok=True)
    fresh.replace(path)
    return opened(path)
