"""Links, files, prompts and codes named on any page are there."""

import re

import pytest

from ivr import settings as settings_
from ivr.demo.scenes import SCENES
from ivr.native import HOME
from ivr.pbx import generate
from ivr.pbx.accounts import Accounts
from ivr.setup.__main__ import BENCH, DRAW, LINE, TEST
from tests.docs.pages import (
    CONF,
    PAGES,
    PROMPTS,
    bare,
    coded,
    page,
    plain,
    said,
    table,
    tables,
)


@pytest.mark.parametrize("name", PAGES)
def test_every_link_resolves(name):
    for target in re.findall(r"\]\(([^)\s]+)\)", plain(PAGES[name])):
        path, _, anchor = target.partition("#")
        assert not re.match(r"\w+:", target), f"{target}: pages link within the project only"
        if path:
            assert (HOME / name).parent.joinpath(path).exists(), target
        if anchor and not path:
            assert f"# {anchor}\n" in PAGES[name]


def test_every_page_is_linked_from_the_readme_in_both_languages():
    halves = PAGES["README.md"].split("\n# 中文说明\n")
    assert len(halves) == 2
    for name in PAGES:
        if name != "README.md":
            assert all(f"]({name})" in half for half in halves), name


def test_every_file_named_exists():
    for name, code in said():
        if re.fullmatch(r"(ivr|tests|asterisk|docs)/[\w./-]+", code) and not re.search(r"[A-Z]{4}", code):
            assert (HOME / code).exists(), f"{name}: {code}"


OTHERS = {
    # Debian packages of the machine, and the context of the sample trunk
    "python3-venv",
    "python3-pip-whl",
    "from-carrier",
}


def test_every_prompt_named_exists():
    """What looks like a prompt's id, `two-words`, is one, or a name of asterisk/conf, a package, or a scene."""
    known = PROMPTS | {*SCENES} | OTHERS | {*LINE, *DRAW, *TEST, *BENCH} | {*re.findall(r"\[([\w-]+)\]", CONF)}
    known |= {*re.findall(r"\[([\w-]+)\]\(!\)", generate.generated(settings_.load(environment={}), Accounts((), "")))}
    known |= {bare(row["package"]) for one in tables(page("dependencies")) for row in one}
    for name, code in said():
        if re.fullmatch(r"[a-z]+(-[a-z]+)+", code):
            assert code in known, f"{name}: {code}"


def test_prompts_of_tables_exist():
    heard = {name for row in table(page("agents"), "dial") for name in coded(row["the agent hears"])}
    assert heard <= PROMPTS
    assert {name for name in heard if name.startswith("agent-")} == heard


def test_codes_are_those_of_the_dialplan():
    dialplan = CONF + "\n"
    for row in table(page("agents"), "dial"):
        first = coded(row["dial"])[0]
        assert f"exten => {first[:3]}," in dialplan
    for row in table(page("agents"), "key"):
        assert f"=> {bare(row['key'])},peer" in dialplan


@pytest.mark.parametrize("name", PAGES)
def test_pages_name_no_place_of_one_machine(name):
    assert not re.search(r"(?<![\w.])/(home|root|tmp|work|Users|mnt)/", PAGES[name])
