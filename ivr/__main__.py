"""The command line: `ivr COMMAND`, one module of ivr.cli each."""

import argparse
import errno
import importlib
import io
import os
import signal
import sqlite3
import sys

if __name__ == "__main__":  # nothing has begun while Python still loads: Ctrl-C ends that without a traceback
    signal.signal(signal.SIGINT, signal.SIG_DFL)

from ivr.cli import Sorry, _tell
from ivr.faults import Faults
from ivr.helptext import Formatter, translate

PLACES = {errno.EACCES, errno.EPERM, errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.EROFS, errno.ELOOP}
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO}
DAMAGE = ("unable to open", "not a database", "malformed", "readonly", "disk")
"""Words of SQLite for a file that cannot be used; its others tell of a mistake of ours."""
COMMANDS = (
    "run",
    "calls",
    "call",
    "promises",
    "alarms",
    "replay",
    "simulate",
    "check",
    "test",
    "whatif",
    "flow",
    "notice",
    "graph",
    "listen",
    "score",
    "prompts",
    "agent",
    "lsp",
    "doctor",
    "demo",
)


def parser(word: str = "") -> argparse.ArgumentParser:
    """All commands with their help; where `word` names one, only that one is loaded."""
    top = argparse.ArgumentParser(prog="ivr", description="The 95585 hotline engine.", formatter_class=Formatter)
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name in [word] if word in COMMANDS else COMMANDS:
        module = importlib.import_module(f"ivr.cli.{name}")
        sub = commands.add_parser(
            name, help=_tell.told(module.HELP), description=module.HELP, epilog=module.EXAMPLES,
            formatter_class=Formatter,
        )  # fmt: skip
        module.arguments(sub)
        sub.set_defaults(run=module.run)
        translate(sub)
    translate(top)
    return top


def main() -> int:
    """Runs one command; a user's mistake is told in sentences, never as a traceback."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that knows no Chinese shows ? instead
    options = parser(*sys.argv[1:2]).parse_args()
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        code = int(options.run(options))
        sys.stdout.flush()
        return code
    except Faults as faults:
        print("\n".join(str(_tell.fault(fault)) for fault in faults), file=sys.stderr)
        return 1
    except Sorry as sorry:
        print(f"ivr: {_tell.told(str(sorry))}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (OSError, sqlite3.DatabaseError) as error:
        if not (sentence := unusable(error)):
            raise
        print(f"ivr: {_tell.told(sentence)}", file=sys.stderr)
        return 1


def unusable(error: OSError | sqlite3.DatabaseError) -> str:
    """A sentence on a folder, file, disk or database that cannot be used; empty where it is a mistake of ours."""
    mend = "see to it, or name another place in ivr.toml or the environment"
    if isinstance(error, sqlite3.DatabaseError):
        ours = not any(word in str(error) for word in DAMAGE)
        return "" if ours else f"the database of the data folder cannot be used: {error}; {mend}"
    if error.filename and error.errno in PLACES:
        return f"{error.filename} cannot be used: {error.strerror}; {mend}"
    return f"the disk cannot be written: {error.strerror}; {mend}" if error.errno in FULL else ""


if __name__ == "__main__":
    sys.exit(main())
