"""commands.md and all that is said of commands is what they are."""

import argparse
import re

from ivr.__main__ import COMMANDS, parser
from ivr.demo.scenes import SCENES
from ivr.native import HOME
from tests.docs.pages import (
    bare,
    coded,
    page,
    said,
    section,
    table,
)

INVOKED = [(name, code, *match.groups()) for name, code in said()
           for match in [re.search(r"(?:^|[/ |])ivr ([a-z]+)\b(.*)", code)] if match]  # fmt: skip


def test_every_command_named_exists_with_its_options():
    choices = next(one for one in parser()._actions if isinstance(one, argparse._SubParsersAction)).choices
    assert len(INVOKED) > 40
    for name, code, command, rest in INVOKED:
        assert command in COMMANDS, f"{name}: {code}"
        for option in re.findall(r"--[a-z-]+", rest):
            assert option in choices[command]._option_string_actions, f"{name}: {code}"


def test_every_command_is_told():
    told = {word for row in table(page("commands"), "command") for code in coded(row["command"])
            for word in code.split()[1:2]}  # fmt: skip
    assert told == {*COMMANDS}


def test_every_scene_is_told():
    rows = table(page("commands"), "scene")
    assert {bare(row["scene"]): bare(row["must end as"]) for row in rows} == {
        name: scene.outcome for name, scene in SCENES.items()
    }


def test_every_make_target_named_exists():
    targets = {*re.findall(r"^(\w+):", (HOME / "Makefile").read_text(), re.MULTILINE)}
    for name, code in said():
        for target in re.findall(r"(?:^|\s)make (\w+)", code):
            assert target in targets, f"{name}: {code}"


def test_every_check_of_the_doctor_is_told():
    known = set()
    for path in (HOME / "ivr/doctor").glob("*.py"):
        known |= {*re.findall(r"(?:Finding|_told)\(\s*\"([\w ]+)\"", path.read_text())}
    assert {bare(row["check"]) for row in table(section(page("operation"), "Is all in order?"), "check")} == known
