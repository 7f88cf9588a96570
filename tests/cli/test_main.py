"""The command line as a whole."""

import argparse
import importlib
import os
import subprocess
import sys

import pytest

from ivr.__main__ import COMMANDS, parser
from ivr.chinese import chinese
from ivr.helptext import explained
from ivr.native import HOME


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_examples(ivr, name):
    module = importlib.import_module(f"ivr.cli.{name}")
    ran = ivr(name, "--help")
    assert ran.code == 0
    assert "examples:\n" in ran.out
    assert f"ivr {name}" in module.EXAMPLES


def test_the_help_lists_every_command(ivr):
    ran = ivr("--help")
    assert all(f"    {name} " in ran.out for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_documented(name):
    assert f"`ivr {name}" in (HOME / "docs/commands.md").read_text()


def test_a_command_that_is_not_there_is_told_with_those_that_are(ivr):
    ran = ivr("callz")
    assert ran.code == 2
    assert "calls" in ran.err


def test_a_wrong_setting_is_told_in_a_sentence(ivr, monkeypatch):
    monkeypatch.setenv("IVR_SIP_PORT", "99999")
    ran = ivr("calls")
    assert ran.code == 1
    assert ran.err == "$IVR_SIP_PORT:1:1: `sip_port = 99999`: it must be from 1024 to 65535\n"


def test_a_reader_that_goes_away_is_no_fault(tmp_path):
    environment = {**os.environ, "IVR_DATA": str(tmp_path)}
    done = subprocess.run(
        f"{sys.executable} -m ivr calls --help | head -1; exit ${{PIPESTATUS[0]}}",
        shell=True, executable="/bin/bash", env=environment, cwd=HOME, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", COMMANDS)
def test_help_is_chinese_under_a_chinese_locale(ivr, name, monkeypatch):
    english = ivr(name, "--help").out
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    ran = ivr(name, "--help")
    assert ran.code == 0
    assert ran.out.startswith("用法:ivr ")
    assert "示例:\n" in ran.out
    assert "显示本帮助" in ran.out
    assert english.startswith("usage: ivr ")


def test_every_text_of_the_help_has_its_chinese():
    """One that fails here needs one line in ivr/sentences/zh.toml."""
    known = next(one for one in parser()._actions if isinstance(one, argparse._SubParsersAction)).choices
    for command in known.values():
        for text in [command.description, *(action.help for action in command._actions if action.help)]:
            assert chinese(text) != text, text
        for typed, said in map(explained, command.epilog.split("\n")):
            assert typed or not said or said.startswith("  ") or chinese(said) != said, said
            assert not typed or chinese(said) != said, said
