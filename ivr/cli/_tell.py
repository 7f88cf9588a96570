"""What commands say, in the language of the locale or the one that was asked for."""

from collections.abc import Sequence
from dataclasses import replace

from ivr.chinese import chinese, lines
from ivr.faults import Fault
from ivr.language import of_locale
from ivr.table import table as plain


def told(text: str, language: str | None = None) -> str:
    """A sentence, or several, one a line."""
    return lines(text) if (language or of_locale()) == "zh" else text


def alarm(text: str) -> str:
    """An alarm's text, which may be several faults with semicolons between them."""
    return "; ".join(map(told, text.split("; ")))


def fault(one: Fault, language: str | None = None) -> Fault:
    """A fault with its sentence in that language; its place stays as it is."""
    return replace(one, text=chinese(one.text)) if (language or of_locale()) == "zh" else one


def table(head: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[str] = ()) -> list[str]:
    """The lines of a table whose headings are told; columns named in `right` are aligned to the right."""
    return plain([told(name) for name in head], rows, [told(name) for name in right])
