"""Agents' SIP accounts and the AMI secret: made once, kept in a file that only its owner can read."""

import json
import os
import secrets
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
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump({"agents": [asdict(agent) for agent in made.agents], "ami_secret": made.ami_secret}, file, indent=1)
    return made
