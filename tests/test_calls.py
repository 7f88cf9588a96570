"""Golden transcripts: the events of tests/calls lead to the commands written there.

`IVR_UPDATE=1` writes them anew; read the difference before you keep it.
"""

import os
import re

import pytest

from ivr.native import HOME
from ivr.script import play
from ivr.session import Session
from tests.calling import START, flow_named

SCRIPTS = sorted((HOME / "tests/calls").glob("*/*.call"))


def transcript(flow: str, script: str) -> str:
    session = Session(flow_named(flow))
    body = play(session, script, START)
    assert session.ended, "the script does not end with hung_up"
    path = " ".join(step.node for step in session.call.path)
    body = re.sub(r"^# outcome:.*$", f"# outcome: {session.call.outcome}", body, flags=re.MULTILINE)
    return re.sub(r"^# path:.*$", f"# path: {path}".rstrip(), body, flags=re.MULTILINE)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_same_events_lead_to_the_same_commands(path):
    script = path.read_text()
    found = transcript(path.parent.name, script)
    if os.environ.get("IVR_UPDATE") == "1":
        path.write_text(found)
        return
    assert found == script


def test_there_are_scripts_for_all_that_a_caller_can_meet():
    outcomes = {re.search(r"^# outcome: (\w+)$", path.read_text(), re.MULTILINE)[1] for path in SCRIPTS}
    assert outcomes >= {
        "served", "abandoned", "left_contact", "silent", "noisy", "hung_up_greeting", "hung_up_menu",
        "hung_up_message", "busy", "failed",
    }  # fmt: skip


def test_a_changed_command_shows():
    script = (HOME / "tests/calls/hotline/served.call").read_text()
    changed = script.replace("> say survey-thanks", "> say closing")
    assert changed != script
    assert transcript("hotline", changed) == script
