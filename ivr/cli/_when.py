"""Moments as people write them: `today`, `2h`, `30m`, `7d`, a date, a date and a time."""

import re
from datetime import datetime, timedelta

from ivr.cli import Sorry

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def moment(text: str, now: datetime) -> float:
    """Unix seconds of what was written; raises Sorry."""
    try:
        return _moment(text.strip().lower(), now).timestamp()
    except (ValueError, OverflowError, OSError):
        raise Sorry(
            f"`{text}` is no moment: write today, 2h, 30m, 7d, a date (2026-03-01) or a time (2026-03-01 14:30)"
        ) from None


def _moment(text: str, now: datetime) -> datetime:
    if text == "today":
        return now.replace(hour=0, minute=0, second=0, microsecond=0)
    if match := re.fullmatch(r"([0-9]+)([mhd])", text):
        return now - timedelta(**{_UNITS[match[2]]: int(match[1])})
    return datetime.fromisoformat(text)
