"""The texts of settings in a flow file, and what they mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.flow import Mark, Prompt, Queue, Seconds
from ivr.nodes.menu import Menu
from ivr.settingtypes import BadSetting, convert, seconds, settings_of


@pytest.mark.parametrize(
    ("text", "value"),
    [("2s", 2.0), ("500ms", 0.5), ("1m30s", 90.0), ("0.5s", 0.5), ("1m", 60.0), ("1m1s1ms", 61.001), ("1440m", 86400.0),
     ("0s", 0.0)],
)  # fmt: skip
def test_durations(text, value):
    assert seconds(text) == convert(Seconds, text) == pytest.approx(value)


@pytest.mark.parametrize("text", ["", "2", "s", "2 s", "-2s", "2s1m", "1h", "２s", "1e3s", "1441m", ".5s", "8:30"])
def test_what_is_no_duration(text):
    with pytest.raises(BadSetting, match="a duration"):
        seconds(text)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [(int, "1", 1), (int, "1000", 1000), (int, "007", 7), (bool, "yes", True), (bool, "true", True),
     (bool, "no", False), (bool, "false", False), (Prompt, "number/1", "number/1"),
     (Queue, "intake", "intake"), (Mark, "noisy", "noisy"),
     (str, "any words: 1", "any words: 1")],
)  # fmt: skip
def test_values(kind, text, value):
    assert convert(kind, text) == value


@pytest.mark.parametrize(
    ("kind", "text", "told"),
    [(int, "0", "from 1 to 1000"), (int, "1001", "from 1 to 1000"), (int, "1.5", "whole"), (int, "-1", "whole"),
     (int, "٣", "whole"), (bool, "on", "yes or no"), (bool, "1", "yes or no"), (bool, "Yes", "yes or no"),
     (Prompt, "a b", "letters"), (Queue, "../x", "letters"), (Mark, "served", "silent or noisy")],
)  # fmt: skip
def test_values_that_do_not_fit(kind, text, told):
    with pytest.raises(BadSetting, match=told):
        convert(kind, text)


@given(st.sampled_from([Seconds, int, bool, Prompt, Queue, Mark, str]), st.text())
def test_no_text_raises_anything_but_what_is_wrong_with_it(kind, text):
    try:
        convert(kind, text)
    except BadSetting as bad:
        text = str(bad)
    assert text is not None


def test_a_node_types_settings():
    found = settings_of(Menu)
    assert [*found] == ["prompt", "choices", "tries", "wait", "wrong_key", "no_key"]
    assert found["prompt"].required
    assert (found["tries"].required, found["tries"].default, found["wait"].type) == (False, 3, Seconds)
