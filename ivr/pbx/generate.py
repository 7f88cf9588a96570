"""Writes what asterisk/conf cannot know: ports, folders and secrets (generated.conf), agents, asterisk.conf.

The files of asterisk/conf are linked beside them, so an admin's edit is in force after a reload.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from ivr.native import HOME, ROOT
from ivr.pbx.accounts import Accounts
from ivr.settings import Settings

CONF = HOME / "asterisk/conf"


def folders(settings: Settings) -> dict[str, Path]:
    """Asterisk's folders below the data folder, by their names in asterisk.conf."""
    base = settings.data / "asterisk"
    modules = [
        *sorted((ROOT / "usr/lib").glob("*/asterisk/modules")),
        *sorted(Path("/usr/lib").glob("*/asterisk/modules")),
        Path("/usr/lib/asterisk/modules"),
    ]
    return {
        "astetcdir": base / "etc",
        "astmoddir": modules[0],
        "astvarlibdir": base / "lib",
        "astdbdir": base / "lib",
        "astkeydir": base / "lib",
        "astdatadir": settings.data,
        "astagidir": base / "agi-bin",
        "astspooldir": base / "spool",
        "astrundir": base / "run",
        "astlogdir": base / "log",
        "astsbindir": base,
        "astcachedir": base / "cache",
    }


def generated(settings: Settings, accounts: Accounts) -> str:
    """The one include of asterisk/conf: templates (!) from which its sections inherit."""
    globals_ = {
        "IVR_AGI": f"{_local(settings)}:{settings.agi_port}",
        "IVR_LANGUAGE": settings.language,
        "IVR_RECORDINGS": settings.data / "recordings",
        "IVR_LONGEST": settings.longest_call,
        "IVR_RING": settings.ring_seconds,
        "IVR_QUEUE_WAIT": 300,
        "IVR_MOST_RESUMES": settings.controller_wait,
        "IVR_DRAFTS": "yes" if settings.bind.startswith("127.") else "no",
        **{f"IVR_AGENT_QUEUES_{agent.number}": _list(agent.queues) for agent in accounts.agents},
    }
    sections: dict[str, Mapping[str, object]] = {
        "ivr-globals": globals_,
        "ivr-transport": {"bind": f"{settings.bind}:{settings.sip_port}"},
        "ivr-public": {"match": settings.public},
        "ivr-queue": {"timeout": settings.ring_seconds},
        "ivr-endpoint": {"rtp_timeout": settings.rtp_timeout},
        "ivr-rtp": {"rtpstart": settings.rtp_start, "rtpend": settings.rtp_end},
        "ivr-manager": {"bindaddr": "127.0.0.1", "port": settings.ami_port},
        "ivr-manager-user": {"secret": accounts.ami_secret},
        "ivr-music": {"directory": music()},
    }
    text = "; Made by the controller at each start: do not edit, change ivr.toml instead.\n"
    for name, values in sections.items():
        text += f"\n[{name}](!)\n" + "".join(f"{key} = {value}\n" for key, value in values.items())
    return text


def agents(accounts: Accounts) -> str:
    """pjsip.conf's agents: endpoint, auth and aor each."""
    text = "; Made from accounts.json: `ivr agent add` and `ivr agent remove` change both.\n"
    for agent in accounts.agents:
        number = agent.number
        text += (
            f"\n[{number}](agent)\nauth = {number}-auth\naors = {number}\ncallerid = {number} <{number}>\n"
            f"[{number}-auth](agent-auth)\nusername = {number}\npassword = {agent.secret}\n"
            f"[{number}](agent-aor)\n"
        )
    return text


def music() -> Path:
    """The folder of the waiting music."""
    unpacked = ROOT / "usr/share/asterisk/moh"
    return unpacked if unpacked.exists() else Path("/usr/share/asterisk/moh")


def documentation() -> Path | None:
    """The descriptions of Asterisk's applications, without which it does not start: those that came with it."""
    shared = (ROOT / "usr/share/asterisk", Path("/usr/share/asterisk"), Path("/var/lib/asterisk"))
    return next((one / "documentation" for one in shared if (one / "documentation/core-en_US.xml").exists()), None)


def write(settings: Settings, accounts: Accounts) -> Path:
    """All files Asterisk starts with, below the data folder; the path of asterisk.conf."""
    places = folders(settings)
    for name, folder in places.items():
        if name not in ("astmoddir",):
            folder.mkdir(parents=True, exist_ok=True)
    etc = places["astetcdir"]
    for file in CONF.glob("*.conf"):
        _link(file, etc / file.name)
    write_accounts(settings, accounts)
    listed = "".join(f"{name} => {folder}\n" for name, folder in places.items())
    main = etc / "asterisk.conf"
    main.write_text(f'[directories]\n{listed}\n#include "{etc}/asterisk-options.conf"\n')
    _script(places["astagidir"] / "ivr-fallback", settings)
    link, found = settings.data / "documentation", documentation()
    if found and not link.exists():
        _link(found, link)
    return main


def write_accounts(settings: Settings, accounts: Accounts) -> None:
    """The two files that change with the accounts; a running Asterisk reads them again when it is told to."""
    etc = folders(settings)["astetcdir"]
    _secret(etc / "generated.conf", generated(settings, accounts))
    _secret(etc / "agents.conf", agents(accounts))


def _local(settings: Settings) -> str:
    """The controller's ports stay on loopback, whatever SIP is bound to."""
    return "127.0.0.1"


def _list(queues: tuple[str, ...]) -> str:
    return ",".join(queues)


def _link(target: Path, link: Path) -> None:
    if link.is_symlink() or link.exists():
        link.unlink()
    link.symlink_to(target)


def _secret(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        os.fchmod(descriptor, 0o600)
        file.write(text)


def _script(path: Path, settings: Settings) -> None:
    path.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m ivr.pbx.fallback "{settings.data}"\n')
    path.chmod(0o755)
