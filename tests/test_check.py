"""What a well-formed flow can still get wrong: what nodes name that is not there, and nodes nobody reaches."""

import pytest

from ivr.check import House, check, reachable, unspoken
from ivr.faults import Faults
from ivr.flowfile import parse
from ivr.house import house_of
from ivr.settings import Settings
from ivr.vetting import checked
from tests.calling import HOTLINE
from tests.test_flowfile import GOOD, changed

HOUSE = House({"zh": frozenset({"main-menu", "wrong-key", "no-key", "closing"}), "en": frozenset({"main-menu"})})


def test_the_shipped_flow_is_faultless():
    house = house_of(Settings())
    assert check(HOTLINE, house) == []
    assert [*unspoken(HOTLINE, house, frozenset({"zh", "en"}))] == []
    assert reachable(HOTLINE) == {*HOTLINE.nodes}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("prompt: main-menu", "prompt: other-menu",
         "f.yaml:7:13: node `hello` plays `other-menu`, but ivr/prompts has no such prompt; add it or name another"),
        ("    prompt: main-menu", "    prompt: main-menu\n    no_key: hm",
         "f.yaml:8:13: node `hello` plays `hm`, but ivr/prompts has no such prompt; add it or name another"),
        ("queue: intake", "queue: sales", "f.yaml:13:12: node `desk` has `queue: sales`, but there is no such queue; "
         "there are complaint, inquiry, intake"),
        ("  bye:", "  island: {type: say, prompt: closing, then: {done: bye}}\n  bye:",
         "f.yaml:16:3: no path leads to node `island`; lead an outcome to it or take it out"),
    ],
)  # fmt: skip
def test_what_only_the_whole_shows(old, new, told):
    assert [str(fault) for fault in check(parse(changed((old, new)), "f.yaml"), HOUSE)] == [told]


def test_what_a_broken_flow_names_is_told_with_what_breaks_it():
    broken = changed(("prompt: main-menu", "prompt: other-menu"), ("queue: intake", "queue: sales\n    tries: three"),
                     ("failed: desk", "failed: nobody"))  # fmt: skip
    with pytest.raises(Faults) as caught:
        checked(lambda: parse(broken, "f.yaml"), HOUSE)
    assert [(fault.line, fault.column, fault.text.split(", but ")[0].split("; ")[0]) for fault in caught.value] == [
        (3, 18, "`always`: `failed` leads to `nobody`"),
        (7, 13, "node `hello` plays `other-menu`"),
        (13, 12, "node `desk` has `queue: sales`"),
        (14, 5, "`tries` is no setting of `queue`"),
    ]


def test_a_good_file_passes_the_check():
    assert check(parse(GOOD), HOUSE) == []


def test_a_prompt_must_be_there_in_every_language_the_flow_speaks():
    flow = parse(
        changed(("  bye:", "  en: {type: language, language: en, then: {done: bye}}\n  bye:"), ("desk}", "en}")),
        "f.yaml",
    )
    assert "plays `closing`, but en has no such prompt; add it or name another" in "\n".join(
        map(str, check(flow, HOUSE))
    )
    assert [fault for fault in check(flow, HOUSE) if "main-menu" in fault.text] == []


def test_a_language_without_prompts_is_told():
    flow = parse(
        changed(("  bye:", "  yue: {type: language, language: yue, then: {done: bye}}\n  bye:"), ("desk}", "yue}")),
        "f.yaml",
    )
    told = "f.yaml:16:35: node `yue` has `language: yue`, but ivr/prompts has no such language; there are en, zh"
    assert told in map(str, check(flow, HOUSE))
