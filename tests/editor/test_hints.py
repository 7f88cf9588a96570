"""What an editor offers where the cursor is."""

import pytest

from ivr.audio.catalogue import load
from ivr.check import House
from ivr.editor.hints import Known, meaning, offers, place_of
from ivr.native import HOME
from tests.calling import HOTLINE

CATALOGUE = load(HOME / "ivr/prompts")
HOUSE = House({"zh": frozenset({"main-menu", "closing"}), "en": frozenset({"main-menu"})}, services=frozenset({"crm"}))
KNOWN = Known(HOUSE, CATALOGUE, frozenset({"card"}), frozenset({"office"}))


def offered(line: str) -> list[str]:
    """What may stand at `|`."""
    return [one.name for one in offers(line.replace("|", ""), line.index("|"), HOTLINE, KNOWN)]


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("    type: si|", ["silent_call"]),
        ("    prompt: |", ["closing", "main-menu"]),
        ("  a: {type: say, prompt: main|", ["main-menu"]),
        ("    queue: |", ["complaint", "inquiry", "intake"]),
        ("    language: |", ["en", "zh"]),
        ("    calendar: |", ["office"]),
        ("    service: |", ["crm"]),
        ("    to: |", ["coordinator", "expert", "leader"]),
        ("    then: {1: inta|", ["intake"]),
        ("    then: {*: e|", ["end"]),
        ("start: gree|", ["greet"]),
        ("flow: |", []),
        ("nodes|", []),
    ],
)
def test_names_that_fit_where_the_cursor_is(line, names):
    assert offered(line) == names


def test_behind_an_outcome_stand_the_nodes_and_the_end():
    assert offered("    then: {done: |") == [*HOTLINE.nodes, "end"]


def test_a_subflow_s_name_is_offered_behind_flow_of_a_node_only():
    """`flow:` at the top is the flow's own name."""
    assert offered("  x: {type: subflow, flow: |") == ["card"]


def test_a_prompt_is_read_out_in_every_language():
    told = meaning("    prompt: closing", 14, HOTLINE, KNOWN)
    assert told.startswith("zh: 感谢来电,再见!\nen: ")


def test_a_node_tells_its_ways_and_a_type_what_it_is():
    told = meaning("start: greet", 8, HOTLINE, KNOWN)
    assert told.startswith(
        "greet (silent_call)\nGreets until somebody can be heard; gives up after the last greeting.\n"
    )
    assert f"silence: {HOTLINE.nodes['greet'].then['silence']}" in told
    assert meaning("    type: branch", 12, HOTLINE, KNOWN).startswith("Follows the value of a fact;")
    assert meaning("    about: nothing", 8, HOTLINE, KNOWN) == ""


def test_a_node_s_place_is_found():
    text = (HOME / "ivr/flows/hotline.yaml").read_text().split("\n")
    file, line, column = place_of("start: greet", 9, HOTLINE) or ("", 0, 0)
    assert file == HOTLINE.file
    assert text[line][column:].startswith("greet:")
    assert place_of("start: nowhere", 9, HOTLINE) is None
