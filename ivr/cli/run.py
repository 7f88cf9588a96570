"""`ivr run`: starts Asterisk and the controller in the foreground and serves calls."""

import argparse
import asyncio
import contextlib
import signal
import sqlite3
import sys
import time
from datetime import datetime
from functools import partial

import uvloop

from ivr import ports
from ivr.call import Call
from ivr.cli import _tell
from ivr.collect import abandoned, from_spool, unfinished
from ivr.console import Console
from ivr.garbage import look_seldom
from ivr.line import Line, Tell
from ivr.operate import Opened, heed_files, open_line
from ivr.pbx.accounts import Accounts
from ivr.pbx.ami import AmiError
from ivr.pbx.asterisk import Asterisk, AsteriskError
from ivr.pbx.logs import keep_small
from ivr.settings import Settings, load
from ivr.watchdog import watched

UNFINISHED = 2 * 86400
"""Seconds back that recordings are looked for which a controller before us left unfinished."""
ASTERISK_PATIENCE = 2
"""Asterisk is given so many times the seconds of a controller: its end is the end of all talks."""
ENDED_EARLY = 128 + signal.SIGTERM
"""The exit code where SIGTERM came before the line was ready, as a shell would tell it."""
HELP = "start the line in the foreground (Ctrl-C ends it)"
EXAMPLES = """examples:
  ivr run                                     the line on the ports of ivr.toml
  IVR_DATA=two IVR_SIP_PORT=5062 … ivr run    a second line beside it"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--quiet", action="store_true", help="no line per step of each call")


def run(options: argparse.Namespace) -> int:
    settings = load()
    try:
        with ports.sole_owner(settings.data), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(_run(settings, options.quiet))
    except (ports.AlreadyRunning, ports.PortTaken, AsteriskError, AmiError) as error:
        print(f"ivr: {_tell.told(str(error))}", file=sys.stderr)
        return 1
    except asyncio.CancelledError:
        return ENDED_EARLY


async def _run(settings: Settings, quiet: bool) -> int:
    if task := asyncio.current_task():  # until calls are served, SIGTERM has nothing to wait for
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    sys.stdout.flush()
    console = Console()
    try:
        async with open_line(settings, partial(_say, console), progress, quiet=quiet) as opened:
            return await _serve(opened, console)
    finally:
        console.close()


async def _serve(opened: Opened, console: Console) -> int:
    settings, asterisk, line = opened.settings, opened.asterisk, opened.line
    say = partial(_say, console)
    stop: asyncio.Queue[signal.Signals] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    for one in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(one, stop.put_nowait, one)
    look_seldom()
    console.say(_tell.told(_banner(settings, opened.accounts, opened.adopted)))
    console.say("ready")
    if not opened.adopted:
        _ended_with_asterisk(line, say)
    housekeeping = asyncio.create_task(_housekeeping(settings, line, asterisk, say))
    told = asyncio.create_task(stop.get())
    try:
        async with watched(settings.watchdog, settings.database):
            while await _lived(opened, told, say):
                await _again(opened, say)
            await _end(told.result(), stop, asterisk, line, say)
        return 0
    finally:
        for task in (housekeeping, told):
            task.cancel()


async def _lived(opened: Opened, told: "asyncio.Task[signal.Signals]", say: Tell) -> bool:
    """Returns when this Asterisk's life is over, one that is stuck being ended; False once we are `told` to end."""
    died = asyncio.create_task(opened.asterisk.wait())
    watching = asyncio.create_task(_ended_if_stuck(opened, say))
    try:
        await asyncio.wait({died, told}, return_when=asyncio.FIRST_COMPLETED)
        return not told.done()
    finally:
        died.cancel()
        watching.cancel()


async def _ended_if_stuck(opened: Opened, say: Tell) -> None:
    asterisk, line, patience = opened.asterisk, opened.line, ASTERISK_PATIENCE * opened.settings.watchdog
    await line.asterisk_stuck(asterisk, patience)
    line.store.alarm("asterisk", f"Asterisk did not answer for {patience} s and was ended", time.time())
    say("line", f"ALARM Asterisk did not answer for {patience} s: ending it")
    asterisk.kill()


async def _again(opened: Opened, say: Tell) -> None:
    """Asterisk has died: the line is never unreachable, so it is started again."""
    asterisk, line = opened.asterisk, opened.line
    line.store.alarm("asterisk", "Asterisk ended by itself and was started again", time.time())
    say("line", "ALARM Asterisk ended by itself: starting it again")
    await asterisk.start()
    say("line", "Asterisk is back")
    await heed_files(asterisk, line.settings, opened.accounts, line.store, say, refuse=False)
    _ended_with_asterisk(line, say)


