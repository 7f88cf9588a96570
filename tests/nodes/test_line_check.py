"""Listening without a greeting."""

import pytest

from ivr.commands import Listen
from ivr.events import Heard
from tests.calling import Caller, flow_of

ENDS = "\n".join(f"  {name}: {{type: end}}" for name in ("said", "keyed", "noise", "doubt", "nobody"))
THEN = "then: {speech: said, key: keyed, noise: noise, doubt: doubt, silence: nobody}"


def checking(settings: str = "") -> Caller:
    return Caller(flow_of(f"  one: {{type: line_check, {settings}{THEN}}}\n{ENDS}"))


def test_it_listens_once_for_as_long_as_it_is_told():
    assert checking("listen: 4s, ").pending == Listen((), 4.0)
    assert checking("prompt: greeting-line, ").pending == Listen(("greeting-line",), 3.0)


@pytest.mark.parametrize(
    ("heard", "node"),
    [
        ({"sound": "speech"}, "said"), ({"sound": "silence"}, "nobody"),
        ({"sound": "noise", "confidence": 0.9}, "noise"),
        ({"sound": "noise", "confidence": 0.7}, "doubt"),
    ],
)  # fmt: skip
def test_what_is_heard_leads_on(heard, node):
    caller = checking()
    caller.answer(Heard, **heard)
    assert caller.path == ["one", node]
    assert bool(caller.call.note) == (node == "doubt")


def test_a_key_leads_on_and_is_not_used_up():
    caller = checking()
    caller.keys("2")
    assert caller.path == ["one", "keyed"]
    assert list(caller.call.keys) == ["2"]
