"""`--help` in the language of the locale: what argparse knows of a command, gone through once it is complete."""

import argparse
from collections.abc import Iterable

from ivr.chinese import chinese
from ivr.language import of_locale


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


def translate(parser: argparse.ArgumentParser) -> None:
    """Puts a parser's texts, which are complete, into Chinese where the locale is."""
    if of_locale() != "zh":
        return
    parser.description = chinese(parser.description or "")
    parser.epilog = "\n".join(map(chinese, (parser.epilog or "").split("\n")))
    for group in parser._action_groups:
        group.title = chinese(group.title or "")
    for action in parser._actions:
        action.help = chinese(action.help) if action.help else action.help
