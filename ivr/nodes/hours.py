"""`hours`: goes where the office hours of a calendar lead at this moment."""

from collections.abc import Callable
from dataclasses import dataclass

from ivr.ask import Run, ask_calendar
from ivr.call import Call
from ivr.flow import CalendarName, Node


@dataclass(frozen=True)
class Hours(Node, type="hours"):
    """Asks a calendar of the `calendars` folder: open, closed, or a public holiday (which may count as closed)."""

    outcomes = ("open", "closed", "holiday")
    instead = {"holiday": "closed"}
    world = True
    keeps_keys = True
    calendar: CalendarName = CalendarName("office")

    def gives(self, outcome: str) -> frozenset[str]:
        """See `Node.gives`: the day's name, empty on an ordinary day."""
        return frozenset() if outcome == "failed" else frozenset({"day"})

    def longest(self, seconds: Callable[[str], float]) -> float:
        return 0.0

    def run(self, call: Call) -> Run:
        return (yield from ask_calendar(call, self.calendar))
