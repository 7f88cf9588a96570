"""The set-up: which Python the line is given, and what becomes of one that is broken off."""

import sys
from importlib.util import find_spec

import pytest

import ivr.setup.__main__ as setup
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


def test_an_environment_that_was_broken_off_is_made_anew(tmp_path, monkeypatch):
    """Ctrl-C while it was created left one without pip, and every later `make run` failed. Named as a mock: `run`."""
    venv = tmp_path / ".venv"
    made, interrupted = [], [True, True]

    def run(command, **_more):
        made.append(command[1:4])
        if "venv" in command:
            (venv / "bin").mkdir(parents=True)
            (venv / "bin/python").touch()
        if "install" in command and interrupted and interrupted.pop(0):
            (venv / "half").touch()
            raise KeyboardInterrupt
        return ""

    for name, value in {"VENV": venv, "DEPS": tmp_path, "run": run, "quickest": lambda first, _other: first}.items():
        monkeypatch.setattr(setup, name, value)
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            setup.environment("")
    setup.environment("")
    assert made == [["-m", "venv", str(venv)], ["-m", "pip", "install"]] * 3
    assert not (venv / "half").exists()
    setup.environment("")
    assert len(made) == 6, "it is whole now"
    setup.environment("test")
    assert made[6:] == [["-m", "pip", "install"]], "more packages go into the one there is"


def test_ctrl_c_in_the_set_up_is_one_sentence(monkeypatch, capsys):
    def interrupted(_extras):
        raise KeyboardInterrupt

    monkeypatch.setattr(setup, "environment", interrupted)
    monkeypatch.setattr(sys, "argv", ["ivr.setup"])
    assert setup.main() == 130
    assert capsys.readouterr().err == "\nset-up stopped: the same command goes on where it was broken off\n"
