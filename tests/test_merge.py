"""Two changes of one flow: both are in the merged text, or what they disagree on is told; never a half of either."""

from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.flowdiff import leaves, sentences
from ivr.flowfile import parse
from ivr.merge import merge
from tests.test_flowfile import GOOD

WHOSE = ("your file", "version 8")


def edit(*changes: tuple[str, str]) -> str:
    text = GOOD
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text


def test_changes_in_different_places_are_both_there_with_comments_and_order():
    ours = edit(("timeout: 1m", "timeout: 2m  # the new rule"))
    theirs = edit(("      1: desk\n", "      1: desk\n      2: desk\n"), ("prompt: closing", "prompt: line-closing"))
    found = merge(GOOD, ours, theirs, WHOSE)
    assert found.conflicts == []
    assert found.text == theirs.replace("timeout: 1m", "timeout: 2m  # the new rule")


def test_two_changes_of_one_line_are_merged_word_by_word():
    ours, theirs = edit(("timeout: bye", "timeout: desk")), edit(("full: bye", "full: desk"))
    assert merge(GOOD, ours, theirs).text == edit(("timeout: bye, full: bye", "timeout: desk, full: desk"))


def test_nodes_added_by_both_in_one_place_stand_after_each_other():
    one, other = (
        "  one: {type: say, prompt: closing, then: {done: end}}\n",
        "  two: {type: survey, then: {done: end}}\n",
    )
    assert merge(GOOD, GOOD + one, GOOD + other).text == GOOD + other + one


def test_the_same_change_by_both_is_no_conflict():
    ours = edit(("timeout: 1m", "timeout: 2m"))
    assert merge(GOOD, ours, ours).text == ours


def test_what_both_changed_otherwise_is_told_in_sentences():
    ours, theirs = edit(("timeout: 1m", "timeout: 2m")), edit(("timeout: 1m", "timeout: 3m"))
    found = merge(GOOD, ours, theirs, WHOSE)
    assert found.text == ""
    assert found.conflicts == ["desk: timeout is 1m → 2m in your file and 1m → 3m in version 8: agree on one"]


def test_a_node_taken_out_by_one_and_changed_by_the_other():
    gone = edit(("  desk:\n    type: queue\n    queue: intake\n    timeout: 1m\n", ""),
                ("    then: {answered: end, timeout: bye, full: bye}\n", ""), ("desk", "bye"))  # fmt: skip
    found = merge(GOOD, gone, edit(("timeout: 1m", "timeout: 3m")), WHOSE)
    assert "node `desk` was taken out in your file and changed in version 8: keep it or take it out" in found.conflicts


CHANGES = (
    ("timeout: 1m", "timeout: 2m"), ("timeout: bye", "timeout: desk"), ("full: bye", "full: desk"),
    ("      1: desk\n", "      1: bye\n"), ("      1: desk\n", "      1: desk\n      5: bye\n"),
    ("start: hello", "start: desk"), ("prompt: closing", "prompt: line-closing"),
    ("nodes:\n", "limits: {end: 15m}\nnodes:\n"),
    ("  desk:\n", "  # the desk\n  desk:\n"), ("queue: intake", "queue: inquiry"),
)  # fmt: skip
SOME = st.lists(st.sampled_from(CHANGES), max_size=4, unique_by=lambda change: change[0])


@settings(deadline=None)
@given(SOME, SOME)
def test_a_merged_text_says_what_both_say_and_nothing_else(mine, yours):
    ours, theirs = edit(*mine), edit(*yours)
    found = merge(GOOD, ours, theirs)
    if found.conflicts:
        assert found.text == ""
        assert set(mine) & set(yours) != set(mine) | set(yours)
        return
    assert set(sentences(GOOD, found.text)) == set(sentences(GOOD, ours)) | set(sentences(GOOD, theirs))
    parse(found.text)
    for path in leaves(GOOD):
        wanted = {flow.get(path) for flow in (leaves(ours), leaves(theirs))}
        assert leaves(found.text).get(path) in wanted
    for line in ours.splitlines() + theirs.splitlines():
        assert not line.startswith("#") or line in found.text
    assert "<<<<" not in found.text
