"""Events and commands survive the way through JSON and through a call script."""

import json
import typing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr import commands, events
from ivr.commands import Command, HandOver, JoinQueue, Say
from ivr.events import Answer, Done, Event, Failed, Heard, KeyPressed, QueueLeft
from ivr.script import MOMENTS, ScriptError, command_line, event_line, parse_line, play
from ivr.session import Session
from ivr.wire import tag
from tests.calling import HOTLINE

EVERY = {**Event.family, **Command.family}
# The moments of scripts are told to the millisecond, after the ring.
START = 1_700_000_000.0
moments = st.integers(1, 10_000_000).map(lambda ms: round(START + ms / 1000, 3))
VALUES = {
    str: st.one_of(st.text(max_size=8), st.sampled_from(["intake", "#", "1001", 'a "b" c=d', "", "x=1", "to=3"])),
    int: st.integers(0, 99),
    bool: st.booleans(),
    float: st.integers(0, 1_000_000).map(lambda ms: ms / 1000),
    tuple[str, ...]: st.lists(st.text(max_size=5), max_size=3).map(tuple),
    tuple[tuple[str, str], ...]: st.lists(st.tuples(st.text(max_size=5), st.text(max_size=5)), max_size=3).map(tuple),
    dict[str, str]: st.dictionaries(st.text(max_size=4), st.text(max_size=4), max_size=3),
    dict[str, typing.Any]: st.dictionaries(st.text(max_size=4), st.floats(0, 9), max_size=3),
}


def some(kind):
    fields = {
        name: moments if name == "at" or name in MOMENTS else VALUES[hint]
        for name, hint in typing.get_type_hints(kind).items()
        if name in {field for field, _ in kind.shape}
    }
    return st.builds(kind, **fields)


anything = st.one_of(*map(some, EVERY.values()))


def test_the_families_are_whole():
    def below(kind):
        return {kind} | {one for sub in kind.__subclasses__() for one in below(sub)}

    slotted = {one for one in below(Event) | below(Command) if "__slots__" in vars(one)}
    assert set(EVERY.values()) == slotted - {Event, Command}
    for module, family in ((events, Event.family), (commands, Command.family)):
        assert all(kind.__module__ == module.__name__ and kind.tag == name for name, kind in family.items())
    assert not set(Event.family) & set(Command.family)


@pytest.mark.parametrize(
    ("kind", "name"), [(KeyPressed, "key_pressed"), (QueueLeft, "queue_left"), (HandOver, "hand_over"), (Say, "say")]
)
def test_tags(kind, name):
    assert tag(kind.__name__) == kind.tag == name


@given(anything)
def test_json_and_back(one):
    family = Event if isinstance(one, Event) else Command
    text = json.dumps(one.to_json(), ensure_ascii=False)
    again = family.from_json(json.loads(text))
    assert again == one
    assert type(again) is type(one)
    assert json.loads(json.dumps(again.to_json(), ensure_ascii=False)) == json.loads(text)


@pytest.mark.parametrize("kind", EVERY.values(), ids=lambda kind: kind.tag)
def test_what_is_as_usual_is_not_written(kind):
    required = {name: 1.0 if name == "at" else "x" for name, default in kind.shape if name in ("at", "queue", "number")
                and not isinstance(default, str)}  # fmt: skip
    if any(name == "prompts" for name, _ in kind.shape):
        required["prompts"] = ("a",)
    assert set(kind(**required).to_json()) == {"type", *required}


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"type": "beamed_up", "at": 1.0},
        {"type": "done"},
        {"type": "done", "at": 1.0, "colour": "red"},
        {"type": "say", "at": 1.0},
        {"type": None},
        {"type": "event", "at": 1.0},
    ],
)
def test_what_this_version_does_not_know_is_refused(data):
    with pytest.raises(ValueError, match=r"\w"):
        Event.from_json(data)


def test_two_of_the_same_are_equal_and_do_not_share_what_can_change():
    assert Done(1.0, 2) == Done(1.0, 2) != Answer(1.0, 2)
    assert Heard(1.0).evidence is not Heard(1.0).evidence


# -- scripts -------------------------------------------------------------------------------------


@given(anything, moments)
def test_a_line_of_a_script_and_back(one, at):
    if isinstance(one, Event):
        assert parse_line(event_line(one, START, full=True), START) == (one.at, one)
    else:
        assert parse_line(command_line(one, at, START), START) == (at, one)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("    3.120 < key_pressed 1", KeyPressed(3.12, "1")),
        ("    3.120 < key_pressed #", KeyPressed(3.12, "#")),
        ("    0.500 < done to=3", Done(0.5, 3)),
        ('    0.500 < failed to=3 reason="it \\"broke\\""', Failed(0.5, 3, 'it "broke"')),
        ("    5.000 < heard speech confidence=0.97", Heard(5.0, 0, "speech", 0.97)),
        ('    9.000 < queue_left agent_lost agent="1001" rang=5.0', QueueLeft(9.0, 0, "agent_lost", "1001", 5.0)),
        ("    9.000 > join_queue intake timeout=294.0 position=1", JoinQueue("intake", 294.0, 1)),
        ("    9.000 > say a number/1 interruptible=false", Say(("a", "number/1"), False)),
        ("   -1.000 > hand_over", HandOver()),
    ],
)
def test_lines_as_they_are_written(line, what):
    assert parse_line(line).what == what


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("", "no line of a call script"),
        ("3 < done", "no line of a call script"),
        ("3.000 done", "no line of a call script"),
        ("3.000 < beamed_up", "`beamed_up` is no event; known are "),
        ("3.000 < say hello", "`say` is no event; known are "),
        ("3.000 > done", "`done` is no command; known are "),
        ("3.000 < key_pressed 1 2", "`1 2` is more than the line can hold"),
        ("3.000 < done soon", "`soon` is more than the line can hold"),
        ("3.000 < done to=soon", "`to=soon`: write a number, true, false or a text in quotes"),
        ("3.000 < done colour=1", "`colour=1` does not fit `done`; it has at, to"),
        ('3.000 < done type="say"', "`type=say` does not fit `done`; it has at, to"),
        ('3.000 < queue_left rang="then"', "`rang=then` does not fit `queue_left`"),
        ("3.000 > join_queue", "join_queue: "),
        ('3.000 < failed "why"', '`"why"` cannot be read'),
    ],
)
def test_lines_that_are_none(line, told):
    with pytest.raises(ScriptError) as caught:
        parse_line(line)
    assert told in str(caught.value)


@given(st.text(max_size=40))
def test_no_line_raises_anything_but_a_script_error(text):
    for line in (text, f"1.000 < queue_left {text}", f"1.000 > say {text}"):
        try:
            parse_line(line)
        except ScriptError:
            continue


def test_playing_keeps_remarks_and_writes_what_is_told_now():
    script = '# A remark.\n\n    0.000 < offered caller="1"\n    0.000 > hang_up\n    0.500 < done\n'
    assert play(Session(HOTLINE), script).splitlines() == [
        "# A remark.",
        "",
        '    0.000 < offered caller="1"',
        "    0.000 > pick_up",
        "    0.500 < done",
        "    0.500 > listen greeting-line",
    ]
