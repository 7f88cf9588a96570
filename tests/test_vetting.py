"""All mistakes of a flow at once, also where some keep it from being read whole; and what may go live."""

import pytest

from ivr.check import House
from ivr.checkkeys import keyed
from ivr.faults import Faults
from ivr.flow import HalfRead
from ivr.flowfile import load, parse
from ivr.vetting import half, vetted

HOUSE = House({"zh": frozenset({"main-menu", "wrong-key", "no-key", "closing", "your-id", "number-wrong"})})
MANY = """\
flow: many
start: menu
always: {failed: nowhere}
nodes:
  menu:
    type: menu
    prompt: main-menu
    tries: 0
    then: {1: desk, 2: number, 3: round, 9: sory, 12: desk, no_answer: end}
  desk: {type: queue, queue: sales, timeout: 1m, then: {answered: end, timeout: bye, full: bye}}
  number: {type: gather, prompt: your-id, fact: id, check: id, then: {done: who, no_answer: bye}}
  who: {type: branch, fact: name, then: {Li: bye, otherwise: bye}}
  round: {type: say, prompt: closing, then: {done: about}}
  about: {type: say, prompt: closing, then: {done: round}}
  sorry: {type: say, prompt: closing, then: {done: bye}}
  strange: {type: sai, then: {done: lost}}
  lost: {type: say, prompt: closing, then: {done: bye}}
  bye: {type: say, prompt: closing, then: {done: end}}
"""
TOLD = [
    (3, "`always`: `failed` leads to `nowhere`"),
    (5, "`no_answer` of node `menu` ends the call without a word"),
    (8, "`tries: 0` of node `menu`"),
    (9, "`9` leads to `sory`"),
    (9, "node `menu` (menu) has no outcome `12`"),
    (10, "node `desk` has `queue: sales`"),
    (11, "node `number` takes an identity number while the call is recorded"),
    (12, "node `who` reads the fact `name`"),
    (14, "the call goes round without anybody doing anything: "),
    (15, "no path leads to node `sorry`"),
    (16, "`sai` is no node type"),
]


def never(_flow) -> bool:
    """That no such flow ran here before."""
    return False


def told(text: str) -> list[tuple[int, str]]:
    with pytest.raises(Faults) as caught:
        vetted(lambda: parse(text, "f.yaml"), HOUSE, never)
    return [(fault.line, fault.text) for fault in caught.value]


def test_mistakes_of_every_kind_are_told_at_once():
    found = told(MANY)
    assert [line for line, _ in found] == [line for line, _ in TOLD], "\n".join(map(str, found))
    for beginning in TOLD:
        assert any(line == beginning[0] and beginning[1] in text for line, text in found), beginning


def test_mending_one_mistake_after_the_other_brings_no_new_one_up():
    """But that nobody leads to what stood behind a node of no known type, once that node is gone."""
    mends = (
        ("nowhere", "desk"), ("no_answer: end}", "no_answer: bye}"), ("tries: 0", "tries: 1"), ("9: sory", "9: sorry"),
        (", 12: desk", ""), ("sales", "intake"), ("check: id,", "check: id, private: yes,"), ("fact: name", "fact: id"),
        ("done: round", "done: bye"), ("  strange: {type: sai, then: {done: lost}}\n", ""),
        ("  lost: {type: say, prompt: closing, then: {done: bye}}\n", ""),
    )  # fmt: skip
    text, behind = MANY, "no path leads to node `lost`; lead an outcome to it or take it out"
    before = {sentence for _, sentence in told(text)}
    for old, new in mends:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
        try:
            vetted(lambda text=text: parse(text, "f.yaml"), HOUSE, never)
        except Faults as faults:
            now = {fault.text for fault in faults}
        else:
            now = set()
        assert now - {behind} <= before, now - before
        before = now
    assert before == set()


def test_what_lies_in_a_subflow_that_is_not_there_is_not_judged(tmp_path):
    path = tmp_path / "main.yaml"
    path.write_text("""\
flow: main
start: card
always: {failed: bye}
nodes:
  card: {type: subflow, flow: nothing, then: {done: who, again: card, gone: end}}
  who: {type: branch, fact: number, then: {1: bye, otherwise: bye}}
  bye: {type: say, prompt: closing, then: {done: end}}
""")
    with pytest.raises(HalfRead) as caught:
        load(path)
    (fault,) = half(caught.value, HOUSE)
    assert "uses the subflow `nothing`, which is not there" in fault.text


def test_a_flow_that_only_takes_longer_than_it_should_can_be_told_from_a_broken_one():
    text = (
        MANY[: MANY.index("nodes:")].replace("nowhere", "bye").replace("menu", "desk") + "limits: {end: 1s}\nnodes:\n"
    )
    text += "\n".join(line for line in MANY.splitlines() if line.startswith(("  desk", "  bye"))).replace(
        "sales", "intake"
    )
    flow, beyond = vetted(lambda: parse(text, "f.yaml"), HOUSE, never)
    assert flow.start == "desk"
    assert [(fault.line, "a call may last" in fault.text) for fault in beyond] == [(4, True)]
    assert list(keyed(flow)) == []
    assert "a call may last" in told(text.replace("full: bye", "full: end"))[0][1]


def test_a_circle_through_a_queue_is_told_of_a_broken_flow_too():
    text = """flow: f
start: desk
always: {failed: desk}
nodes:
  desk: {type: queue, queue: intake, timeout: 1m, then: {answered: end, timeout: sorry, full: by}}
  sorry: {type: say, prompt: closing, then: {done: desk}}
"""
    found = [sentence for _, sentence in told(text)]
    assert any("`full` leads to `by`" in one for one in found)
    assert any("goes round without anybody doing anything: desk → sorry → desk" in one for one in found)
