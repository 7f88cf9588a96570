"""A flow's text with the texts of its subflows behind it, so that a version, a hash and a replay have all of it."""

import re
from collections.abc import Iterable

BREAK = "--- # subflow\n"
_BREAK = re.compile(r"^--- # subflow[ \t]*\r?\n", re.MULTILINE)


def parts(text: str) -> list[str]:
    """The flow's own text, then those of its subflows."""
    return _BREAK.split(text)


def whole(texts: Iterable[str]) -> str:
    """The flow's own text with those of its subflows behind it."""
    return BREAK.join(one if one.endswith("\n") else f"{one}\n" for one in texts)
