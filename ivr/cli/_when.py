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


def ahead(text: str, now: datetime) -> float:
    """Unix seconds of a moment to come: `18:00` is the next one, `2h` is in two hours; raises Sorry."""
    try:
        return _ahead(text.strip().lower(), now).timestamp()
    except (ValueError, OverflowError, OSError):
        raise Sorry(f"`{text}` is no moment: write 18:00, 30m, 2h, 3d, or a time such as 2026-03-01 14:30") from None


def _ahead(text: str, now: datetime) -> datetime:
    if match := re.fullmatch(r"([0-9]+)([mhd])", text):
        return now + timedelta(**{_UNITS[match[2]]: int(match[1])})
    if match := re.fullmatch(r"([0-9]{1,2}):([0-9]{2})", text):
        today = now.replace(hour=int(match[1]), minute=int(match[2]), second=0, microsecond=0)
        return today if today > now else today + timedelta(days=1)
    return datetime.fromisoformat(text)


def _moment(text: str, now: datetime) -> datetime:
    if text == "today":
        return now.replace(hour=0, minute=0, second=0, microsecond=0)
    if match := re.fullmatch(r"([0-9]+)([mhd])", text):
        return now - timedelta(**{_UNITS[match[2]]: int(match[1])})
    return datetime.fromisoformat(text)
