"""Colours where the terminal has them: not through a pipe, nor where NO_COLOR or a dumb terminal says otherwise."""

import os
import sys

CODES = {
    "caller": "36", "line": "32", "agent": "33", "queue": "35", "dim": "2", "bold": "1", "wrong": "31",
}  # fmt: skip
"""SGR codes by what is shown; the same few that every terminal has."""


def wanted() -> bool:
    """Whether what is printed may have colours."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM", "dumb") != "dumb"


def painted(text: str, what: str) -> str:
    """The text in its colour, where there are colours."""
    return f"\033[{CODES[what]}m{text}\033[0m" if text and what in CODES and wanted() else text


def prompted(text: str) -> str:
    """The same for what readline prints before it asks: its escapes are marked, or long lines would wrap wrongly."""
    return f"\001\033[1m\002{text}\001\033[0m\002" if wanted() else text
