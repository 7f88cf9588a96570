"""Parts of a flow in files of their own: read, put in their places, kept with the flow, refused with every mistake."""

import pytest

from ivr.check import House
from ivr.faults import Faults
from ivr.flow import Flow
from ivr.flowdiff import sentences
from ivr.flowfile import load, parse
from ivr.flowmark import made_from, marked, unmarked
from ivr.flowparts import parts, whole
from ivr.prove import prove
from ivr.schema import schema
from ivr.subflows import RETURN
from ivr.vetting import checked, proof_of
from tests.calling import Caller

MAIN = """flow: main
start: card
always: {failed: person}
nodes:
  card: {type: subflow, flow: card, then: {done: again, none: person}}
  again: {type: subflow, flow: card, then: {done: bye, none: person, failed: bye}}
  bye: {type: end}
  person: {type: queue, queue: intake, then: {answered: end, timeout: bye, full: bye, failed: bye}}
"""
CARD = """subflow: card
start: ask
nodes:
  ask: {type: gather, prompt: enter-number, fact: card, then: {done: check, no_answer: return.none}}
  check: {type: branch, fact: card, then: {"9*": return.none, otherwise: return}}
"""
INNER = """subflow: inner
start: one
nodes: {one: {type: subflow, flow: card, then: {done: return.none, none: end}}}
"""


def folder(tmp_path, main=MAIN, **subflows) -> Flow:
    (tmp_path / "subflows").mkdir(exist_ok=True)
    for name, text in {"card": CARD, **subflows}.items():
        (tmp_path / f"subflows/{name}.yaml").write_text(text)
    (tmp_path / "main.yaml").write_text(main)
    return load(tmp_path / "main.yaml")


def faults(tmp_path, main=MAIN, **subflows) -> list[str]:
    with pytest.raises(Faults) as caught:
        folder(tmp_path, main, **subflows)
    return [str(fault).replace(f"{tmp_path}/", "") for fault in caught.value.faults]


def test_its_nodes_stand_in_their_places(tmp_path):
    flow = folder(tmp_path)
    assert [*flow.nodes] == [
        "card", "card.ask", "card.check", "again", "again.ask", "again.check", "bye", "person",
    ]  # fmt: skip
    assert flow.nodes["card"].then == {"enter": "card.ask"}
    assert flow.nodes["card.check"].then == {"9*": "person", "otherwise": "again"}
    assert flow.nodes["again.ask"].then == {"done": "again.check", "no_answer": "person", "failed": "bye"}
    assert [fault for fault in proof_of(flow, House()).faults if "plays" not in fault.text] == []


def test_a_call_goes_through_it_and_comes_back(tmp_path):
    caller = Caller(folder(tmp_path))
    caller.answer()
    caller.keys("12#")
    caller.answer()
    caller.keys("91#")
    assert caller.path == ["card", "card.ask", "card.check", "again", "again.ask", "again.check", "person"]


def test_it_is_proved_in_its_place(tmp_path):
    assert prove(folder(tmp_path), lambda _: 2.0).bounds is not None
    round_ = CARD.replace("return}}", "round}}") + "  round: {type: set, fact: x, value: y, then: {done: check}}\n"
    main = MAIN.replace("done: again, none: person", "none: person").replace("done: bye, none: person", "none: person")
    faults = prove(folder(tmp_path, main, card=round_), lambda _: 2.0).faults
    (fault, *_) = [one for one in faults if "round" in one.text]
    assert "card.check → card.round → card.check" in fault.text
    assert fault.file == str(tmp_path / "subflows/card.yaml")


def test_its_faults_are_told_in_its_own_file(tmp_path):
    flow = folder(tmp_path, card=CARD.replace('fact: card, then: {"9*"', 'fact: colour, then: {"9*"'))
    told = [str(fault).replace(f"{tmp_path}/", "") for fault in proof_of(flow, House()).faults]
    assert any(one.startswith("subflows/card.yaml:5:31: node `card.check` reads the fact `colour`") for one in told)


