"""The drawing: all that is in the flow is in it, the main path hangs together, changes and gaps are in colour."""

import re
from itertools import pairwise

import pytest

from ivr.calltest import edges
from ivr.drawing import CHANGED, GONE, MISSED, NEW, Shown, Walked, main_path
from ivr.flow import END, NODE_TYPES
from ivr.flowdiff import changes
from ivr.flowfile import load, parse
from ivr.language import of_locale
from ivr.native import HOME
from ivr.palette import STATES
from ivr.picture import dot
from ivr.picturewords import WORDS
from tests.calling import HOTLINE
from tests.test_flowfile import GOOD

ZH, EN = WORDS["zh"], WORDS["en"]
LINE = re.compile(r'^  "([^"]+)" -> "([^"]+)" \[(.*)\]$', re.MULTILINE)


def lines(text: str) -> dict[tuple[str, str], str]:
    return {
        (source, "end" if target.startswith("end ") else target): look for source, target, look in LINE.findall(text)
    }


def test_every_node_and_every_way_is_drawn():
    text = dot(HOTLINE, EN)
    drawn = lines(text)
    for place in HOTLINE.nodes.values():
        assert f'    "{place.name}" [label=' in text
        for outcome, target in place.then.items():
            look = drawn[place.name, target]
            assert EN.outcome(outcome) in look or len(set(place.then.values())) == 1, (place.name, outcome)
    for outcome, target in HOTLINE.always.items():
        assert drawn[f"always {outcome}", target]


def test_the_main_path_is_that_of_a_caller_who_is_served():
    way = main_path(HOTLINE)
    assert way == ("greet", "menu", "to_intake", "intake", "survey", "goodbye", END)
    drawn = lines(dot(HOTLINE, EN))
    assert all("weight=100" in drawn[pair] for pair in pairwise(way))
    assert sum("weight=100" in look for look in drawn.values()) == len(way)


def test_with_calls_it_is_where_most_went_and_lines_tell_how_many():
    walked = Walked()
    for _ in range(3):
        walked.add(["greet", "menu", "to_inquiry", "inquiry"], True)
    walked.add(["greet", "menu"], True)
    assert main_path(HOTLINE, walked)[:4] == ("greet", "menu", "to_inquiry", "inquiry")
    text = dot(HOTLINE, ZH, Shown(walked=walked))
    assert "2\\n3 通" in lines(text)["menu", "to_inquiry"]
    assert "style=dashed" in lines(text)["menu", "to_complaint"]
    assert "3 人在此挂断" in text


def test_a_flow_that_goes_round_has_a_main_path_that_ends():
    flow = parse(GOOD.replace("1: desk", "1: hello"))
    assert main_path(flow) == ("hello", "bye", END)


def test_changes_are_in_colour():
    new = GOOD.replace("timeout: 1m", "timeout: 2m").replace("      1: desk\n", "      1: bye\n      5: more\n")
    new += "  more: {type: say, prompt: closing, then: {done: bye}}\n"
    text = dot(parse(new), EN, Shown(before=parse(GOOD), changes=tuple(changes(GOOD, new))))
    assert STATES[NEW] in next(line for line in text.splitlines() if line.startswith('    "more" ['))
    assert STATES[CHANGED] in next(line for line in text.splitlines() if line.startswith('    "desk" ['))
    assert "timeout 1m → 2m" in text
    drawn = lines(text)
    assert STATES[NEW] in drawn["hello", "more"]
    assert STATES[GONE] in drawn["hello", "desk"]


def test_what_was_taken_out_is_drawn_and_what_was_renamed_is_not_taken_out():
    new = GOOD[: GOOD.index("  bye:")].replace("bye", "desk")
    text = dot(parse(new), EN, Shown(before=parse(GOOD), changes=tuple(changes(GOOD, new))))
    assert STATES[GONE] in next(line for line in text.splitlines() if line.startswith('    "bye" ['))
    new = GOOD.replace("bye", "farewell")
    text = dot(parse(new), EN, Shown(before=parse(GOOD), changes=tuple(changes(GOOD, new))))
    assert STATES[GONE] not in text
    assert "is now called" in text


def test_what_no_script_has_walked_is_red():
    text = dot(HOTLINE, EN, Shown(missed=frozenset({("menu", "3"), ("always", "failed")})))
    assert STATES[MISSED] in lines(text)["menu", "to_complaint"]
    assert STATES[MISSED] not in lines(text)["menu", "to_inquiry"]
    assert STATES[MISSED] in next(line for line in text.splitlines() if line.startswith('    "menu" ['))
    assert STATES[MISSED] in text[text.index('"always failed"') :]
    half = LINE.findall(dot(HOTLINE, EN, Shown(missed=frozenset({("survey", "no_answer")}))))
    assert [("done" in look, "no answer" in look) for source, _, look in half if source == "survey"] == [
        (True, False), (False, True),
    ]  # fmt: skip
    everything = dot(HOTLINE, EN, Shown(missed=frozenset(edges(HOTLINE))))
    assert all(STATES[MISSED] in look for (source, _), look in lines(everything).items() if source in HOTLINE.nodes)


def test_texts_are_shortened_and_cannot_break_the_drawing():
    text = dot(HOTLINE, EN, Shown('a "title"\nof two', texts={"main-menu": '<b>&"' + "长" * 50}))
    assert 'label="a \\"title\\"\\nof two"' in text
    assert "&lt;b&gt;&amp;&quot;" in text
    assert "长" * 30 not in text


def test_chinese_words_for_all_that_is():
    for kind in NODE_TYPES.values():
        assert kind.type in ZH.types, f"add {kind.type} to ivr/picturewords.py"
        for outcome in kind.outcomes:
            assert outcome in ZH.names, f"add {outcome} of {kind.type} to ivr/picturewords.py"


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"), ({"LANG": "zh_CN.UTF-8"}, "zh"), ({"LANG": "C"}, "en"), ({"LANG": "zh_CN", "LC_ALL": "C"}, "en"),
        ({"LANG": "en_US", "LC_MESSAGES": "zh_TW"}, "zh"), ({"LC_ALL": "", "LANG": "zh"}, "zh"),
    ],
)  # fmt: skip
def test_the_language_of_the_locale(environment, language):
    assert of_locale(environment) == language


def test_a_subflow_is_in_a_frame_of_its_own():
    flow = load(HOME / "tests/flows/office.yaml")
    drawn = dot(flow, EN)
    frame = drawn.partition('subgraph "cluster_number" {')[2].partition("\n  }")[0]
    assert 'label="number · subflow number"' in frame
    inside = [name for name in flow.nodes if name.startswith("number")]
    assert len(inside) > 1
    assert all(f'"{name}" [' in frame for name in inside)
    assert '"who" [' not in frame
