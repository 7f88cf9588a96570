"""Office hours: a moment in, a state out; every mistake of a calendar told; a changed one taken up at once."""

import os
import time
from datetime import date, datetime

import pytest

from ivr.calendarask import no_calendars, told
from ivr.calendars import ZONE, ends, parse
from ivr.commands import AskCalendar
from ivr.events import CalendarTold, Failed
from ivr.faults import Faults
from ivr.livecalendars import LiveCalendars
from ivr.native import HOME

OFFICE = (HOME / "ivr/flows/calendars/office.yaml").read_text()
SMALL = """calendar: desk
week:
  mon-thu: 8:30-12:00, 13:30-17:30
  fri: 8:30-24:00
  sat-sun: closed
holidays: {2026-10-01..2026-10-02: 国庆节}
workdays: {2026-10-10: 调休}
special: {2026-10-02: 9:00-10:00}
"""


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp()


@pytest.mark.parametrize(
    ("moment", "state"),
    [
        ("2026-09-28 08:29", "closed"), ("2026-09-28 08:30", "open"), ("2026-09-28 11:59", "open"),
        ("2026-09-28 12:00", "closed"), ("2026-09-28 13:30", "open"), ("2026-09-28 17:30", "closed"),
        ("2026-10-09 23:59", "open"), ("2026-10-11 00:00", "closed"), ("2026-10-03 09:00", "closed"),
        ("2026-10-01 09:00", "holiday"), ("2026-10-01 23:59", "holiday"),
        ("2026-10-02 09:00", "open"), ("2026-10-02 10:00", "closed"),
        ("2026-10-10 09:00", "open"), ("2026-10-10 12:30", "closed"), ("2026-10-10 18:00", "closed"),
    ],
)  # fmt: skip
def test_a_moment_has_a_state(moment, state):
    assert parse(SMALL).state(at(moment))[0] == state


def test_the_day_has_its_name():
    assert parse(SMALL).state(at("2026-10-01 09:00")) == ("holiday", "国庆节")
    assert parse(SMALL).state(at("2026-10-10 09:00")) == ("open", "调休")
    assert parse(SMALL).state(at("2026-09-28 09:00")) == ("open", "")


def test_the_clock_of_the_machine_does_not_count(monkeypatch):
    monkeypatch.setenv("TZ", "EST5")
    time.tzset()
    try:
        assert parse(SMALL).state(at("2026-09-28 08:30"))[0] == "open"
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    ("day", "state"),
    [
        ("2025-01-26", "open"), ("2025-01-28", "holiday"), ("2025-10-08", "holiday"), ("2025-10-11", "open"),
        ("2026-01-04", "open"), ("2026-02-14", "open"), ("2026-02-16", "holiday"), ("2026-02-24", "open"),
        ("2026-05-09", "open"), ("2026-09-20", "open"), ("2026-09-26", "holiday"), ("2026-10-10", "open"),
        ("2026-10-17", "closed"),
    ],
)  # fmt: skip
def test_the_shipped_calendar_knows_what_was_announced(day, state):
    """As the State Council's notices for 2025 and 2026 have it."""
    assert parse(OFFICE).state(at(f"{day} 10:00"))[0] == state


def test_the_year_that_comes_must_be_there_from_december_on():
    calendar = parse(OFFICE)
    assert ends(calendar, date(2026, 11, 30)) == []
    (fault,) = ends(calendar, date(2026, 12, 1))
    assert fault.text.startswith("the holidays of 2027 are not named")
    assert len(ends(calendar, date(2028, 12, 1))) == 2


@pytest.mark.parametrize(
    ("old", "new", "place", "words"),
    [
        ("mon-thu:", "mon-wed:", 2, "`week` says nothing of thu; write their hours, or `closed`"),
        ("fri: 8", "thu: 8", 4, "thu has its hours twice; keep one"),
        ("mon-thu:", "monday:", 3, "`monday` is no day of the week"),
        ("mon-thu:", "thu-mon:", 3, "`thu-mon` is no day of the week"),
        ("8:30-12:00", "8.30-12", 3, "`8.30-12` is no time; write 8:30-17:30, several with commas, or `closed`"),
        ("8:30-12:00", "12:00-8:30", 3, "`12:00-8:30` is no time"),
        ("8:30-24:00", "8:30-24:01", 4, "is no time"),
        ("8:30-24:00", "8:60-9:30", 4, "is no time"),
        ("2026-10-01..2026-10-02:", "2026-10-32:", 6, "`2026-10-32` is no date; write 2026-10-01"),
        ("2026-10-01..2026-10-02:", "1 Oct:", 6, "`1 Oct` is no date"),
        ("2026-10-01..2026-10-02:", "2026-10-07..2026-10-01:", 6, "begins after its end"),
        ("2026-10-01..2026-10-02:", "2025-10-01..2026-10-02:", 6, "longer than 31 days"),
        ("{2026-10-10: 调休}", "{2026-10-01: 调休}", 7, "2026-10-01 is both a holiday and a workday; keep one"),
        ("calendar: desk\n", "", 1, "`calendar:` is missing; give the calendar a name"),
        ("week:\n", "weeks:\n", 2, "`weeks` is not known in the calendar"),
        ("  sat-sun: closed\n", "", 2, "`week` says nothing of sat, sun"),
        ("{2026-10-10: 调休}", "2026-10-10", 7, "`workdays` must be made of `name: value` lines"),
    ],
)
def test_each_mistake_is_told_with_its_place(old, new, place, words):
    assert old in SMALL
    with pytest.raises(Faults) as caught:
        parse(SMALL.replace(old, new), "desk.yaml")
    assert any(fault.line == place and words in fault.text for fault in caught.value), str(caught.value)


def test_all_mistakes_are_told_at_once():
    with pytest.raises(Faults) as caught:
        parse(SMALL.replace("8:30-24:00", "late").replace("2026-10-10", "soon"))
    assert len(caught.value.faults) == 2


def test_the_answer_is_an_event():
    calendar = parse(SMALL)
    moment = at("2026-10-01 09:00")
    answer = told(lambda name, then: calendar.state(then), AskCalendar("desk"), moment, 7)
    assert answer == CalendarTold(moment, 7, "holiday", "国庆节")
    assert told(no_calendars, AskCalendar("desk"), moment, 7) == Failed(moment, 7, "there is no calendar `desk`")


def test_a_running_line_takes_a_changed_calendar_up_and_refuses_a_broken_one(tmp_path):
    path, said = tmp_path / "desk.yaml", []
    live = LiveCalendars(tmp_path, said.append)
    monday = at("2026-09-28 09:00")
    with pytest.raises(LookupError, match="there is no calendar `desk`"):
        live.state("desk", monday)

    def write(text: str, stamp: int) -> None:
        path.write_text(text)
        os.utime(path, ns=(stamp, stamp))

    write(SMALL, 1)
    assert live.state("desk", monday)[0] == "open"
    write(SMALL.replace("8:30-12:00", "10:00-12:00"), 2)
    assert live.state("desk", monday)[0] == "closed"
    write("calendar: desk", 3)
    assert live.state("desk", monday)[0] == "closed"
    path.unlink()
    assert live.state("desk", monday)[0] == "closed"
    assert "calendar desk was taken up" in said
    assert any("the one before stays" in text for text in said)
