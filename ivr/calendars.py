"""Office hours: a week, public holidays, and the days on which they are worked off. Pure: a moment in, a state out.

All times are China's, UTC+8 the whole year (no summer time since 1991), so that no zone data is needed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone

import yaml

from ivr.faults import Fault, Faults
from ivr.yamlfile import Entry, YamlReader

ZONE = timezone(timedelta(hours=8))
OPEN, CLOSED, HOLIDAY = STATES = ("open", "closed", "holiday")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SHUT = "closed"
DAY = 24 * 60
MONDAY = 0
TOP = ("calendar", "about", "week", "holidays", "workdays", "special")
LONGEST = 31
"""Days of one holiday at most: more is a slip in a year or a month."""
_SPAN = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")
_DATES = re.compile(r"(\d{4}-\d{2}-\d{2})(?:\.\.(\d{4}-\d{2}-\d{2}))?")

Spans = tuple[tuple[int, int], ...]
"""Minutes of the day, begin and end, in which somebody is there."""


@dataclass(frozen=True)
class Calendar:
    """When an office is open: each weekday's hours, and what single days have instead."""

    name: str
    week: dict[int, Spans]
    holidays: dict[date, str] = field(default_factory=dict)
    workdays: dict[date, str] = field(default_factory=dict)
    special: dict[date, Spans] = field(default_factory=dict)
    file: str = ""

    def state(self, at: float) -> tuple[str, str]:
        """`open`, `closed` or `holiday` at a moment (Unix seconds), and the name of the day where it has one."""
        now = datetime.fromtimestamp(at, UTC).astimezone(ZONE)
        day, minute = now.date(), now.hour * 60 + now.minute
        name = self.holidays.get(day) or self.workdays.get(day, "")
        if day in self.holidays and day not in self.special:
            return HOLIDAY, name
        spans = self.special.get(day, self.week[MONDAY if day in self.workdays else day.weekday()])
        return (OPEN if any(begin <= minute < end for begin, end in spans) else CLOSED), name

    def years(self) -> set[int]:
        """The years whose holidays it names."""
        return {day.year for day in self.holidays}


def parse(text: str, file: str = "calendar.yaml") -> Calendar:
    """The calendar in a text; raises Faults with every mistake."""
    return _Reader(text, file).calendar()


def ends(calendar: Calendar, today: date) -> list[Fault]:
    """Says where the holidays of this year, or from December on of the next one, are not named."""
    wanted = {today.year, today.year + (today.month == 12)}
    text = "the holidays of {} are not named: add them, as the State Council announces them each November"
    return [Fault(calendar.file, 1, 1, text.format(year)) for year in sorted(wanted - calendar.years())]


class _Reader(YamlReader):
    def calendar(self) -> Calendar:
        top = self._mapping(self._tree(), "the calendar", TOP)
        name = self._text(top, "calendar")
        week = self._week(top.get("week"))
        holidays = self._named_days(top.get("holidays"), "holidays")
        workdays = self._named_days(top.get("workdays"), "workdays")
        special = self._special(top.get("special"))
        for key, why in _WHY.items():
            if key not in top:
                self._fault(None, f"`{key}:` is missing; {why}")
        for day in sorted(holidays.keys() & workdays.keys()):
            self._fault(top["workdays"].key, f"{day} is both a holiday and a workday; keep one")
        if self.faults:
            raise Faults(self.faults)
        return Calendar(name, week, holidays, workdays, special, self.file)

    def _week(self, entry: Entry | None) -> dict[int, Spans]:
        week: dict[int, Spans] = {}
        for key, one in self._mapping(entry.value, "`week`").items() if entry else ():
            days, spans = self._weekdays(key, one), self._spans(key, one)
            for day in days:
                if day in week:
                    self._fault(one.key, f"{DAYS[day]} has its hours twice; keep one")
                week[day] = spans
        missing = [name for number, name in enumerate(DAYS) if number not in week]
        if entry and missing and not self.faults:
            text = f"`week` says nothing of {', '.join(missing)}; write their hours, or `{SHUT}`"
            self._fault(entry.key, text)
        return week

    def _weekdays(self, key: str, entry: Entry) -> range:
        first, _, last = key.partition("-")
        if first not in DAYS or (last or first) not in DAYS or DAYS.index(last or first) < DAYS.index(first):
            self._fault(entry.key, f"`{key}` is no day of the week; write mon to sun, or a range such as mon-fri")
            return range(0)
        return range(DAYS.index(first), DAYS.index(last or first) + 1)

    def _spans(self, key: str, entry: Entry) -> Spans:
        text = self._text({key: entry}, key)
        spans = []
        for part in text.split(",") if text not in ("", SHUT) else ():
            match = _SPAN.fullmatch(part.strip())
            begin, end = (int(match[at]) * 60 + int(match[at + 1]) for at in (1, 3)) if match else (0, 0)
            if not match or not begin < end <= DAY or int(match[2]) > 59 or int(match[4]) > 59:
                text = f"`{part.strip()}` is no time; write 8:30-17:30, several with commas, or `{SHUT}`"
                self._fault(entry.value, text)
            spans.append((begin, end))
        return tuple(spans)

    def _named_days(self, entry: Entry | None, what: str) -> dict[date, str]:
        found: dict[date, str] = {}
        for key, one in self._mapping(entry.value, f"`{what}`").items() if entry else ():
            name = self._text({key: one}, key)
            found |= dict.fromkeys(self._dates(key, one.key), name)
        return found

    def _special(self, entry: Entry | None) -> dict[date, Spans]:
        found: dict[date, Spans] = {}
        for key, one in self._mapping(entry.value, "`special`").items() if entry else ():
            found |= dict.fromkeys(self._dates(key, one.key), self._spans(key, one))
        return found

    def _dates(self, text: str, node: yaml.Node) -> Iterator[date]:
        match = _DATES.fullmatch(text)
        try:
            first, last = (date.fromisoformat(match[at] or match[1]) for at in (1, 2)) if match else (date.min,) * 2
        except ValueError:
            match = None
        if not match:
            self._fault(node, f"`{text}` is no date; write 2026-10-01, or 2026-10-01..2026-10-07")
        elif not 0 <= (last - first).days < LONGEST:
            self._fault(node, f"`{text}` begins after its end, or is longer than {LONGEST} days; look at its months")
        else:
            yield from (first + timedelta(days) for days in range((last - first).days + 1))


_WHY = {"calendar": "give the calendar a name", "week": "write the hours of every day, or `closed`"}
