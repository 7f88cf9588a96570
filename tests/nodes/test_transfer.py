"""A caller connected with a desk."""

import pytest

from ivr.check import House, check
from ivr.commands import JoinQueue, Transfer
from ivr.desks import in_text, names
from ivr.events import DeskLeft, Failed
from tests.calling import Caller, flow_of

ENDS = "\n".join(f"  {name}: {{type: end}}" for name in ("talked", "busy", "nobody", "away"))
THEN = "then: {answered: talked, busy: busy, no_answer: nobody, unavailable: away}"
FLOW = flow_of(f"  one: {{type: transfer, to: expert, timeout: 20s, {THEN}}}\n{ENDS}")


@pytest.mark.parametrize(
    ("status", "node"), [("answered", "talked"), ("busy", "busy"), ("no_answer", "nobody"), ("unavailable", "away")]
)
def test_what_came_of_it_leads_on(status, node):
    caller = Caller(FLOW)
    assert caller.pending == Transfer("expert", 20.0)
    caller.answer(DeskLeft, 30, status=status, agent="expert", connected=caller.now + 5 if node == "talked" else 0.0)
    assert caller.path == ["one", node]


def test_a_talk_counts_as_served_and_the_desk_hung_up_first():
    caller = Caller(FLOW)
    caller.answer(DeskLeft, 30, status="answered", agent="expert", rang=1.0, answered=2.0, connected=2.0)
    assert caller.hang_up("line") == "served"
    assert caller.call.ended_by == "agent"


def test_a_caller_who_hangs_up_while_it_rings_has_abandoned():
    caller = Caller(FLOW)
    caller.answer(DeskLeft, 3, status="hungup", agent="expert")
    assert caller.hang_up() == "abandoned"


def test_a_transfer_that_fails_goes_to_a_person():
    caller = Caller(FLOW)
    caller.answer(Failed, reason="there is no such extension")
    assert isinstance(caller.pending, JoinQueue)


def test_a_desk_that_the_dialplan_has_not_is_told():
    flow = flow_of(f"  one: {{type: transfer, to: experts, {THEN}}}\n{ENDS}")
    (text,) = [fault.text for fault in check(flow, House(desks=names())) if "desk" in fault.text]
    assert text.endswith("there are coordinator, expert, leader")


def test_desks_are_the_extensions_of_their_context():
    assert in_text("[a]\nexten => x,1,N()\n[desks]\nexten => one,1,G()\n same => n,R()\n[b]\nexten => y,1,N()\n") == {
        "one"
    }
    assert in_text("[a]\n") == frozenset()
