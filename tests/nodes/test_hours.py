"""Where office hours lead."""

import pytest

from ivr.commands import AskCalendar, JoinQueue
from ivr.events import CalendarTold, Failed
from ivr.prove import prove
from tests.calling import Caller, flow_of


def asking(then: str = "open: yes, closed: no, holiday: feast") -> Caller:
    ends = "\n".join(f"  {name}: {{type: end}}" for name in ("yes", "no", "feast"))
    return Caller(flow_of(f"  one: {{type: hours, then: {{{then}}}}}\n{ends}"))


@pytest.mark.parametrize(("state", "node"), [("open", "yes"), ("closed", "no"), ("holiday", "feast")])
def test_the_calendar_is_asked_and_followed(state, node):
    caller = asking()
    assert caller.pending == AskCalendar("office")
    caller.answer(CalendarTold, state=state, day="春节")
    assert caller.path == ["one", node]
    assert caller.call.facts["day"] == "春节"


def test_a_holiday_may_count_as_closed():
    caller = asking("open: yes, closed: no")
    caller.answer(CalendarTold, state="holiday")
    assert caller.path == ["one", "no"]


def test_without_the_calendar_a_person():
    caller = asking()
    caller.answer(Failed, reason="there is no calendar `office`")
    assert isinstance(caller.pending, JoinQueue)


def test_who_waits_longest_for_a_person_is_who_the_hours_let_wait():
    flow = flow_of("""  one: {type: hours, then: {open: person, closed: long}}
  long: {type: say, prompt: a, then: {done: person}}""")
    bounds = prove(flow, lambda _: 4.0).bounds
    assert bounds is not None
    assert bounds.person == 4.0


def test_hours_that_lead_to_nobody_do_not_count_against_those_that_do():
    flow = flow_of("  one: {type: hours, then: {open: person, closed: bye}}\n  bye: {type: end}")
    bounds = prove(flow, lambda _: 4.0).bounds
    assert bounds is not None
    assert bounds.person == 0.0
