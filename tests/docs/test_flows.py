"""flows.md and the pictures of README are what the flows and their nodes are."""

import re

import pytest

from ivr.check import check
from ivr.flow import END, NODE_TYPES, Flow
from ivr.flowfile import load, parse
from ivr.house import house_of
from ivr.native import HOME
from ivr.settings import Settings
from ivr.settingtypes import convert, settings_of
from tests.docs.pages import (
    CATALOGUE,
    bare,
    fences,
    page,
    section,
    table,
)


def drawn(text: str) -> tuple[dict[str, str], set[tuple[str, str, str]]]:
    """Nodes with their labels, and edges (from, outcome, to), of a Mermaid flowchart."""
    shown = dict(re.findall(r'(\w+)[\[({]+"([^"]*)"[\])}]+', text))
    edges = set()
    for start, labels, end in re.findall(r"^\s*(\w+)\S* .*?(?:-->|-\.->)\|([^|]*)\| (\w+)$", text, re.MULTILINE):
        edges |= {(start, one.strip(), END if end == "hangup" else end) for one in labels.split(",")}
    return shown, edges


def edges_of(flow: Flow) -> set[tuple[str, str, str]]:
    """All edges but that of an agent's phrase or a hung-up message to the end, which no flow names."""
    told = {(place.name, outcome, to) for place in flow.nodes.values() for outcome, to in place.then.items()}
    told -= {(name, "ended", END) for name in flow.nodes}
    return told | {("always", outcome, to) for outcome, to in flow.always.items()}


@pytest.mark.parametrize("place", [0, 1], ids=["English", "Chinese"])
def test_the_picture_is_the_flow(place):
    drawing = [code for name, code in fences("mermaid") if name == "README.md"][place]
    flow = load(HOME / "ivr/flows/hotline.yaml")
    shown, edges = drawn(drawing)
    assert edges == edges_of(flow)
    assert f"--> {flow.start}\n" in drawing
    assert {*shown} - {"ring", "hangup", "always"} == {*flow.nodes}
    for name, one in flow.nodes.items():
        first, kind = shown[name].split("<br/>")
        played = getattr(one.node, "queue", "") or one.node.prompt
        assert (first.split()[0], kind) == (name, f"{one.node.type}: {played}")


def test_every_node_type_has_its_section():
    assert sorted(re.findall(r"^### `(\w+)`$", page("flows"), re.MULTILINE)) == sorted(NODE_TYPES)


KINDS = {"prompt": "Prompt", "queue": "Queue", "duration": "Seconds", "share": "Share", "mark": "Mark",
         "whole number": "int", "yes or no": "bool", "text": "str",
         "fact": "Fact", "key": "Key", "check digit": "CheckDigit", "calendar": "CalendarName",
         "desk": "Desk", "language": "Language",
         "service": "Service", "subflow": "SubflowName", "path": "WebPath", "answered": "Answered"}  # fmt: skip


@pytest.mark.parametrize("kind", NODE_TYPES)
def test_settings_of_a_node_type_are_told(kind):
    rows = table(section(page("flows"), f"`{kind}`"), "setting")
    known = {name: one for name, one in settings_of(NODE_TYPES[kind]).items() if name != "choices"}
    assert [bare(row["setting"]) for row in rows] == [*known]
    for row, setting in zip(rows, known.values(), strict=True):
        assert KINDS[row["kind"]] == setting.type.__name__, setting.name
        if setting.required:
            assert row["default"] == "*needed*", setting.name
        elif row["default"] == "none":
            assert not setting.default, setting.name
        else:
            assert convert(setting.type, bare(row["default"])) == setting.default, setting.name


@pytest.mark.parametrize("kind", NODE_TYPES)
def test_outcomes_of_a_node_type_are_told(kind):
    rows = table(section(page("flows"), f"`{kind}`"), "outcome")
    keys = [row for row in rows if row["outcome"].startswith(("the keys", "any text"))]
    assert bool(keys) == (NODE_TYPES[kind].keys_lead or NODE_TYPES[kind].values_lead)
    assert {bare(row["outcome"]) for row in rows if row not in keys} == {*NODE_TYPES[kind].outcomes}


@pytest.mark.parametrize(("name", "code"), [one for one in fences("yaml") if one[1].startswith("flow:")])
def test_every_flow_shown_is_without_faults(name, code):
    flow = parse(code, name)
    assert check(flow, house_of(Settings(), CATALOGUE)) == []


def test_a_flow_is_shown():
    assert [name for name, code in fences("yaml") if code.startswith("flow:")]


def test_stages_are_told():
    text = section(page("flows"), "What hanging up counts as")
    for kind in NODE_TYPES.values():
        assert f"`{kind.type}`" in text, kind.type
