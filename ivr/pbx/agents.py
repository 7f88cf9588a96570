"""Agents and their queues over AMI: who is logged in, and logging in, out, pausing."""

from collections.abc import Iterable
from dataclasses import dataclass

from ivr.pbx.ami import Ami, AmiError

STATES = {"1": "available", "2": "busy", "3": "busy", "4": "unreachable", "5": "unreachable", "6": "ringing",
          "7": "busy", "8": "busy"}  # fmt: skip
"""Asterisk's device states by their number, as QueueStatus gives them."""


@dataclass(frozen=True)
class Membership:
    """One agent in one queue."""

    number: str
    queue: str
    state: str
    paused: bool
    reason: str


def interface(number: str) -> str:
    """How a queue calls an agent: through the dialplan, which tells the caller the agent's number."""
    return f"Local/{number}@agent/n"


async def memberships(ami: Ami) -> tuple[list[str], list[Membership]]:
    """All queues, and who is logged in to them."""
    rows = await ami.rows("QueueStatus")
    queues = [row["Queue"] for row in rows if row.get("Event") == "QueueParams"]
    return sorted(queues), [_membership(row) for row in rows if row.get("Event") == "QueueMember"]


async def log_in(ami: Ami, number: str, queue: str) -> None:
    """Puts an agent into a queue; one who is in it already stays."""
    try:
        await ami.act(
            "QueueAdd", Queue=queue, Interface=interface(number), MemberName=number, StateInterface=f"PJSIP/{number}"
        )
    except AmiError as error:
        if "Already there" not in str(error):
            raise


async def log_out(ami: Ami, number: str, queue: str) -> None:
    """Takes an agent out of a queue; one who is not in it stays out."""
    try:
        await ami.act("QueueRemove", Queue=queue, Interface=interface(number))
    except AmiError as error:
        if "Not there" not in str(error):
            raise


async def pause(ami: Ami, number: str, queue: str, paused: bool, reason: str = "") -> None:
    """Stops or takes up again an agent's calls of one queue."""
    fields = {"Reason": reason} if reason else {}
    await ami.act("QueuePause", Queue=queue, Interface=interface(number), Paused=str(paused).lower(), **fields)


def state(held: Iterable[Membership]) -> str:
    """One word for an agent with these memberships: a phone that rings or talks comes first."""
    kept = list(held)
    if not kept:
        return "logged_out"
    device = kept[0].state
    if device in ("busy", "ringing"):
        return device
    return "paused" if all(one.paused for one in kept) else device


def _membership(row: dict[str, str]) -> Membership:
    number = row["Location"].removeprefix("Local/").partition("@")[0]
    paused = row["Paused"] == "1"
    return Membership(number, row["Queue"], STATES.get(row["Status"], "unknown"), paused, row.get("PausedReason", ""))
