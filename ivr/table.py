"""Plain tables for a terminal or a pipe; Chinese characters take two places, so columns stay in line."""

import unicodedata
from collections.abc import Sequence

GAP = "  "


def width(text: str) -> int:
    """How many places a text takes on a terminal."""
    return sum(_places(char) for char in text)


def _places(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Cf", "Me", "Mn"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def pad(text: str, places: int, right: bool = False) -> str:
    """The text filled up with spaces to so many places."""
    space = " " * (places - width(text))
    return space + text if right else text + space


def table(head: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[str] = ()) -> list[str]:
    """The lines of a table; columns named in `right` are aligned to the right, as numbers are."""
    widths = [max(width(cell) for cell in column) for column in zip(head, *rows, strict=True)]
    flush = [name in right for name in head]
    return [
        GAP.join(pad(cell, places, side) for cell, places, side in zip(row, widths, flush, strict=True)).rstrip()
        for row in (head, *rows)
    ]
