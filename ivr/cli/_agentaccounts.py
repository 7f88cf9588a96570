"""Agents' accounts added and taken away, also while the line runs: calls and talks go on."""

import asyncio
import re
import secrets
from collections.abc import Iterator
from dataclasses import replace

from ivr.cli import Sorry
from ivr.pbx import accounts as accounts_
from ivr.pbx import agents, generate
from ivr.pbx.accounts import QUEUES, Account, Accounts
from ivr.pbx.ami import Ami
from ivr.pbx.asterisk import Asterisk
from ivr.queues import names
from ivr.settings import Settings

NUMBER = re.compile(r"[0-9]{3,8}")
LINE = "95585"
ON_A_CALL = ("busy", "ringing")


def add(settings: Settings, accounts: Accounts, number: str | None, queues: list[str]) -> Iterator[str]:
    """A new agent with a password of their own, which is shown this once; raises Sorry with all that is wrong."""
    if faults := list(_unfit(accounts, number or "", queues)):
        raise Sorry("; ".join(faults))
    made = Account(number or "", secrets.token_urlsafe(12), tuple(dict.fromkeys(queues)) or QUEUES)
    with accounts_.changing(settings.data) as now:
        if now.agent(made.number):
            raise Sorry(f"there is an agent {made.number} already")
        accounts_.save(settings.data, replace(now, agents=(*now.agents, made)))
    yield f"agent {made.number} is added, for {', '.join(made.queues)}"
    yield f"  user {made.number}   password {made.secret}"
    yield asyncio.run(_taken_up(settings, made.number))


def remove(settings: Settings, agent: Account) -> Iterator[str]:
    """Takes an agent's account away."""
    with accounts_.changing(settings.data) as now:
        left = tuple(one for one in now.agents if one.number != agent.number)
        accounts_.save(settings.data, replace(now, agents=left))
    yield f"agent {agent.number} is removed; the records of their calls stay"
    yield asyncio.run(_taken_up(settings, agent.number))


async def sent_home(ami: Ami, agent: Account) -> None:
    """Logs an agent out of every queue; raises Sorry while they are on a call."""
    _, held = await agents.memberships(ami)
    mine = [one for one in held if one.number == agent.number]
    if agents.state(mine) in ON_A_CALL:
        raise Sorry(f"agent {agent.number} is on a call: remove them when it has ended")
    for one in mine:
        await agents.log_out(ami, agent.number, one.queue)


def _unfit(accounts: Accounts, number: str, queues: list[str]) -> Iterator[str]:
    if not NUMBER.fullmatch(number) or number.startswith(LINE):
        yield f"`{number}` is no agent's number: write 3 to 8 digits, which do not begin with {LINE}"
    if accounts.agent(number):
        yield f"there is an agent {number} already"
    if unknown := [queue for queue in queues if queue not in names()]:
        yield f"there is no queue {', '.join(unknown)}; there are {', '.join(sorted(names()))}"


async def _taken_up(settings: Settings, number: str) -> str:
    """Has a running Asterisk read the accounts again; what is so afterwards."""
    etc = generate.folders(settings)["astetcdir"]
    asterisk = Asterisk(settings, etc / "asterisk.conf")
    if not (etc / "asterisk.conf").exists() or not await asterisk.adopt():
        return "the line is not running: this holds from its next start"
    generate.write_accounts(settings, accounts_.load(settings.data))
    await asterisk.reload()
    gone = "Unable to find" in await asterisk.cli(f"pjsip show auth {number}-auth")
    return f"the running line {'no longer knows' if gone else 'knows'} the telephone {number}"
