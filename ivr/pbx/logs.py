"""Asterisk's own log is kept small: it is rotated when it has grown, and the oldest parts are forgotten."""

from collections.abc import Awaitable, Callable
from pathlib import Path

MOST = 20 << 20
"""Bytes from which the log is rotated."""
KEPT = 5
"""Parts that are kept besides the one being written."""


async def keep_small(full: Path, cli: Callable[[str], Awaitable[str]], most: int = MOST) -> bool:
    """Lets Asterisk rotate its log `full` (to full.0, full.1 …) where it has grown; whether it did."""
    try:
        if full.stat().st_size <= most:
            return False
    except OSError:
        return False
    await cli("logger rotate")
    for part in full.parent.glob(f"{full.name}.*"):
        number = part.suffix.removeprefix(".")
        if number.isdigit() and int(number) >= KEPT:
            part.unlink(missing_ok=True)
    return True
