"""Who calls: name and number out of a From header, as text and never as anything else (RFC 3261, 20.20)."""

import base64
import binascii
import re
from urllib.parse import unquote

MOST_NAME = 200
"""Characters of a display name that are kept."""

_DISPLAY = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|([^<"]*))\s*<?', re.DOTALL)
_LINE_END, _NO_DIGIT, _ESCAPED = re.compile(r"[\r\n]"), re.compile(r"[^0-9]"), re.compile(r"\\(.)")
_USER = re.compile(r"<?\s*(?:sips?|tel):([^@;>?]*)", re.IGNORECASE)


def decode(encoded: str) -> tuple[str, str]:
    """Number and name from the Base64 of a From header; what cannot be read is empty."""
    try:
        padded = encoded[: len(encoded) // 4 * 4]
        header = base64.b64decode(padded, validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return "", ""
    return number(header), name(header)


def number(header: str) -> str:
    """Digits and a leading plus of the URI's user part; everything else is dropped."""
    # A name may look like a URI: the one that counts stands behind it, or alone where there is no name.
    shown = _DISPLAY.match(header)
    named = shown is not None and (shown[0].endswith("<") or shown[1] is not None)
    match = _USER.search(header, shown.end() - 1 if shown and named else 0)
    user = unquote(match[1]) if match else ""
    # A line end would begin what a forger wants us to read as the next line: the number ends before it.
    user = _LINE_END.split(user, maxsplit=1)[0]
    digits = _NO_DIGIT.sub("", user)[:20]
    return ("+" if user.startswith("+") else "") + digits


def name(header: str) -> str:
    """The display name with escapes resolved and control characters made visible as spaces."""
    match = _DISPLAY.match(header)
    if not match:
        return ""
    text = _ESCAPED.sub(r"\1", match[1]) if match[1] is not None else (match[2] or "")
    if "<" not in header and match[1] is None:
        return ""
    if not text.isprintable():
        text = "".join(char if char.isprintable() else " " for char in text)
    return text.strip()[:MOST_NAME]