def test_the_flow_s_text_has_all_of_it_and_reads_the_same_without_the_folder(tmp_path):
    flow = folder(tmp_path)
    again = parse(flow.text, "version 3")
    assert (again.text, again.hash) == (flow.text, flow.hash)
    assert {name: place.then for name, place in again.nodes.items()} == {n: p.then for n, p in flow.nodes.items()}
    changed = folder(tmp_path, card=CARD.replace("9*", "8*"))
    assert changed.hash != flow.hash
    assert sentences(flow.text, changed.text) == [
        "subflow card: nodes.check.then.8* none → return.none", "subflow card: nodes.check.then.9* return.none → none",
    ]  # fmt: skip


def test_which_version_it_was_made_from_stays_the_last_line(tmp_path):
    flow = folder(tmp_path)
    kept = folder(tmp_path, marked(MAIN, 7))
    assert made_from(kept.text) == 7
    assert unmarked(kept.text) == flow.text
    taken_out = folder(tmp_path, marked(flow.text, 7), card=CARD.replace("9*", "8*"))
    assert unmarked(taken_out.text) == flow.text, "what stands in the text comes before the folder"


def test_subflows_may_use_each_other(tmp_path):
    main = MAIN.replace("flow: card, then: {done: again, none: person}", "flow: inner, then: {none: again}")
    flow = folder(tmp_path, main, inner=INNER)
    assert flow.nodes["card.one.check"].then == {"9*": "end", "otherwise": "again"}
    assert len(parts(flow.text)) == 3


def test_what_is_wrong_is_told_at_the_node_that_uses_it(tmp_path):
    assert faults(tmp_path, MAIN.replace("none: person}", "nothing: person}", 1)) == [
        "main.yaml:5:31: node `card` does not say where the call goes on after `return.none` of the subflow `card`; "
        "add `none:` under `then:`",
        "main.yaml:5:31: the subflow `card` never comes back with `nothing`; it comes back with: done, none",
    ]
    assert faults(tmp_path, MAIN.replace("flow: card,", "flow: cart,", 1)) == [
        "main.yaml:5:31: node `card` uses the subflow `cart`, which is not there; there are: card"
    ]
    without = MAIN.replace("then: {done: again, none: person}", "")
    assert "it does not say where the call goes on; add `done:` under `then:`" in faults(tmp_path, without)[0]


def test_what_the_flow_names_is_told_beside_a_broken_subflow(tmp_path):
    main = MAIN.replace("queue: intake", "queue: sales")
    folder(tmp_path, main)
    (tmp_path / "subflows/card.yaml").write_text(CARD.replace("type: branch", "type: brunch"))
    with pytest.raises(Faults) as caught:
        checked(lambda: load(tmp_path / "main.yaml"), House())
    told = [str(fault).replace(f"{tmp_path}/", "") for fault in caught.value]
    assert any(one.startswith("main.yaml:8:32: node `person` has `queue: sales`") for one in told), told
    assert any(one.startswith("subflows/card.yaml:5:17: `brunch` is no node type") for one in told), told


def test_a_subflow_that_uses_itself_is_told(tmp_path):
    main = MAIN.replace("flow: card, then: {done: again, none: person}", "flow: inner, then: {none: again}")
    inner = INNER.replace("flow: card, then: {done: return.none, none: end}", "flow: inner, then: {none: return.none}")
    told = "the subflow `inner` uses itself (inner → inner); take it out of one of them"
    assert faults(tmp_path, main, inner=inner) == [f"subflows/inner.yaml:3:36: {told}"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("subflow: card\n", "", "subflows/card.yaml:1:1: `subflow:` is missing; give the subflow a name"),
        ("start: ask", "start: end", "subflows/card.yaml:2:8: `start` leads to `end`, but no node has that name"),
        ("return.none,", "retour,", "no node has that name; write the name of a node, `end` or `return`"),
        ("start: ask", "start: ask\nalways: {failed: ask}", "`always` is not known in the subflow file"),
        ("  check:", "  return:", "`return` leads back to the flow and cannot be a node's name; name it otherwise"),
    ],
)  # fmt: skip
def test_mistakes_in_its_file_are_told_there(tmp_path, old, new, told):
    assert any(told in one for one in faults(tmp_path, card=CARD.replace(old, new, 1)))


def test_texts_are_joined_and_parted():
    assert parts(whole(["a", "b\n", "c"])) == ["a\n", "b\n", "c\n"]
    assert [bool(RETURN.fullmatch(one)) for one in ("return", "return.x-1", "returns", "return.")] == [
        True,
        True,
        False,
        False,
    ]
    assert "subflow" in schema()["properties"]
