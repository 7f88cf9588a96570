"""`ivr agent`: the agents, their accounts and queues; logging them in and out."""

import argparse
import asyncio
import json
import socket
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

from ivr.cli import Sorry, _agentaccounts, _tell
from ivr.pbx import accounts as accounts_
from ivr.pbx import agents
from ivr.pbx.accounts import Account, Accounts
from ivr.pbx.agents import Membership
from ivr.pbx.ami import Ami, AmiError
from ivr.settings import Settings, load

HELP = "list the agents; log them in and out, pause them; add and remove them"
EXAMPLES = """examples:
  ivr agent list                           who is there and what they are doing
  ivr agent list --json                    with SIP user and secret, to set up a softphone
  ivr agent login 1001                     to all queues they may serve
  ivr agent login 1001 --queue inquiry     to one (repeat --queue for more)
  ivr agent pause 1001 --reason 午休       no calls until `ivr agent unpause 1001`
  ivr agent logout 1001                    out of all queues
  ivr agent add 1004 --queue inquiry       a new agent, with a password that is shown once
  ivr agent remove 1004                    takes the account away

On the telephone: *45 logs in or out, *46 pauses."""

HEAD = ("agent", "state", "queues", "may serve", "reason")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("list", "login", "logout", "pause", "unpause", "add", "remove"))
    parser.add_argument("number", metavar="NUMBER", nargs="?", help="the agent's work number (工号)")
    parser.add_argument(
        "--queue", metavar="QUEUE", action="append", default=[], help="only this queue; may be repeated"
    )
    parser.add_argument("--reason", metavar="TEXT", default="", help="why the agent pauses")
    parser.add_argument("--json", action="store_true", help="the list as a JSON array, secrets included")


def run(options: argparse.Namespace) -> int:
    settings = load()
    accounts = _accounts(settings)
    if options.action == "list":
        return _list(settings, accounts, options.json)
    if options.action == "add":
        _say(_agentaccounts.add(settings, accounts, options.number, options.queue))
        return 0
    agent = _agent(accounts, options.number)
    if options.action == "remove":
        if _open(settings):
            asyncio.run(_send_home(settings, accounts, agent))
        _say(_agentaccounts.remove(settings, agent))
        return 0
    print(asyncio.run(_act(settings, accounts, agent, options)))
    return 0


def _say(told: Iterator[str]) -> None:
    for line in told:
        print(_tell.told(line))


async def _send_home(settings: Settings, accounts: Accounts, agent: Account) -> None:
    ami = await _ami(settings, accounts)
    with closing(ami):
        await _agentaccounts.sent_home(ami, agent)


# -- the list ------------------------------------------------------------------------------------


def _list(settings: Settings, accounts: Accounts, as_json: bool) -> int:
    held = asyncio.run(_held(settings, accounts)) if _open(settings) else None
    rows = [_row(settings, agent, held) for agent in accounts.agents]
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, indent=1))
        return 0
    cells = [
        (
            row["number"],
            _tell.told(row["state"]),
            " ".join(row["queues"]),
            " ".join(row["may_serve"]),
            row["pause_reason"] or "",
        )
        for row in rows
    ]
    print("\n".join(_tell.table(HEAD, cells)))
    if held is None:
        print(_tell.told("the line is not running: who is logged in is not known"))
    return 0


async def _held(settings: Settings, accounts: Accounts) -> list[Membership]:
    ami = await _ami(settings, accounts)
    with closing(ami):
        return (await _memberships(ami))[1]


def _row(settings: Settings, agent: Account, held: Sequence[Membership] | None) -> dict[str, Any]:
    mine = [one for one in held or () if one.number == agent.number]
    return {
        "number": agent.number,
        "sip_user": agent.number,
        "secret": agent.secret,
        "sip_server": f"{settings.bind}:{settings.sip_port}",
        "queues": sorted(one.queue for one in mine),
        "may_serve": list(agent.queues),
        "state": "unknown" if held is None else agents.state(mine),
        "paused": any(one.paused for one in mine),
        "pause_reason": next((one.reason for one in mine if one.paused and one.reason), None),
    }


# -- what is done --------------------------------------------------------------------------------


