"""What admins write: read as they mean it, or refused with every mistake, its line, and what to write instead."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.faults import Fault, Faults
from ivr.flow import NODE_TYPES
from ivr.flowfile import load, parse
from ivr.yamlfile import MOST_BYTES

TYPES = ", ".join(sorted(NODE_TYPES))
GOOD = """\
flow: small
start: hello
always: {failed: desk}
nodes:
  hello:
    type: menu
    prompt: main-menu
    then:
      1: desk
      no_answer: bye
  desk:
    type: queue
    queue: intake
    timeout: 1m
    then: {answered: end, timeout: bye, full: bye}
  bye: {type: say, prompt: closing, then: {done: end}}
"""


def faults(text: str) -> list[str]:
    with pytest.raises(Faults) as caught:
        parse(text, "f.yaml")
    assert caught.value.faults == sorted(set(caught.value.faults)), "told twice, or out of order"
    return [str(fault).removeprefix("f.yaml:") for fault in caught.value]


def changed(*changes: tuple[str, str]) -> str:
    text = GOOD
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def test_a_good_file():
    flow = parse(GOOD, "f.yaml")
    assert (flow.name, flow.start, flow.always) == ("small", "hello", {"failed": "desk"})
    assert {name: place.at[0] for name, place in flow.nodes.items()} == {"hello": 5, "desk": 11, "bye": 16}
    assert flow.nodes["desk"].node.timeout == 60.0
    assert flow.nodes["hello"].node.choices == ("1",)
    assert flow.nodes["hello"].then == {"1": "desk", "no_answer": "bye"}
    assert flow.text == GOOD


ONE_FAULT = [
    ("flow: small\n", "", "1:1: `flow:` is missing; give the flow a name"),
    ("start: hello\n", "", "1:1: `start:` is missing; name the node a call begins with"),
    ("always: {failed: desk}\n", "", "1:1: `always:` is missing; name at least the node for `failed`"),
    ("{failed: desk}", "{}", "3:1: `always` must name a node for `failed`: where a caller goes when something breaks"),
    ("{failed: desk}", "desk", "3:9: `always` must be made of `name: value` lines"),
    ("flow: small", "flow:", "1:6: `flow:` says nothing; write one word or sentence behind it"),
    ("flow: small", "flow: [small]", "1:7: `flow:` says nothing; write one word or sentence behind it"),
    ("flow: small", "flows: small\nflow: small",
     "1:1: `flows` is not known in the flow file; known are flow, start, always, limits, nodes, about"),
    ("start: hello", "start: nobody",
     "2:8: `start` leads to `nobody`, but no node has that name; write the name of a node"),
    ("start: hello", "start: end", "2:8: `start` leads to `end`, but no node has that name; write the name of a node"),
    ("failed: desk", "failed: 9", "3:18: `always`: `failed` leads to `9`, but no node has that name; "
     "write the name of a node"),
    ("failed: desk", "failed: desk, noise: bye",
     "3:24: `noise` is not known in `always`; known are failed, line_noisy"),
    ("      1: desk", "      1: desk\n      1: bye",
     "10:7: `1` stands in `then` of node `hello` already, in line 9; keep one or name it otherwise"),
    ("      1: desk", "      1: desk\n      '1': bye",
     "10:7: `1` stands in `then` of node `hello` already, in line 9; keep one or name it otherwise"),
    ("  bye:", "  desk: {type: say, prompt: closing, then: {done: end}}\n  bye:",
     "16:3: `desk` stands in `nodes` already, in line 11; keep one or name it otherwise"),
    ("    prompt: main-menu", "    prompt: main-menu\n    prompt: closing",
     "8:5: `prompt` stands in node `hello` already, in line 7; keep one or name it otherwise"),
    ("      1: desk", "      8:30: desk\n      1: desk",
     "9:7: node `hello` (menu) has no outcome `8:30`; it has no_answer, failed and the keys 0-9 * #"),
    ("      1: desk", "      no: desk\n      1: desk",
     "9:7: node `hello` (menu) has no outcome `no`; it has no_answer, failed and the keys 0-9 * #"),
    ("      1: desk", "      12: desk\n      1: desk",
     "9:7: node `hello` (menu) has no outcome `12`; it has no_answer, failed and the keys 0-9 * #"),
    ("      1: desk\n", "",
     "5:3: node `hello` (menu): it has no key to press; add at least one, such as `1: node`, under `then:`"),
    ("      1: desk", "      1: no", "9:10: node `hello`: `1` leads to `no`, but no node has that name; "
     "write the name of a node or `end`"),
    ("      1: desk", "      1:", "9:9: `1:` says nothing; write one word or sentence behind it"),
    ("      1: desk", "      1: {desk: bye}", "9:10: `1:` says nothing; write one word or sentence behind it"),
    ("      no_answer: bye\n", "",
     "8:5: node `hello` does not say where `no_answer` leads; add `no_answer:` under `then:`"),
    (", then: {done: end}", "", "16:3: node `bye` does not say where `done` leads; add `done:` under `then:`"),
    ("{done: end}", "end", "16:43: `then` of node `bye` must be made of `name: value` lines"),
    ("{done: end}", "{done: end, key: end}",
     "16:55: node `bye` (say) has no outcome `key`; it has done, failed"),
    ("timeout: 1m", "timeout: 8:30",
     "14:14: `timeout: 8:30` of node `desk`: a duration is written like 2s, 500ms or 1m30s"),
    ("timeout: 1m", "timeout: 60",
     "14:14: `timeout: 60` of node `desk`: a duration is written like 2s, 500ms or 1m30s"),
    ("timeout: 1m", "timeout: -1s",
     "14:14: `timeout: -1s` of node `desk`: a duration is written like 2s, 500ms or 1m30s"),
    ("timeout: 1m", "timeout: 2000m",
     "14:14: `timeout: 2000m` of node `desk`: a duration must be at most 24 hours (1440m)"),
    ("timeout: 1m", f"timeout: {'9' * 5000}m",
     f"14:14: `timeout: {'9' * 5000}m` of node `desk`: a duration is written like 2s, 500ms or 1m30s"),
    ("timeout: 1m", "timeout: [1m]", "14:14: `timeout:` says nothing; write one word or sentence behind it"),
    ("timeout: 1m", "patience: 1m",
     "14:5: `patience` is no setting of `queue`; it has queue, prompt, timeout"),
    ("    prompt: main-menu", "    prompt: main-menu\n    tries: 0",
     "8:12: `tries: 0` of node `hello`: write a whole number from 1 to 1000"),
    ("    prompt: main-menu", f"    prompt: main-menu\n    tries: {'1' * 5000}",
     f"8:12: `tries: {'1' * 5000}` of node `hello`: write a whole number from 1 to 1000"),
    ("    prompt: main-menu", "    prompt: main-menu\n    tries: ２",
     "8:12: `tries: ２` of node `hello`: write a whole number from 1 to 1000"),
    ("    prompt: main-menu", "    prompt: main menu",
     "7:13: `prompt: main menu` of node `hello`: a name has letters, digits, `-` and `_` only"),
    ("    prompt: main-menu", "    prompt: main-menu\n    choices: 1",
     "8:5: `choices` is no setting of `menu`; it has prompt, tries, wait, wrong_key, no_key"),
    ("prompt: closing,", "prompt: closing, interruptible: maybe,",
     "16:52: `interruptible: maybe` of node `bye`: write yes or no"),
    ("prompt: closing,", "prompt: closing, mark: sad,", "16:43: `mark: sad` of node `bye`: write silent or noisy"),
    (" prompt: closing,", "", "16:3: node `bye` (say) needs `prompt:`; add it"),
    ("type: menu", "type: menue", f"6:11: `menue` is no node type; known are {TYPES}"),
    ("type: menu", "type: {menu: 1}", "6:11: `type:` says nothing; write one word or sentence behind it"),
    ("    type: menu\n", "", f"5:3: node `hello` has no `type:`; write one of {TYPES}"),
    ("  bye: {", "  end: {type: say, prompt: closing, then: {done: end}}\n  bye: {",
     "16:3: `end` ends the call and cannot be a node's name; name it otherwise"),
    ("  bye: {", "  good bye: {type: say, prompt: closing, then: {done: end}}\n  bye: {",
     "16:3: `good bye` cannot be a node's name; write letters, digits, `-` and `_` only"),
    ("  bye: {", "  ? [a, b]\n  : x\n  bye: {",
     "16:5: a list or a group stands where a name is expected in `nodes`; write `name: value`"),
    ("  bye: {", "  other: word\n  bye: {", "16:10: node `other` must be made of `name: value` lines"),
    ("    type: menu", "\ttype: menu", "6:1: a tab stands in the indentation; write spaces instead"),
    ("      1: desk", "      \t1: desk", "9:7: a tab stands in the indentation; write spaces instead"),
    ("flow: small", "flow: small\n\tstart: hello", "2:1: a tab stands in the indentation; write spaces instead"),
    ("type: menu", "type: &kind menu",
     "6:11: `&name` and `*name` are not used in these files; write it out, or put the text in quotes"),
    ("type: menu", "type: *kind",
     "6:11: `&name` and `*name` are not used in these files; write it out, or put the text in quotes"),
    ("      1: desk", "      *: desk", "9:8: not readable as YAML: "),
    ("type: menu", "type: !!python/name:os.system menu", "6:11: `tag:yaml.org,2002:python/name:os.system` is not used "
     "in these files; take it out, or put the text in quotes"),
    ("always: {failed: desk}", "always: {failed: desk", "4:6: not readable as YAML: "),
    ("nodes:\n", "---\nnodes:\n", "4:1: a second document begins here (`---`); one file holds one document"),
    ("flow: small", "flow: sm\0all", "1:9: an unprintable character (0x00) stands here; take it out"),
    ("start: hello", "start: he\ud800llo", "2:10: an unprintable character (0xd800) stands here; take it out"),
]  # fmt: skip


def test_every_tab_is_told_with_what_else_is_wrong():
    tabs = ("    type: menu", "\t\ttype: menu"), ("    queue: intake", "\t\tqueue: intake")
    assert faults(changed(*tabs, ("{done: end}", "{done: ned}"))) == [
        "6:1: a tab stands in the indentation; write spaces instead",
        "13:1: a tab stands in the indentation; write spaces instead",
        "16:50: node `bye`: `done` leads to `ned`, but no node has that name; write the name of a node or `end`",
    ]
    indented = [number for number, line in enumerate(GOOD.splitlines(), 1) if line.startswith(" ")]
    assert [int(one.split(":")[0]) for one in faults(GOOD.replace("  ", "\t"))] == indented


@pytest.mark.parametrize(("old", "new", "told"), ONE_FAULT)
def test_each_mistake_is_told_with_its_place_and_what_to_write(old, new, told):
    found = faults(changed((old, new)))
    if told.endswith("YAML: "):
        assert [one.startswith(told) for one in found] == [True]
        assert "; write `name: value` lines, and put quotes around a text with" in found[0]
    else:
        assert told in found
        assert len(found) <= 2, found


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", ["flow", "start", "always", "nodes"]),
        ("# nothing but words\n", ["flow", "start", "always", "nodes"]),
    ],
)
def test_an_empty_file(text, told):
    found = faults(text)
    assert [one.split("`")[1].rstrip(":") for one in sorted(found)] == sorted(told)
    assert all(one.startswith("1:1: ") for one in found)


@pytest.mark.parametrize("text", ["- flow\n- start\n", "just words", "[]", "''"])
def test_a_file_that_is_no_group_of_names(text):
    assert "1:1: the flow file must be made of `name: value` lines" in faults(text)


@pytest.mark.parametrize("nodes", ["nodes:", "nodes: []", "nodes: none"])
def test_nodes_that_are_no_group(nodes):
    found = faults(f"flow: f\nstart: a\nalways: {{failed: a}}\n{nodes}\n")
    assert any("`nodes` must be made of `name: value` lines" in one for one in found)


def test_every_mistake_is_told_at_once():
    text = changed(
        ("start: hello", "start: nobody"),
        ("type: menu", "type: menue"),
        ("timeout: 1m", "timeout: soon"),
        ("{done: end}", "{finished: end}"),
    )
    assert [one.split(": ")[0] for one in faults(text)] == ["2:8", "6:11", "14:14", "16:37", "16:44"]


@pytest.mark.parametrize(
    "text",
    [
        "&a {x: *a}",
        "flow: &a [*a]\n",
        "a: &a {<<: *a}",
        "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n",
        "[" * 100_000,
        "{a: " * 100_000,
        "- " * 100_000,
        "? " * 100_000,
        "a:\n" + "".join(f"{' ' * depth}b:\n" for depth in range(1, 300)),
        "%YAML 9.9\n---\na: b",
        "a: !<tag:x",
        "a: \"never closed",
        "? {a: b}\n: c",
        "<<: {flow: x}",
        "x" * (MOST_BYTES + 1),
    ],
)  # fmt: skip
def test_tricks_of_yaml_are_refused_at_once(text):
    assert faults(text)


def test_merge_keys_are_refused():
    assert any("`<<`" in one for one in faults(changed(("    type: queue", "    <<: {type: queue}\n    type: queue"))))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"flow: f\nstart: \xff\n", "2:1: this is not UTF-8 text; save the file as UTF-8"),
        ("flow: 热线".encode("gbk"), "1:1: this is not UTF-8 text; save the file as UTF-8"),
        (GOOD.encode("utf-16"), "1:1: this is not UTF-8 text; save the file as UTF-8"),
    ],
)
def test_a_file_that_is_not_utf8(tmp_path, content, told):
    path = tmp_path / "f.yaml"
    path.write_bytes(content)
    with pytest.raises(Faults) as caught:
        load(path)
    assert [str(one) for one in caught.value] == [f"{path}:{told}"]


def test_a_file_that_cannot_be_read(tmp_path):
    for path in (tmp_path / "none.yaml", tmp_path):
        with pytest.raises(Faults, match="the file cannot be read: "):
            load(path)


@pytest.mark.parametrize("content", [GOOD.encode("utf-8-sig"), GOOD.replace("\n", "\r\n").encode()])
def test_what_editors_of_other_systems_write_is_read(tmp_path, content):
    path = tmp_path / "f.yaml"
    path.write_bytes(content)
    assert load(path).nodes["hello"].then == parse(GOOD).nodes["hello"].then


def test_words_that_plain_yaml_would_turn_into_something_else():
    flow = parse(changed(("flow: small", "flow: 8:30"), ("  bye:", "  no: {type: survey, then: {done: bye, no_answer: "
                 "yes}}\n  yes: {type: say, prompt: 1e3, then: {done: no}}\n  bye:")))  # fmt: skip
    assert flow.name == "8:30"
    assert flow.nodes["no"].then == {"done": "bye", "no_answer": "yes"}
    assert flow.nodes["yes"].node.prompt == "1e3"


def test_the_hash_tells_one_text_from_another():
    assert parse(GOOD).hash == parse(GOOD).hash
    assert parse(GOOD).hash != parse(GOOD + "# a word\n").hash


WORDS = st.sampled_from(
    ["flow", "start", "always", "nodes", "type", "then", "menu", "say", "queue", "prompt", "end", "failed", "done",
     ":", ": ", "\n", "\n  ", "\n    ", "{", "}", "[", "]", ",", "- ", "? ", "&a", "*a", "!!x", "<<", "|", ">", "'",
     '"', "#", "\t", "%", "---", "...", "1", "8:30", "no", "~", "2s", "é", "话", "\u2028", "\x85", "\ufeff"]
)  # fmt: skip


def told(text: str) -> list[Fault]:
    """The faults of a text that may have none."""
    try:
        parse(text)
    except Faults as found:
        return found.faults or [Fault("", 0, 0, "")]
    return []


@settings(max_examples=500, deadline=None)
@given(st.one_of(st.text(max_size=80), st.lists(WORDS, max_size=40).map("".join)))
def test_no_text_raises_anything_but_faults(text):
    lines = text.count("\n") + text.count("\r") + sum(map(text.count, "\x85\u2028\u2029")) + 1
    assert all(1 <= fault.line <= lines and fault.column >= 1 and fault.text for fault in told(text))


@settings(max_examples=400, deadline=None)
@given(st.integers(0, len(GOOD)), st.integers(0, 30), st.one_of(st.text(max_size=5), WORDS))
def test_no_edit_of_a_good_file_raises_anything_but_faults(place, gone, new):
    assert all(fault.line and fault.text for fault in told(GOOD[:place] + new + GOOD[place + gone :]))
