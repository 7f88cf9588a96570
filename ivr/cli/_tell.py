"""What commands say, in the language of the locale or the one that was asked for."""

import re
from collections.abc import Sequence
from dataclasses import replace

from ivr.chinese import chinese, lines
from ivr.faults import Fault
from ivr.language import of_locale
from ivr.table import table as plain

ALARM = "ALARM "
_ENDED = re.compile(r"ended: (\w+), by (\w+)")
_SCRIPT = re.compile(r" *-?[0-9]+\.[0-9]+ [<>] ")


def told(text: str, language: str | None = None) -> str:
    """A sentence, or several, one a line."""
    return lines(text) if (language or of_locale()) == "zh" else text


def step(text: str) -> str:
    """What a running line tells; the steps of a call are lines of a call script, which are in no language."""
    if of_locale() != "zh" or _SCRIPT.match(text):
        return text
    if ended := _ENDED.fullmatch(text):
        return lines("ended: {}, by {}".format(*map(told, ended.groups())))
    kind, _, what = text.removeprefix(ALARM).partition(": ")
    if text.startswith(ALARM) and told(kind) != kind:
        return f"{told(ALARM.strip())} {told(kind)}:{alarm(what)}"
    return lines(text)


def alarm(text: str) -> str:
    """An alarm's text, which may be several faults with semicolons between them."""
    return "; ".join(map(told, text.split("; ")))


def fault(one: Fault, language: str | None = None) -> Fault:
    """A fault with its sentence in that language; its place stays as it is."""
    return replace(one, text=chinese(one.text)) if (language or of_locale()) == "zh" else one


def table(head: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[str] = ()) -> list[str]:
    """The lines of a table whose headings are told; columns named in `right` are aligned to the right."""
    return plain([told(name) for name in head], rows, [told(name) for name in right])
