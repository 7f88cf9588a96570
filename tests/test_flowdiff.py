"""What changed, in the words an admin would use; what no call would notice is left out."""

import pytest

from ivr.flowdiff import sentences
from tests.test_flowfile import GOOD


def after(*changes: tuple[str, str]) -> list[str]:
    text = GOOD
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return sentences(GOOD, text)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("    prompt: main-menu\n", "    prompt: main-menu\n    tries: 2\n", "hello: tries 3 → 2"),
        ("    prompt: main-menu\n", "    prompt: main-menu\n    wait: 1m30s\n", "hello: wait 5s → 1m30s"),
        ("timeout: 1m", "timeout: 90s", "desk: timeout 1m → 90s"),
        ("      1: desk\n", "      1: bye\n", "hello: `1` leads to desk → bye"),
        ("      1: desk\n", "      1: desk\n      4: bye\n", "hello: `4` is new and leads to bye"),
        ("timeout: bye, full: bye", "timeout: bye", "desk: `full` leads nowhere any more (it led to bye)"),
        ("start: hello", "start: desk", "start hello → desk"),
        ("{failed: desk}", "{failed: desk, line_noisy: bye}", "always: line_noisy none → bye"),
        ("nodes:\n", "limits: {end: 15m}\nnodes:\n", "limits: end none → 15m"),
        ("prompt: closing,", "prompt: closing, interruptible: no,", "bye: interruptible yes → no"),
        ("type: say, prompt: closing", "type: leave_contact", None),
    ],
)
def test_a_change_is_one_sentence(old, new, told):
    found = after((old, new))
    assert found == [told] if told else "bye: type say → leave_contact" in found


def test_what_no_call_would_notice_is_left_out():
    assert after(("timeout: 1m", "timeout: 60s  # as long as before")) == []
    assert after(("    prompt: main-menu\n", "    tries: 3\n    prompt: main-menu\n")) == []
    bye = GOOD[GOOD.index("  bye:") :]
    assert sentences(GOOD, GOOD.replace(bye, "").replace("nodes:\n", f"nodes:\n{bye}")) == []


def test_nodes_that_come_go_and_are_renamed():
    assert after(("  bye: {", "  extra: {type: say, prompt: closing, then: {done: end}}\n  bye: {")) == [
        "node `extra` is new (say)"
    ]
    assert after(("bye", "farewell")) == ["node `bye` is now called `farewell`"]
    assert after(("bye", "farewell"), ("timeout: 1m", "timeout: 2m")) == [
        "node `bye` is now called `farewell`",
        "desk: timeout 1m → 2m",
    ]
    gone = GOOD[: GOOD.index("  bye:")].replace("bye", "desk")
    assert "node `bye` was taken out" in sentences(GOOD, gone)
