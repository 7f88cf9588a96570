"""The menu: keys, wrong keys, no keys, and one counter for both."""

import pytest

from ivr.commands import JoinQueue, Say, WaitKey
from ivr.events import Done, Heard, KeyPressed
from tests.calling import HOTLINE, Caller, flow_of

MENU = Say(("main-menu",))


def at_menu() -> Caller:
    caller = Caller(HOTLINE)
    assert caller.answer(Heard, sound="speech") == MENU
    return caller


@pytest.mark.parametrize(
    ("key", "node"), [("1", "to_intake"), ("2", "to_inquiry"), ("3", "to_complaint"), ("0", "intake")]
)
@pytest.mark.parametrize("waiting", [False, True])
def test_each_key_leads_where_the_flow_says(key, node, waiting):
    caller = at_menu()
    if waiting:
        assert caller.answer() == WaitKey(5.0)
        caller.keys(key)
    else:
        caller.keys(key)
        caller.answer()
    assert caller.path[-1] == node


def test_speaks_then_no_key_then_7_then_7_goes_to_a_person():
    caller = at_menu()
    caller.answer()
    caller.answer()
    assert caller.pending == Say(("no-key",))
    caller.answer()
    assert caller.pending == MENU
    caller.keys("7")
    caller.answer()
    assert caller.pending == Say(("wrong-key",))
    caller.answer()
    caller.answer()
    caller.keys("7")
    assert caller.path == ["greet", "menu", "intake"]
    assert isinstance(caller.pending, JoinQueue)
    assert caller.said() == ["greeting-line", "main-menu", "no-key", "main-menu", "wrong-key", "main-menu"]


@pytest.mark.parametrize("tries", ["", "nnn", "777", "n7n", "77n", "7n7"])
def test_wrong_key_and_no_key_share_one_counter_of_three(tries):
    caller = at_menu()
    for one in tries:
        caller.until(WaitKey)
        assert caller.path[-1] == "menu"
        caller.answer() if one == "n" else caller.keys("7")
    assert caller.path[-1] == ("intake" if tries else "menu")
    assert caller.said().count("no-key") == tries[:2].count("n")
    assert caller.said().count("wrong-key") == tries[:2].count("7")


def test_nine_repeats_the_menu_with_its_tries_anew():
    caller = at_menu()
    for _ in range(4):
        caller.until(WaitKey)
        caller.keys("7")
        caller.until(WaitKey)
        caller.keys("9")
        assert caller.pending == MENU
    assert caller.path == ["greet"] + ["menu"] * 5


def test_keys_ahead_of_prompts_are_each_used_once():
    caller = at_menu()
    caller.keys("791")
    caller.answer()
    assert caller.path == ["greet", "menu", "menu", "to_intake"]
    assert caller.said() == ["greeting-line", "main-menu", "queue-intake"]


@pytest.mark.parametrize("key", ["*", "#", "A", "D", ""])
def test_keys_that_choose_nothing_are_wrong_keys(key):
    caller = at_menu()
    caller.answer()
    caller.send(KeyPressed(caller.now, key))
    assert caller.pending == Say(("wrong-key" if key else "no-key",))


def test_star_and_hash_can_be_choices():
    caller = Caller(flow_of("  one: {type: menu, prompt: hello, then: {'*': person, '#': end, no_answer: end}}"))
    caller.keys("*")
    caller.answer()
    assert caller.path == ["one", "person"]


def test_the_answer_of_an_overtaken_wait_is_nothing():
    caller = at_menu()
    caller.answer()
    waiting = caller.session.number
    caller.keys("1")
    running = caller.pending
    assert caller.send(Done(caller.now, waiting)) is None
    assert caller.pending is running


def test_hanging_up_in_the_menu():
    assert at_menu().hang_up() == "hung_up_menu"


def test_how_long_the_line_waited_for_keys_is_kept():
    """The recording needs it: nobody may have sent anything meanwhile."""
    caller = at_menu()
    caller.until(WaitKey)
    since = caller.now
    caller.send(KeyPressed(since + 2.0, "7"))
    assert caller.call.waits == [(since, since + 2.0)]
    caller.until(WaitKey)
    again = caller.now
    caller.hang_up()
    assert caller.call.waits[1:] == [(again, caller.now)]
