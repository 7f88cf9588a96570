"""settings.md is what the settings are."""

import re
import tomllib
from pathlib import Path

import pytest

from ivr import settings as settings_
from ivr.native import HOME
from ivr.settings import Settings, _Wrong
from tests.docs.pages import (
    CONF,
    PAGES,
    SOURCE,
    bare,
    fences,
    page,
    table,
)

FIELDS = Settings.__dataclass_fields__


def test_every_setting_is_told():
    rows = table(page("settings"), "setting")
    assert sorted(bare(row["setting"]) for row in rows) == sorted(FIELDS)
    for row in rows:
        field = FIELDS[bare(row["setting"])]
        assert bare(row["variable"]) == field.metadata["env"]
        default = field.default.relative_to(HOME) if isinstance(field.default, Path) else field.default
        assert bare(row["default"]) == (str(default) or '""'), field.name


@pytest.mark.parametrize("row", [row for row in table(page("settings"), "setting") if "–" in row["range"]],
                         ids=lambda row: bare(row["setting"]))  # fmt: skip
def test_ranges_are_as_told(row):
    read = FIELDS[bare(row["setting"])].metadata["read"]
    least, most = map(int, row["range"].split("–"))
    assert (read(least), read(most)) == (least, most)
    for value in (least - 1, most + 1):
        with pytest.raises(_Wrong):
            read(value)


def test_every_number_has_its_range():
    told = {bare(row["setting"]) for row in table(page("settings"), "setting") if "–" in row["range"]}
    assert told == {name for name, field in FIELDS.items() if isinstance(field.default, int)}


@pytest.mark.parametrize(("name", "code"), fences("toml"))
def test_every_ivr_toml_shown_is_without_faults(name, code, tmp_path):
    (tmp_path / settings_.FILE).write_text(code)
    loaded = settings_.load(tmp_path, {})
    assert tomllib.loads(code).items() <= {key: getattr(loaded, key) for key in FIELDS}.items(), name


def test_every_variable_named_exists():
    known = {field.metadata["env"] for field in FIELDS.values()} | {*re.findall(r"IVR_\w+", CONF + SOURCE)}
    for name, text in PAGES.items():
        assert {*re.findall(r"\bIVR_[A-Z_]+\b", text)} - {"IVR_"} - known == set(), name


def test_defaults_named_in_passing_are_the_defaults():
    """`name` (number): a setting with its default behind it."""
    for name, text in PAGES.items():
        for setting, number in re.findall(r"`(\w+)` \((\d+)\)", text):
            if setting in FIELDS:
                assert str(FIELDS[setting].default) == number, f"{name}: {setting}"
