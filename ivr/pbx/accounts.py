"""Agents' SIP accounts and the AMI secret: made once, kept in a file that only its owner can read."""

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

QUEUES = ("intake", "inquiry", "complaint")


@dataclass(frozen=True)
class Account:
    """One agent: work number (also the SIP user), SIP password, the queues they may serve."""

    number: str
    secret: str
    queues: tuple[str, ...] = QUEUES


@dataclass(frozen=True)
class Accounts:
    """All accounts of one line; `fresh` when they were made just now and must be shown."""

    agents: tuple[Account, ...]
    ami_secret: str
    fresh: bool = False

    def agent(self, number: str) -> Account | None:
        """The agent with this work number."""
        return next((agent for agent in self.agents if agent.number == number), None)


@contextmanager
def changing(data: Path) -> Iterator[Accounts]:
    """The accounts as they are, held against others who would change them at the same moment."""
    with (data / "accounts.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield load(data)


def save(data: Path, accounts: Accounts) -> None:
    """Puts the accounts in the place of those that were kept, whole or not at all."""
    path = data / "accounts.json"
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    _write(fresh, accounts)
    fresh.replace(path)


def load(data: Path) -> Accounts:
    """The accounts kept in the data folder; agents 1001 to 1003 on the first start."""
    path = data / "accounts.json"
    if path.exists():
        kept = json.loads(path.read_text())
        agents = tuple(Account(one["number"], one["secret"], tuple(one["queues"])) for one in kept["agents"])
        return Accounts(agents, kept["ami_secret"])
    made = Accounts(
        tuple(Account(number, secrets.token_urlsafe(12)) for number in ("1001", "1002", "1003")),
        secrets.token_urlsafe(24),
        fresh=True,
    )
    data.mkdir(parents=True, exist_ok=True)
    _write(path, made)
    return made


def _write(path: Path, accounts: Accounts) -> None:
    """A new file that only its owner can read."""
    kept = {"agents": [asdict(agent) for agent in accounts.agents], "ami_secret": accounts.ami_secret}
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(kept, file, indent=1)
        file.flush()
        os.fsync(descriptor)
