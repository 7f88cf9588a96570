"""The set-up: which Python the line is given."""

import sys
from importlib.util import find_spec

import pytest

from ivr.setup.__main__ import quickest


@pytest.fixture
def python(tmp_path):
    """A Python that says of itself what it is told to."""

    def make(name, said):
        path = tmp_path / name
        path.write_text(f"#!/bin/sh\necho {said}\n")
        path.chmod(0o755)
        return str(path)

    return make


@pytest.mark.parametrize(
    ("first", "other", "taken"),
    [
        ("3 11 0.010", "3 11 0.005", "other"),
        ("3 11 0.010", "3 13 0.009", "first"),  # not worth another one than the user's
        ("3 11 0.010", "3 10 0.005", "first"),  # too old
        ("3 12 0.005", "3 11 0.010", "first"),
        ("3 12 0.005", "'Traceback: no ensurepip'", "first"),
        ("", "3 11 0.005", "other"),
    ],
)
def test_the_quicker_python_is_taken_where_it_may_be(python, first, other, taken):
    made = {"first": python("first", first), "other": python("other", other)}
    assert quickest(*made.values()) == made[taken]


def test_one_that_is_not_there_is_not_taken():
    assert quickest(sys.executable, "/nowhere/python3") == sys.executable


def test_a_real_python_tells_how_quick_it_is():
    """Where the machine's Python cannot make environments (Debian's without python3-venv), it is none to take."""
    there = find_spec("ensurepip") is not None
    assert quickest("/nowhere/python3", sys.executable) == (sys.executable if there else "/nowhere/python3")
