"""The command line: `ivr COMMAND`, one module of ivr.cli each."""

import argparse
import importlib
import os
import sys

from ivr.faults import Faults

COMMANDS = ("run",)


def parser() -> argparse.ArgumentParser:
    """All commands with their help."""
    top = argparse.ArgumentParser(prog="ivr", description="The 95585 hotline engine.")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name in COMMANDS:
        module = importlib.import_module(f"ivr.cli.{name}")
        sub = commands.add_parser(
            name, help=module.HELP, description=module.HELP, epilog=module.EXAMPLES,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )  # fmt: skip
        module.arguments(sub)
        sub.set_defaults(run=module.run)
    return top


def main() -> int:
    """Runs one command; a user's mistake is told in sentences, never as a traceback."""
    options = parser().parse_args()
    try:
        return int(options.run(options))
    except Faults as faults:
        print(faults, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


if __name__ == "__main__":
    sys.exit(main())
