"""Which parts of this line run right now: the controller, its Asterisk."""

import fcntl
import subprocess
from pathlib import Path

from ivr.pbx import accounts as accounts_
from ivr.pbx.accounts import Accounts
from ivr.pbx.asterisk import AsteriskError, command
from ivr.settings import Settings

PATIENCE = 5.0


def controller(settings: Settings) -> int:
    """The process id of the controller that holds the data folder; 0 where none does."""
    path = settings.data / "line.lock"
    try:
        with path.open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError:
                return int(file.read().split()[0])
    except (OSError, ValueError, IndexError):
        return 0
    return 0


def cli(settings: Settings, text: str) -> str:
    """What our running Asterisk prints for a CLI command; empty where it does not run."""
    main = settings.data / "asterisk/etc/asterisk.conf"
    if not main.exists():
        return ""
    try:
        done = subprocess.run(
            [*command(settings), "-C", str(main), "-rx", text],
            capture_output=True, text=True, errors="replace", timeout=PATIENCE, check=False,
        )  # fmt: skip
    except (OSError, AsteriskError, subprocess.TimeoutExpired):
        return ""
    return "" if "Unable to connect" in done.stdout + done.stderr else done.stdout


def asterisk(settings: Settings) -> bool:
    """Whether our Asterisk runs."""
    return "Asterisk" in cli(settings, "core show version")


def accounts(settings: Settings) -> Accounts | None:
    """The agents' accounts, None where there are none yet or their file is damaged; none are made."""
    try:
        return accounts_.load(settings.data) if (settings.data / "accounts.json").exists() else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def existing(path: Path) -> Path:
    """The folder itself, or the nearest one above it that is there."""
    while not path.exists() and path != path.parent:
        path = path.parent
    return path
