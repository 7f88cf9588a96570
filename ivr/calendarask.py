"""The answer to AskCalendar, which every host of calls gives itself, at once."""

from collections.abc import Callable

from ivr.commands import AskCalendar
from ivr.events import CalendarTold, Failed

Calendars = Callable[[str, float], tuple[str, str]]
"""What a calendar says of a moment: its state and the day's name; raises LookupError where there is no such one."""


def no_calendars(name: str, _at: float) -> tuple[str, str]:
    """Where none are kept."""
    raise LookupError(f"there is no calendar `{name}`")


def told(calendars: Calendars, command: AskCalendar, at: float, number: int) -> CalendarTold | Failed:
    """What a calendar says; a failure, which leads to a person, where there is none."""
    try:
        return CalendarTold(at, number, *calendars(command.calendar, at))
    except LookupError as error:
        return Failed(at, number, str(error.args[0]))
