"""The flows' call scripts: the events of each lead to what is written there; `ivr test --update` writes them anew."""

import pytest

from ivr.calltest import edges, tried, unwalked
from ivr.explore import ways
from ivr.native import HOME
from ivr.outcomes import OUTCOMES
from tests.calling import flow_named, flow_of

FOLDERS = {
    "hotline": HOME / "ivr/flows/hotline",
    "policy": HOME / "tests/flows/policy",
    "office": HOME / "tests/flows/office",
}
SCRIPTS = sorted(path for folder in FOLDERS.values() for path in folder.glob("*.call"))
SERVED = FOLDERS["hotline"] / "served.call"


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_same_events_lead_to_the_same_commands(path):
    one = tried(flow_named(path.parent.name), path.read_text())
    assert (one.fault, list(one.difference())) == ("", [])


def test_every_outcome_of_the_shipped_flow_is_walked():
    flow = flow_named("hotline")
    assert unwalked(flow, (tried(flow, path.read_text()) for path in FOLDERS["hotline"].glob("*.call"))) == []


def test_there_are_scripts_for_all_that_a_caller_can_meet():
    found = {line.split()[-1] for path in SCRIPTS for line in path.read_text().split("\n") if "# outcome:" in line}
    assert found >= {*OUTCOMES} - {"fallback"}, "fallback is the dialplan's alone"


def test_a_changed_command_shows():
    written = SERVED.read_text()
    changed = tried(flow_named("hotline"), written.replace("> say survey-thanks", "> say closing"))
    assert not changed.ok
    assert changed.found == written
    lines = [line for line in changed.difference() if line[0] in "+-"]
    assert [line[0] for line in lines] == ["-", "+"]
    assert lines[1].endswith("> say survey-thanks")


def test_a_script_that_cannot_be_played_is_told():
    flow = flow_named("hotline")
    assert "no line of a call script" in tried(flow, "hello\n").fault
    assert "ends before the call does" in tried(flow, SERVED.read_text().rsplit("\n", 2)[0] + "\n").fault


def test_missing_scripts_walk_what_was_missing_and_are_as_written():
    """All outcomes of the shipped flow, from nothing."""
    flow = flow_named("hotline")
    found = ways(flow, edges(flow))
    assert {*found} == {*edges(flow)}
    for edge, script in found.items():
        again = tried(flow, script)
        assert again.ok, again
        assert edge in again.led


def test_an_outcome_that_no_call_can_have_gets_no_script():
    flow = flow_of(
        """
  one: {type: gather, prompt: enter-number, fact: number, least: 4, then: {done: two, no_answer: two, failed: two}}
  two: {type: say, prompt: closing, then: {done: end}}
  three: {type: say, prompt: closing, then: {done: end}}
"""
    )
    wanted = [("one", "done"), ("one", "no_answer"), ("one", "failed"), ("three", "done")]
    assert {*ways(flow, wanted)} == {*wanted} - {("three", "done")}
