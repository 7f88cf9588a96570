"""Calls run through a changed flow: the same, otherwise, or unknown, and why."""

import pytest

from ivr.flowfile import parse
from ivr.session import Session
from ivr.whatif import again, groups
from tests.calling import HOTLINE
from tests.cli.kept import GONE, LEFT, SERVED, SILENT, happened

WORDS = {"served": SERVED, "silent": SILENT, "left_contact": LEFT, "abandoned": GONE}


def tried(changed, words, before="served"):
    """A call as it was under the shipped flow, run through that flow with a text exchanged."""
    old, new = changed if changed else ("", "")
    assert old in HOTLINE.text
    session = Session(HOTLINE)
    was = [(event, session.advance(event)) for event in happened(words, 1000.0)]
    assert session.call.outcome == before
    return again(parse(HOTLINE.text.replace(old, new)), "1.1", before, was)


@pytest.mark.parametrize("before", WORDS)
def test_an_unchanged_flow_ends_every_call_as_it_was(before):
    found = tried(None, WORDS[before], before)
    assert (found.known, found.outcome) == (True, before)


@pytest.mark.parametrize(
    ("change", "words", "before", "outcome"),
    [
        # the same commands under other names, and moved
        (("to_intake", "first"), SERVED, "served", "served"),
        (("mark: silent", "mark: noisy"), SILENT, "silent", "noisy"),
        (("silence: no_sound", "silence: goodbye"), SILENT, "silent", "failed"),
        (("pause: 2s", "pause: 1s"), SILENT, "silent", "silent"),
        (("pause: 2s", "pause: 3s"), SERVED, "served", "served"),
    ],
)
def test_what_can_be_told(change, words, before, outcome):
    found = tried(change, words, before)
    assert found.known, found.why
    assert found.outcome == outcome


@pytest.mark.parametrize(
    ("change", "words", "before", "node", "why"),
    [
        (("pause: 2s", "pause: 3s"), SILENT, "silent", "greet", "the line would wait 3 s for the caller, not 2 s"),
        (("greetings: 3", "greetings: 2"), SILENT, "silent", "no_sound", "the line would say where it did listen"),
        (("1: to_intake", "1: to_inquiry"), SERVED, "served", "inquiry",
         "the caller would wait for other agents: queue inquiry, not intake"),
        (("timeout: 5m", "timeout: 2s"), SERVED, "served", "intake", "an agent came later than the 2 s"),
        (("wait: 5s", "wait: 100ms"), SERVED, "served", "menu", "a key came later than the 0.1 s"),
        (("answered: survey", "answered: menu"), SERVED, "served", "menu",
         "the caller would be asked `main-menu`, not `survey`"),
    ],
)  # fmt: skip
def test_what_nobody_knows(change, words, before, node, why):
    found = tried(change, words, before)
    assert (found.known, found.outcome, found.node) == (False, "", node)
    assert why in found.why


def test_groups_name_the_many_first_and_leave_the_unchanged_out():
    same, other = tried(None, SERVED), tried(("mark: silent", "mark: noisy"), SILENT, "silent")
    found = list(groups([other, same, other]))
    assert [(cause[:2], len(some)) for cause, some in found] == [(("silent", "noisy"), 2)]
