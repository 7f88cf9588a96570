"""Something looked up in another system, and its facts."""

import pytest

from ivr.check import House
from ivr.commands import JoinQueue, LookUp
from ivr.events import Failed, LookedUp
from ivr.faults import Faults
from ivr.vetting import proof_of
from tests.calling import Caller, flow_of

THEN = "then: {found: which, unknown: person, unavailable: person}"
WHICH = "\n  which: {type: branch, fact: tariff, then: {gold: bye, otherwise: person}}\n  bye: {type: end}"


def looking(more: str = "path: /policies/{caller}, facts: {tariff: p.tariff}", then: str = THEN):
    more = more.replace("path: /policies/{caller}", 'path: "/policies/{caller}"')
    return flow_of(f"  one: {{type: lookup, service: crm, {more}, {then}}}{WHICH}")


def test_the_service_is_asked_and_its_facts_lead():
    caller = Caller(looking())
    assert caller.pending == LookUp("crm", "/policies/13800138000", (("tariff", "p.tariff"),), 3.0, 2)
    caller.answer(LookedUp, status="found", facts={"tariff": "gold", "other": "x"})
    assert caller.path == ["one", "which", "bye"]
    assert "other" not in caller.call.facts


@pytest.mark.parametrize("status", ["unknown", "unavailable"])
def test_what_is_not_found_leads_elsewhere_and_sets_nothing(status):
    caller = Caller(looking())
    caller.answer(LookedUp, status=status)
    assert caller.path == ["one", "person"]
    assert "tariff" not in caller.call.facts


def test_a_hidden_number_is_unknown_without_asking():
    assert Caller(looking(), "").path == ["one", "person"]


def test_what_is_filled_in_cannot_change_the_path():
    caller = Caller(looking(), "../x?a=b&c /")
    assert caller.pending is not None
    assert caller.pending.path == "/policies/..%2Fx%3Fa%3Db%26c%20%2F"


def test_keys_pressed_meanwhile_are_kept():
    caller = Caller(looking())
    caller.keys("12")
    assert list(caller.call.keys) == ["1", "2"]


def test_a_failure_leads_to_a_person():
    caller = Caller(looking())
    caller.answer(Failed, reason="it did not work")
    assert isinstance(caller.pending, JoinQueue)


def test_its_facts_are_set_only_where_something_was_found():
    flow = looking(then="then: {found: which, unknown: which, unavailable: person}")
    (fault,) = [one.text for one in proof_of(flow, House()).faults if "reads the fact" in one.text]
    assert "`tariff`" in fault


def test_the_path_reads_facts_and_the_service_must_be_there():
    flow = looking('path: "/x/{card}", facts: {tariff: t}')
    told = [one.text for one in proof_of(flow, House(services=frozenset({"billing"}))).faults]
    assert any(text.startswith("node `one` reads the fact `card`, which nothing sets") for text in told)
    assert "node `one` asks the service `crm`, which the setting `services` does not name; there are: billing" in told


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ("path: policies", "begins with /"), ("path: '/a b'", "begins with /"), ("path: '/{a'", "begins with /"),
        ("path: /x, timeout: 40s", "may take 80 s"), ("path: /x, facts: {tariff: a..b}", "is no place in an answer"),
        ("path: /x, facts: {'a b': c}", "a name has letters"), ("path: /x, facts: tariff", "`name: value` lines"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(more, why):
    with pytest.raises(Faults, match=why):
        looking(more)
