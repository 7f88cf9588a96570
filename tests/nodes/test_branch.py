"""Where the value of a fact leads."""

import pytest

from ivr.faults import Faults
from tests.calling import Caller, flow_of

LEADS = '{"138*": two, "1380*": three, "13800138000": four, otherwise: five}'
ENDS = "\n".join(
    f"  {name}: {{type: say, prompt: closing, then: {{done: end}}}}" for name in ("two", "three", "four", "five")
)
FLOW = flow_of(f"  one: {{type: branch, fact: caller, then: {LEADS}}}\n{ENDS}")


@pytest.mark.parametrize(
    ("number", "node"),
    [("13912345678", "five"), ("13812345678", "two"), ("13801234567", "three"), ("13800138000", "four"), ("", "five")],
)
def test_of_the_values_that_fit_the_longest_counts(number, node):
    assert Caller(FLOW, number).path == ["one", node]


def test_a_branch_without_values_is_refused():
    with pytest.raises(Faults, match="it has no value to follow"):
        flow_of("  one: {type: branch, fact: caller, then: {otherwise: person}}")
