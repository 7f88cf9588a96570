"""What callers meet: the synthesiser, the prompts, the flow, the queues."""

import shlex
import shutil
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime
from pathlib import Path

from ivr.audio.catalogue import load as load_catalogue
from ivr.audio.promptcheck import check as check_prompts
from ivr.calendarfiles import ending
from ivr.calendarfiles import faults as faults_of
from ivr.check import QUEUES
from ivr.doctor import Finding, running
from ivr.faults import Fault, Faults
from ivr.flow import Flow
from ivr.flowfile import load as load_flow
from ivr.flowfile import parse
from ivr.house import house_of
from ivr.native import program
from ivr.notices import Notices
from ivr.pbx.generate import music
from ivr.queues import names as queue_names
from ivr.settings import CALENDARS, Settings
from ivr.store import Store
from ivr.versions import Versions
from ivr.vetting import vetted

BUILD = "run `ivr prompts build` (`ivr run` does it by itself)"
SHOWN = 3
"""Faults of one kind that are told in full."""


def synthesiser(settings: Settings) -> Iterator[Finding]:
    """The program that reads prompts aloud."""
    if not settings.synthesiser:
        found = program("espeak-ng")
        mend = "" if found else "run `make run`, which fetches it, or set `synthesiser` in ivr.toml"
        yield Finding("synthesiser", found[-1] if found else "espeak-ng is not here", mend)
        return
    try:
        words = shlex.split(settings.synthesiser)
    except ValueError as error:
        yield Finding("synthesiser", f"the command cannot be read: {error}", "mend `synthesiser` in ivr.toml")
        return
    lacking = [name for name in ("{text}", "{out}") if not any(name in word for word in words)]
    if lacking:
        yield Finding("synthesiser", f"the command has no {' and no '.join(lacking)}", "add it in ivr.toml")
    elif not shutil.which(words[0]):
        yield Finding("synthesiser", f"{words[0]} is not here", "install it, or mend `synthesiser` in ivr.toml")
    else:
        yield Finding("synthesiser", settings.synthesiser)


def prompts(settings: Settings) -> Iterator[Finding]:
    """Every prompt has audio that is fit for the line, and there is music for those who wait."""
    try:
        catalogue = load_catalogue(settings.prompts)
        faults = check_prompts(catalogue, settings.data / "sounds")
    except Faults as found:
        yield from _told("prompts", found.faults, "mend the text file")
        return
    if faults and not (settings.data / "sounds").exists():
        yield Finding("prompts", "none are built yet", BUILD)
    elif faults:
        yield from _told("prompts", faults, BUILD)
    else:
        yield Finding("prompts", f"all {len(list(catalogue.built()))} are built and fit")
    if not any(music().glob("*")):
        yield Finding("music", f"no music on hold in {music()}", "install asterisk-moh-opsound-wav or run `make run`")


def flows(settings: Settings) -> Iterator[Finding]:
    """The flow that callers meet, as it is published or in its file, has no mistake."""
    version, text = _published(settings)
    try:
        flow, wrong = vetted(lambda: _flow(settings, version, text), house_of(settings), lambda _flow: False)
    except Faults as found:
        yield from _told("flow", found.faults, f"mend it and run `ivr check {settings.flow}`")
        return
    yield from _told("flow", wrong, f"mend it and run `ivr check {settings.flow}`")
    what = f"version {version} of {settings.flow}" if version else str(settings.flow_file)
    yield Finding("flow", f"{what}: {len(flow.nodes)} nodes, no mistake")


def _flow(settings: Settings, version: int, text: str) -> Flow:
    return parse(text, f"{settings.flow} version {version}") if version else load_flow(settings.flow_file)


def _published(settings: Settings) -> tuple[int, str]:
    """The version that runs and its text; 0 where the file does."""
    if not settings.database.exists():
        return 0, ""
    with closing(Store(settings.database)) as store:
        versions = Versions(store)
        release = versions.running(settings.flow)
        found = versions.get(settings.flow, release.version) if release else None
        return (found.number, versions.text(found.hash)) if found else (0, "")


def calendars(settings: Settings) -> Iterator[Finding]:
    """The calendars can be read, and name the holidays that come next; told only if there are any."""
    for path in sorted((settings.flows / CALENDARS).glob("*.yaml")):
        if wrong := [*faults_of(path), *ending(path, date.today())]:
            yield from _told("calendars", wrong, "mend it; a running line takes it up by itself")
        else:
            yield Finding("calendars", f"{path}: no mistake")


def queues(settings: Settings) -> Iterator[Finding]:
    """The queues that flows and agents name are in queues.conf."""
    there = queue_names()
    accounts = running.accounts(settings)
    wanted = set(QUEUES) | {queue for agent in (accounts.agents if accounts else ()) for queue in agent.queues}
    absent = sorted(wanted - there)
    mend = "add a section for each to asterisk/conf/queues.conf, then restart the line" if absent else ""
    text = f"queues.conf has no {', '.join(absent)}" if absent else ", ".join(sorted(wanted))
    yield Finding("queues", text, mend)


def notices(settings: Settings) -> Iterator[Finding]:
    """The notices that are on, or to come, have their audio; told only if there are any."""
    if not settings.database.exists():
        return
    with closing(Store(settings.database)) as store:
        found = [one for one in Notices(store).all() if not one.ended(time.time())]
    for one in found:
        there = (settings.data / "sounds" / settings.language / f"{one.prompt}.wav").is_file()
        mend = "" if there else f"run `ivr notice off {one.number}`, then `ivr notice on` again"
        until = f"until {datetime.fromtimestamp(one.until_at):%Y-%m-%d %H:%M}" if one.until_at else "until switched off"
        state = "on" if one.on(time.time()) else f"from {datetime.fromtimestamp(one.from_at):%Y-%m-%d %H:%M}"
        whom = " ".join(one.queues) or "all"
        yield Finding("notices", f"{one.number} is {state}, {until}, for {whom}: “{one.text}”", mend)


def _told(name: str, faults: list[Fault], mend: str) -> Iterator[Finding]:
    for fault in faults[:SHOWN]:
        yield Finding(name, f"{_short(fault.file)}:{fault.line}:{fault.column}: {fault.text}", mend)
    if len(faults) > SHOWN:
        yield Finding(name, f"and {len(faults) - SHOWN} more like these", mend)


def _short(file: str) -> str:
    try:
        return str(Path(file).relative_to(Path.cwd()))
    except ValueError:
        return file
