"""architecture.md and dependencies.md are how the code is laid out and what it stands on."""

import tomllib

from ivr.native import HOME
from ivr.setup.__main__ import BENCH, DRAW, LINE, TEST
from tests.docs.pages import (
    bare,
    coded,
    page,
    table,
    tables,
)
from tests.test_layers import KNOWS


def test_who_may_import_whom_is_told():
    rows = table(page("architecture"), "module")
    assert {bare(row["module"]): {*coded(row["may import, of `ivr`"])} for row in rows} == KNOWS


def test_every_room_is_told():
    told = {name for row in table(page("architecture"), "room") for name in coded(row["room"])}
    there = {path.stem for path in (HOME / "ivr").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    rest = {"__init__", "__main__", "settings", "faults", "native", "ports", "prompts_ready", "table", "queues"}
    assert told <= there
    assert there - told <= rest, "a room that the page does not tell"


def test_pinned_versions_are_told():
    project = tomllib.loads((HOME / "pyproject.toml").read_text())["project"]
    pins = [*project["dependencies"], *(pin for extra in project["optional-dependencies"].values() for pin in extra)]
    told = {bare(row["package"]): row["version"] for one in tables(page("dependencies")) for row in one
            if "version" in row}  # fmt: skip
    assert told == dict(pin.partition(";")[0].strip().split("==") for pin in pins)
    for row in (row for one in tables(page("dependencies")) for row in one):
        assert all(row.values()), row["package"]


def test_debian_packages_are_told():
    rows = next(one for one in tables(page("dependencies")) if "tried with" in one[0])
    assert [bare(row["package"]) for row in rows] == [*LINE, *DRAW, *TEST, *BENCH]