async def _act(settings: Settings, accounts: Accounts, agent: Account, options: argparse.Namespace) -> str:
    if not _open(settings):
        raise Sorry(
            f"the line is not running (nothing answers on AMI port {settings.ami_port}): start it with `ivr run`"
        )
    ami = await _ami(settings, accounts)
    with closing(ami):
        queues, held = await _memberships(ami)
        wanted = _queues(options.queue, agent, queues)
        mine = [one.queue for one in held if one.number == agent.number]
        try:
            return await _done(ami, agent, options, wanted, mine)
        except AmiError as error:
            raise Sorry(f"agent {agent.number}: {error}") from None


async def _done(ami: Ami, agent: Account, options: argparse.Namespace, wanted: list[str], mine: list[str]) -> str:
    number, action = agent.number, options.action
    if action == "login":
        for queue in wanted or agent.queues:
            await agents.log_in(ami, number, queue)
        return await _now(ami, number, f"agent {number} is logged in to")
    if action == "logout":
        for queue in wanted or mine:
            await agents.log_out(ami, number, queue)
        return await _now(ami, number, f"agent {number} is still logged in to")
    where = [queue for queue in wanted or mine if queue in mine]
    if not where:
        what = f"the queue {', '.join(wanted)}" if wanted else "any queue"
        raise Sorry(f"agent {number} is not logged in to {what}: write `ivr agent login {number}` first")
    for queue in where:
        await agents.pause(ami, number, queue, action == "pause", options.reason)
    return f"agent {number} {'is paused' if action == 'pause' else 'takes calls again'} in {', '.join(sorted(where))}"


async def _now(ami: Ami, number: str, words: str) -> str:
    """What is so afterwards, and whether calls can reach the agent's phone."""
    _, held = await agents.memberships(ami)
    mine = [one for one in held if one.number == number]
    if not mine:
        return f"agent {number} is logged out"
    note = ", but the phone is not registered: no call reaches it" if mine[0].state == "unreachable" else ""
    return f"{words} {', '.join(sorted(one.queue for one in mine))}{note}"


def _queues(named: list[str], agent: Account, queues: list[str]) -> list[str]:
    """The queues named; all that are wrong are told at once."""
    unknown = [queue for queue in named if queue not in queues]
    barred = [queue for queue in named if queue in queues and queue not in agent.queues]
    faults = []
    if unknown:
        faults.append(f"there is no queue {', '.join(unknown)}; there are {', '.join(queues)}")
    if barred:
        faults.append(f"agent {agent.number} may not serve {', '.join(barred)}, only {', '.join(agent.queues)}")
    if faults:
        raise Sorry("; ".join(faults))
    return list(dict.fromkeys(named))


# -- the line ------------------------------------------------------------------------------------


def _accounts(settings: Settings) -> Accounts:
    path = settings.data / "accounts.json"
    if not path.exists():
        raise Sorry(f"there are no agents in {settings.data} yet: the first `ivr run` makes them")
    try:
        return accounts_.load(settings.data)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Sorry(f"{path} cannot be read ({error}): mend it, or remove it for new accounts") from None


def _agent(accounts: Accounts, number: str | None) -> Account:
    agent = accounts.agent(number or "")
    if agent is None:
        what = f"there is no agent {number}" if number else "name the agent"
        raise Sorry(f"{what}; there are {', '.join(one.number for one in accounts.agents)}")
    return agent


def _open(settings: Settings) -> bool:
    """Whether anything answers on the AMI port."""
    with socket.socket() as probe:
        probe.settimeout(1.0)
        return probe.connect_ex(("127.0.0.1", settings.ami_port)) == 0


async def _ami(settings: Settings, accounts: Accounts) -> Ami:
    ami = Ami(settings.ami_port, accounts.ami_secret)
    try:
        await ami.connect(patience=3.0)
    except AmiError:
        ami.close()
        raise Sorry(
            f"what answers on AMI port {settings.ami_port} is not the line of {settings.data}: "
            "are IVR_DATA and IVR_AMI_PORT those that the line was started with?"
        ) from None
    return ami


async def _memberships(ami: Ami) -> tuple[list[str], list[Membership]]:
    try:
        return await agents.memberships(ami)
    except AmiError as error:
        raise Sorry(str(error)) from None
