"""Tables: columns in line, whatever the script."""

import pytest

from ivr.table import pad, table, width


@pytest.mark.parametrize(
    ("text", "places"), [("", 0), ("abc", 3), ("中华保险", 8), ("王 x", 4), ("é", 1), ("(全)", 4), ("a\u200bb", 2)]
)
def test_how_many_places_a_text_takes(text, places):
    assert width(text) == places


def test_columns_stay_in_line_with_chinese_in_them():
    lines = table(("name", "s"), [("午休", "1"), ("training", "12")], right=("s",))
    assert lines == ["name       s", "午休       1", "training  12"]
    assert len({width(line) for line in lines}) == 1


def test_no_rows_leave_the_head():
    assert table(("a", "b"), []) == ["a  b"]


def test_pad_never_cuts():
    assert pad("中华", 3) == "中华"
    assert pad("1", 3, right=True) == "  1"
