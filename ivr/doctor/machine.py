"""The machine: Python packages, disk, folders, ports."""

import importlib
import shutil
import sys
import tempfile
import warnings
from collections.abc import Iterator

from ivr import ports as ports_
from ivr.doctor import Finding, running
from ivr.settings import Settings

PACKAGES = ("asterisk.manager", "msgspec", "numpy", "panoramisk", "pydub", "uvloop", "yaml")
"""What must import; asterisk.manager is pyst2's."""
PRIVATE = 0o077


def packages(_settings: Settings) -> Iterator[Finding]:
    """Python is new enough and its packages import."""
    broken = []
    for name in PACKAGES:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                importlib.import_module(name)
        except ImportError as error:
            broken.append(f"{name} ({error})")
    python = ".".join(map(str, sys.version_info[:3]))
    if broken:
        yield Finding("python", f"cannot import {', '.join(broken)}", "run `make run`, which installs the packages")
    else:
        yield Finding("python", f"{python} with {', '.join(name.partition('.')[0] for name in PACKAGES)}")


def hearing(_settings: Settings) -> Iterator[Finding]:
    """Whether the compiled helper of the line's hearing is here."""
    from ivr.audio.hearing.compiled import FILE

    yield Finding(
        "hearing", "with its compiled helper" if FILE.exists() else "numpy alone: a C compiler makes it cheaper"
    )


def disk(settings: Settings) -> Iterator[Finding]:
    """Room for recordings."""
    free = shutil.disk_usage(running.existing(settings.data)).free >> 20
    text = f"{free} MB free at {settings.data}, {settings.least_free_mb} wanted"
    low = free < settings.least_free_mb
    yield Finding("disk", text, "make room, or lower `keep_days` or `least_free_mb` in ivr.toml" if low else "")


def folders(settings: Settings) -> Iterator[Finding]:
    """Recordings can be written; secrets are kept from others."""
    folder = running.existing(settings.data / "recordings")
    try:
        with tempfile.TemporaryFile(dir=folder):
            yield Finding("recordings", f"{folder} is writable")
    except OSError as error:
        yield Finding("recordings", f"{folder}: {error.strerror}", "give the folder to the user who runs the line")
    secret = settings.data / "accounts.json"
    if not secret.exists():
        return
    if running.accounts(settings) is None:
        yield Finding("accounts", f"{secret} cannot be read", "mend it, or remove it for new accounts")
    elif secret.stat().st_mode & PRIVATE:
        yield Finding("accounts", f"others can read {secret}", f"chmod 600 {secret}")
    else:
        yield Finding("accounts", "kept from others")


def ports(settings: Settings) -> Iterator[Finding]:
    """The line's ports are free, or held by the line itself."""
    pid = running.controller(settings)
    if pid:
        yield Finding("ports", f"held by this line, which runs as process {pid}")
        return
    ours = running.asterisk(settings)
    try:
        ports_.check(settings, asterisk_too=not ours)
    except ports_.PortTaken as taken:
        text, _, mend = str(taken).partition(". End")
        yield Finding("ports", text, f"End{mend}".rstrip("."))
        return
    yield Finding(
        "ports", "free" + (" (this line's Asterisk runs on; the next `ivr run` takes it over)" if ours else "")
    )
