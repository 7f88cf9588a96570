"""The last line of a flow file that was taken from a version: which one, so that nobody overwrites another's work."""

import re

_MARK = re.compile(r"^# made from version ([0-9]{1,9})[ \t]*\r?\n?\Z", re.MULTILINE)


def unmarked(text: str) -> str:
    """The flow's own text, as it is published and compared."""
    found = _MARK.search(text)
    return text[: found.start()] if found else text


def made_from(text: str) -> int:
    """The version a text was made from; 0 where it does not say."""
    found = _MARK.search(text)
    return int(found[1]) if found else 0


def marked(text: str, version: int) -> str:
    """The text with its last line."""
    bare = unmarked(text)
    return f"{bare}{'' if bare.endswith(chr(10)) else chr(10)}# made from version {version}\n"