def _ended_with_asterisk(line: Line, say: Tell) -> None:
    """Closes the calls that Asterisk took with it, also one that died before we came; those it told of itself first.

    What cannot be written now is closed by the housekeeping, which tries again.
    """
    with contextlib.suppress(sqlite3.Error, OSError):
        _collect(line, say)
        for id_, call in abandoned(line.store, line.settings.data, line.ours(), "line"):
            say(id_, f"ended with Asterisk: {call.outcome}")
            finish(line, id_, call)


def _collect(line: Line, say: Tell) -> None:
    for id_, call in from_spool(line.store, line.settings.data):
        say(id_, f"ended without a controller: {call.outcome}")
        finish(line, id_, call)


async def _end(
    how: signal.Signals, stop: "asyncio.Queue[signal.Signals]", asterisk: Asterisk, line: Line, say: Tell
) -> None:
    again = asyncio.create_task(stop.get())
    if how == signal.SIGTERM:
        say("line", "no new calls; running calls are let finish (Ctrl-C ends them)")
        await asterisk.drain()
        drained = asyncio.create_task(line.drain())
        await asyncio.wait({drained, again}, return_when=asyncio.FIRST_COMPLETED)
        drained.cancel()
        if not again.done():
            again.cancel()
            return
    else:
        say("line", "closing: callers are told goodbye (Ctrl-C again ends at once)")
    goodbye = asyncio.create_task(line.say_goodbye())
    if again.done():
        again = asyncio.create_task(stop.get())
    await asyncio.wait({goodbye, again}, return_when=asyncio.FIRST_COMPLETED)
    again.cancel()


async def _housekeeping(settings: Settings, line: Line, asterisk: Asterisk, say: Tell) -> None:
    """Takes up changed flows, and the records of calls that ended without us; keeps Asterisk's log small."""
    for id_, call in unfinished(line.store, time.time() - UNFINISHED):
        finish(line, id_, call)
    before = ""
    while True:
        try:
            await _keep_house(settings, line, asterisk, say)
        except Exception as error:  # noqa: BLE001 - what fails once is tried again; the rest of the house is kept
            why = f"{type(error).__name__}: {error}"
            if why != before:
                say("line", f"ALARM housekeeping: {why}; it is tried again every second")
            before = why
        await asyncio.sleep(1.0)


async def _keep_house(settings: Settings, line: Line, asterisk: Asterisk, say: Tell) -> None:
    line.flows.look()
    line.notices.look(time.time())
    await keep_small(settings.data / "asterisk/log/full", asterisk.cli)
    if not line.caught_up():
        return
    _collect(line, say)
    if line.left_open():
        with contextlib.suppress(AmiError):
            for id_, call in abandoned(line.store, settings.data, await line.alive()):
                say(id_, f"had ended while no controller ran: {call.outcome}")
                finish(line, id_, call)


def finish(line: Line, id_: str, call: Call) -> None:
    """The recording of a call that ended without us is finished and examined like any other."""
    if call.answered_at:
        line.recorder.take(id_, call)


def progress(done: int, total: int) -> None:
    """How many prompts are built."""
    if sys.stdout.isatty():
        print("\r" + _tell.told(f"prompts: {done}/{total}"), end="\n" if done == total else "", flush=True)
    elif done == total:
        print(_tell.told(f"prompts: {total} ready"), flush=True)


def step(id_: str, text: str) -> str:
    """One line of one call, with the time."""
    return f"{datetime.now():%H:%M:%S.%f}"[:-3] + f" [{id_}] {_tell.step(text)}"


def _say(console: Console, id_: str, text: str) -> None:
    console.say(step(id_, text))


def _banner(settings: Settings, accounts: Accounts, adopted: bool) -> str:
    at = f"{settings.bind}:{settings.sip_port}"
    rows = [
        "95585 is open." + (" (Asterisk had been running on; it was taken over.)" if adopted else ""),
        f"  SIP (UDP)      {at}   RTP {settings.rtp_start}-{settings.rtp_end}",
        f"  FastAGI        127.0.0.1:{settings.agi_port}   AudioSocket 127.0.0.1:{settings.audiosocket_port}",
        f"  AMI            127.0.0.1:{settings.ami_port}",
        f"  data folder    {settings.data}",
        f"To call:       dial sip:95585@{at} from any softphone on this machine, without an account.",
        f"To be an agent: register a softphone at {at} with one of the agents' accounts, then dial *45 to log in;",
        "               *45 again logs out, *46 pauses; in a call *1 and *2 end it with the silent or noisy phrase.",
    ]
    if accounts.fresh:
        rows.append("The agents' accounts (shown once; `ivr agent list --json` shows them again):")
        rows += [f"  user {agent.number}   password {agent.secret}" for agent in accounts.agents]
    return "\n".join(rows)
