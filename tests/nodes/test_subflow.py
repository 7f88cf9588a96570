"""Into a part of the way that stands elsewhere; what it does there is in tests/test_subflows.py."""

import pytest

from ivr.faults import Faults
from tests.calling import Caller, flow_named, flow_of


def test_the_call_enters_and_goes_on_where_the_subflow_comes_back():
    flow = flow_named("office")
    assert flow.nodes["number"].then == {"enter": "number.ask"}
    assert flow.nodes["number.ask"].then == {"done": "which", "no_answer": "back"}
    assert Caller(flow_of("  one: {type: set, fact: a, value: b, then: {done: person}}")).path == ["one", "person"]


def test_where_the_call_goes_on_must_be_said():
    with pytest.raises(Faults, match="it does not say where the call goes on; add `done:` under `then:`"):
        flow_of("  one: {type: subflow, flow: number}")
