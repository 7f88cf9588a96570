"""Keys that take each other's place, and private data that would be recorded."""

import pytest

from ivr.checkkeys import keyed
from tests.calling import HOTLINE, flow_of

TO = "then: {done: person, no_answer: person}"


def told(nodes: str) -> list[str]:
    return [fault.text for fault in keyed(flow_of(nodes))]


def gather(name: str, more: str, to: str = TO) -> str:
    return f"  {name}: {{type: gather, prompt: enter-number, {more}, {to}}}\n"


def test_the_shipped_flow_has_none():
    assert list(keyed(HOTLINE)) == []


@pytest.mark.parametrize("more", ["fact: a", "fact: a, private: yes, check: luhn", 'fact: a, end: "*"'])
def test_what_is_in_order(more):
    assert told(gather("one", more)) == []


def test_a_digit_that_ends_a_number():
    (text,) = told(gather("one", "fact: a, end: 5"))
    assert text == "the key 5 ends the number of node `one`, and so can never be one of its digits; end it with # or *"


@pytest.mark.parametrize(
    ("check", "what"), [("check: luhn", "a card's number"), ("check: id, least: 18", "an identity number")]
)
def test_numbers_that_must_not_be_recorded(check, what):
    (text,) = told(gather("one", f"fact: a, {check}"))
    assert text == f"node `one` takes {what} while the call is recorded; pause it meanwhile: add `private: yes`"


def test_a_fact_that_is_private_elsewhere():
    nodes = gather("one", "fact: a, private: yes", "then: {done: two, no_answer: person}") + gather("two", "fact: a")
    (text,) = told(nodes)
    assert text.startswith("node `two` takes the fact `a` while the call is recorded, which is private in node `one`; ")


def test_a_choice_that_fits_everything():
    (text,) = told(
        '  one: {type: branch, fact: caller, then: {"138*": person, "*": bye, otherwise: person}}\n  bye: {type: end}'
    )
    assert text.startswith("`*` of node `one` fits every value, so that `otherwise` is never followed; ")
