"""Asterisk: the program, its release, its modules."""

import re
from collections.abc import Iterator

from ivr import queues
from ivr.doctor import Finding, running
from ivr.pbx.asterisk import REFERENCE, AsteriskError, command
from ivr.pbx.asterisk import version as release_of
from ivr.pbx.generate import CONF, documentation, folders
from ivr.pbx.needs import QUESTIONS, running_ones, unmet
from ivr.settings import Settings

FETCH = "run `make run`, which fetches one, or set `asterisk` in ivr.toml to the program"


def version(settings: Settings) -> Iterator[Finding]:
    """There is an Asterisk, and it is no older than the one the line was tried on."""
    try:
        release = release_of(settings)
        program = command(settings)[-1]
    except AsteriskError:
        yield Finding("asterisk", "there is none here", FETCH)
        return
    except OSError as error:
        yield Finding("asterisk", f"{settings.asterisk} cannot be started: {error.strerror}", FETCH)
        return
    wanted = ".".join(map(str, REFERENCE))
    text = f"{program} is {'.'.join(map(str, release))}, {wanted} is the reference"
    if release == (0, 0):
        yield Finding("asterisk", f"{program} does not tell its version", FETCH)
    else:
        yield Finding("asterisk", text, f"take {wanted} or newer: {FETCH}" if release < REFERENCE else "")
    if documentation() is None:
        yield Finding(
            "asterisk", "it does not start without its documentation (core-en_US.xml), which is not here", FETCH
        )


def modules(settings: Settings) -> Iterator[Finding]:
    """Every module that asterisk/conf/modules.conf loads is there and, while the line runs, is running."""
    wanted = named((CONF / "modules.conf").read_text())
    folder = folders(settings)["astmoddir"]
    absent = [name for name in wanted if not (folder / name).exists()]
    if absent:
        mend = "install asterisk-modules of the same release, or run `make run`"
        yield Finding("modules", f"{folder} has no {', '.join(absent)}", mend)
        return
    shown = running.cli(settings, "module show")
    if not shown:
        yield Finding("modules", f"all {len(wanted)} are in {folder} (checked further while the line runs)")
        return
    up = running_ones(shown)
    down = [name for name in wanted if name not in up]
    mend = f"look for them in {settings.data / 'asterisk/log'} and start the line again" if down else ""
    text = f"not running: {', '.join(down)}" if down else f"all {len(wanted)} are running"
    yield Finding("modules", text, mend)


def files(settings: Settings) -> Iterator[Finding]:
    """What the running Asterisk made of the files that an admin may edit: callers and agents can be served with it."""
    answers = {question: running.cli(settings, question) for question in QUESTIONS}
    if not any(answers.values()):
        return
    accounts = running.accounts(settings)
    agents = frozenset(agent.number for agent in accounts.agents) if accounts else frozenset[str]()
    found = unmet(answers, CONF, queues.names(), agents)
    for one in found:
        text, _, mend = one.fault.text.partition("; ")
        yield Finding("files", f"{one.fault.file}:{one.fault.line}: {text}", f"{mend}, then start the line again")
    if not found:
        yield Finding("files", f"{CONF}: callers, agents and queues have all they need")


def named(conf: str) -> list[str]:
    """The modules that a modules.conf loads."""
    return re.findall(r"^\s*(?:load|require|preload)\s*=>?\s*([\w.]+)", conf, re.MULTILINE)
