"""Goodbye, and the end."""

from ivr.commands import HangUp, Say
from tests.calling import Caller, flow_of


def test_it_says_goodbye_and_hangs_up():
    caller = Caller(flow_of("  one: {type: end}"))
    assert caller.pending == Say(("closing",), interruptible=False)
    caller.answer()
    assert caller.pending == HangUp("normal")


def test_its_mark_is_the_outcome():
    caller = Caller(flow_of("  one: {type: end, prompt: silent-call, mark: silent}"))
    caller.answer()
    assert caller.said() == ["silent-call"]
    assert caller.hang_up("line") == "silent"
