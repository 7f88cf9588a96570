"""`--help` in the language of the locale: what argparse knows of a command, gone through once it is complete."""

import argparse
import re
from collections.abc import Iterable

from ivr.chinese import chinese
from ivr.language import of_locale

_EXAMPLE = re.compile(r"(  \S.*?\S\s{2,})(\S.*)")


class Formatter(argparse.RawDescriptionHelpFormatter):
    """Leaves examples as they are written; argparse's own word before the form is Chinese too."""

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[argparse._MutuallyExclusiveGroup],
        prefix: str | None = None,
    ) -> None:
        """See argparse."""
        own = chinese("usage: ") if of_locale() == "zh" else None
        super().add_usage(usage, actions, groups, own if prefix is None else prefix)


def explained(line: str) -> tuple[str, str]:
    """A line of a command's examples: what is typed, and what is said of it."""
    example = _EXAMPLE.fullmatch(line)
    return (example[1], example[2]) if example else ("", line)


def translate(parser: argparse.ArgumentParser) -> None:
    """Puts a parser's texts, which are complete, into Chinese where the locale is."""
    if of_locale() != "zh":
        return
    parser.description = chinese(parser.description or "")
    parts = map(explained, (parser.epilog or "").split("\n"))
    parser.epilog = "\n".join(typed + chinese(said) for typed, said in parts)
    for group in parser._action_groups:
        group.title = chinese(group.title or "")
    for action in parser._actions:
        action.help = chinese(action.help) if action.help else action.help
