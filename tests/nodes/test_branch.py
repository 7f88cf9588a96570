"""Where the value of a fact leads."""

import pytest

from ivr.check import House, check
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


def faults(nodes: str) -> list[str]:
    return [fault.text for fault in check(flow_of(nodes), House()) if "reads the fact" in fault.text]


def test_a_branch_without_values_is_refused():
    with pytest.raises(Faults, match="it has no value to follow"):
        flow_of("  one: {type: branch, fact: caller, then: {otherwise: person}}")


def test_a_fact_that_nothing_sets_is_told():
    (text,) = faults("  one: {type: branch, fact: tariff, then: {gold: person, otherwise: person}}")
    assert text.startswith("node `one` reads the fact `tariff`, which nothing sets on some way to it")
    assert "caller, dialled, language, queue" in text


def test_a_fact_that_only_one_way_sets_is_told():
    both = """  one: {type: menu, prompt: a, then: {1: two, no_answer: three}}
  two: {type: set, fact: tariff, value: gold, then: {done: three}}
  three: {type: branch, fact: tariff, then: {gold: person, otherwise: person}}"""
    assert len(faults(both)) == 1
    assert faults(both.replace("no_answer: three", "no_answer: two")) == []


def test_a_fact_of_a_node_that_failed_is_not_set():
    after = """  one: {type: gather, prompt: a, fact: x, then: {done: two, no_answer: two, failed: two}}
  two: {type: branch, fact: x, then: {1: person, otherwise: person}}"""
    assert len(faults(after)) == 1
    assert faults(after.replace(", failed: two", "")) == []


def test_what_listening_brings_is_known_behind_it():
    heard = """  one: {type: line_check, then: {speech: two, key: two, noise: two, silence: two}}
  two: {type: branch, fact: line, then: {speech: person, otherwise: person}}"""
    assert faults(heard) == []
