"""`ivr lsp`: a language server, which an editor starts."""

import argparse

from ivr.cli import Sorry, _tell
from ivr.settings import load

HELP = "a language server for editors: mistakes while you type, names to choose from, what prompts say"
EXAMPLES = """examples:
  ivr lsp                   an editor starts it and talks to it (docs/editors.md says how)
  python3 -m ivr.setup editor   fetches what it needs, once

exit code: 0 when the editor has ended it"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--stdio", action="store_true", help="talk over standard input and output, as always")


def run(options: argparse.Namespace) -> int:
    try:
        from ivr.editor.server import serve
    except ModuleNotFoundError as missing:
        raise Sorry(f"there is no package {missing.name}: run python3 -m ivr.setup editor") from None
    serve(load(), _tell.fault)
    return 0
