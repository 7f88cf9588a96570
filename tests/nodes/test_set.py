"""A text into a fact."""

from tests.calling import Caller, flow_of


def test_the_fact_has_the_value_and_the_call_goes_on():
    flow = flow_of("  one: {type: set, fact: tariff, value: gold, then: {done: person}}")
    caller = Caller(flow)
    assert caller.call.facts["tariff"] == "gold"
    assert caller.path == ["one", "person"]
