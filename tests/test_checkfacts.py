"""Facts that a node reads and that nothing has set on some way to it."""

from ivr.checkfacts import unset
from ivr.states import space
from tests.calling import flow_of


def faults(nodes: str) -> list[str]:
    flow = flow_of(nodes)
    return [fault.text for fault in unset(flow, space(flow))]


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


def test_a_way_that_no_call_can_go_is_none():
    twice = """  one: {type: menu, prompt: a, then: {1: gold, no_answer: other}}
  gold: {type: set, fact: tariff, value: gold, then: {done: more}}
  more: {type: set, fact: since, value: "1999", then: {done: two}}
  other: {type: set, fact: tariff, value: other, then: {done: two}}
  two: {type: branch, fact: tariff, then: {gold: three, otherwise: person}}
  three: {type: branch, fact: since, then: {"19*": person, otherwise: person}}"""
    assert faults(twice) == []
    assert len(faults(twice.replace("value: other", "value: gold"))) == 1


def test_where_the_states_are_not_known_every_way_counts():
    flow = flow_of(
        """  one: {type: set, fact: tariff, value: gold, then: {done: two}}
  two: {type: branch, fact: tariff, then: {gold: person, otherwise: three}}
  three: {type: branch, fact: since, then: {"19*": person, otherwise: person}}"""
    )
    assert [*unset(flow, space(flow))] == []
    assert [*unset(flow, space(flow, most=2))] == [*unset(flow)] != []


def test_the_day_s_name_is_known_behind_the_hours():
    asked = """  one: {type: hours, then: {open: two, closed: two, holiday: two}}
  two: {type: branch, fact: day, then: {春节: person, otherwise: person}}"""
    assert faults(asked) == []
    assert len(faults(asked.replace("holiday: two", "holiday: two, failed: two"))) == 1
