"""records.md is what is kept of a call."""

import ast
import re

from ivr.call import Call
from ivr.commands import Command
from ivr.events import Event
from ivr.native import HOME
from ivr.outcomes import OUTCOMES
from ivr.record import record
from ivr.store import Store
from tests.calling import HOTLINE
from tests.docs.pages import (
    SOURCE,
    bare,
    coded,
    page,
    section,
    table,
)


def amended() -> set[str]:
    """The fields that are added to a record after the call."""
    found = set()
    for path in (HOME / "ivr").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "amend_call":
                found |= {one.arg for one in node.keywords}
    return found


def test_every_field_of_a_record_is_told():
    told = [bare(row["field"]) for row in table(page("records"), "field")]
    assert sorted(told) == sorted({*record("1.1", Call(), HOTLINE)} | amended())


def test_every_outcome_is_told_in_the_order_of_its_rule():
    told = [bare(row["outcome"]) for row in table(page("records"), "outcome")]
    assert sorted(told) == sorted(OUTCOMES)
    assert told.index("served") < told.index("left_contact") < told.index("hung_up_menu") < told.index("failed")
    assert {*told[:4]} == {"busy", "fallback", "silent", "noisy"}
    short = [name for row in table(page("commands"), "outcome") for name in coded(row["outcome"])]
    assert sorted(short) == sorted(OUTCOMES)


def test_every_event_and_command_is_told():
    events = [name for row in table(page("records"), "event") for name in coded(row["event"])]
    assert sorted(events) == sorted(Event.family)
    commands = [name for row in table(page("records"), "command") for name in coded(row["command"])]
    assert sorted(commands) == sorted(Command.family)


def test_columns_of_promises_and_alarms_are_told(tmp_path):
    store = Store(tmp_path / "ivr.db")
    columns = {
        one: [row[1] for row in store._db.execute(f"pragma table_info({one})")] for one in ("promises", "alarms")
    }
    store.close()
    assert [bare(row["column"]) for row in table(page("records"), "column")] == columns["promises"]
    assert {*columns["alarms"]} <= {*coded(section(page("records"), "Alarms"))}


def test_every_kind_of_alarm_is_told():
    kinds = {*re.findall(r"alarm\(\s*[\w\"]+,\s*\"(\w+)\"", SOURCE)} | {*re.findall(r"\.alarm\(\s*\"(\w+)\"", SOURCE)}
    assert {bare(row["kind"]) for row in table(page("records"), "kind")} == kinds
