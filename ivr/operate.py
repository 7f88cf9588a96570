"""One line opened and closed in order: accounts, Asterisk's files, ports, prompts, flow, Asterisk, controller.

Everything that can be wrong with what people wrote is found before anything is started.
"""

import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from ivr import ports, prompts_ready, queues
from ivr.database import is_broken, set_aside
from ivr.faults import Faults
from ivr.house import house_of
from ivr.line import Line, Tell
from ivr.liveflows import LiveFlows
from ivr.livenotices import LiveNotices
from ivr.noticeaudio import place
from ivr.pbx import accounts as accounts_
from ivr.pbx import generate
from ivr.pbx.accounts import Accounts
from ivr.pbx.asterisk import Asterisk
from ivr.pbx.generate import CONF
from ivr.pbx.needs import QUESTIONS, said, unmet
from ivr.settings import Settings
from ivr.store import Store


@dataclass(frozen=True)
class Opened:
    """A line that serves calls. `adopted`: its Asterisk had been running on from a controller before us."""

    settings: Settings
    accounts: Accounts
    asterisk: Asterisk
    line: Line
    adopted: bool


@asynccontextmanager
async def open_line(
    settings: Settings, tell: Tell, progress: Callable[[int, int], None], *, quiet: bool = False
) -> AsyncIterator[Opened]:
    """Opens a line; closes all of it again, Asterisk too. The caller holds the data folder (ports.sole_owner).

    A quiet line tells alarms and what concerns the line itself, but not the steps of its calls.
    """
    accounts = accounts_.load(settings.data)
    asterisk = Asterisk(settings, generate.write(settings, accounts))
    adopted = await asterisk.adopt()
    ports.check(settings, asterisk_too=not adopted)
    ports.note_owner(settings.data, settings)
    catalogue, warnings = prompts_ready.make(settings, progress)
    store = database(settings, tell)
    flows = LiveFlows(settings.flow_file, house_of(settings, catalogue), store, lambda text: tell("flow", text))
    languages = tuple(catalogue.languages)
    notices = LiveNotices(store, lambda prompt: place(prompt, languages, settings), lambda text: tell("notice", text))
    notices.look(time.time())
    line = Line(settings, accounts.ami_secret, flows, notices, store, tell, quiet=quiet)
    for warning in warnings:
        tell("prompts", str(warning))
    # one that runs on may have been started by an older release, or with other settings
    await (asterisk.reload() if adopted else asterisk.start())
    try:
        await heed_files(asterisk, settings, accounts, store, tell, refuse=not adopted)
        await line.start()
        store.serve()
        yield Opened(settings, accounts, asterisk, line, adopted)
    finally:
        await line.close()
        await asterisk.stop()
        store.close()


def database(settings: Settings, tell: Tell) -> Store:
    """The line's database; a broken one is set aside and begun anew, since callers cannot wait for its mend."""
    try:
        return _recovered(settings)
    except sqlite3.DatabaseError as error:
        if not is_broken(error):
            raise  # it is locked, its place cannot be used, or we are mistaken: it may be whole
        aside = set_aside(settings.database, f"{datetime.now():%Y%m%d-%H%M%S}")
        why = f"it was broken ({error}) and is begun anew, all that was in it until now is in {aside.name}"
    store = _recovered(settings)
    store.alarm("database", why, time.time())
    tell("line", f"ALARM database: {why}")
    return store


def _recovered(settings: Settings) -> Store:
    store = Store(settings.database)
    try:
        store.recover()
    except sqlite3.Error:
        store.close()
        raise
    return store


async def heed_files(
    asterisk: Asterisk, settings: Settings, accounts: Accounts, store: Store, tell: Tell, *, refuse: bool
) -> None:
    """Tells what of Asterisk's files keeps callers from being served; where it may `refuse`, raises Faults with all."""
    agents = frozenset(agent.number for agent in accounts.agents)
    found = unmet(await asterisk.answers(QUESTIONS), CONF, queues.names(), agents)
    faults = sorted({*(one.fault for one in found), *said(asterisk.read_of_its_files(), CONF)})
    if refuse and any(one.vital for one in found):
        raise Faults(faults)
    for fault in faults:
        store.alarm("asterisk", str(fault), time.time())
        tell("asterisk", f"ALARM {fault}")
