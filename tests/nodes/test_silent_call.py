"""The greeting and the silent-call protocol."""

import pytest

from ivr.commands import HangUp, Listen, Say
from ivr.events import Done, Heard, KeyPressed, Offered
from ivr.session import Session
from tests.calling import HOTLINE, START, Caller, flow_of

GREETING = Listen(("greeting-line",), 2.0)


def test_three_greetings_with_two_seconds_after_each_then_the_phrase():
    caller = Caller(HOTLINE)
    for _ in range(2):
        assert caller.pending == GREETING
        caller.answer(Heard, sound="silence")
    assert caller.pending == GREETING
    caller.answer(Heard, sound="silence")
    assert caller.pending == Say(("silent-call",), interruptible=False)
    assert isinstance(caller.answer(), HangUp)
    assert caller.said() == ["greeting-line"] * 3 + ["silent-call"]
    assert caller.hang_up("line") == "silent"


@pytest.mark.parametrize("greetings", [0, 1, 2])
def test_a_person_heard_after_any_greeting_goes_on_to_the_menu_at_once(greetings):
    caller = Caller(HOTLINE)
    for _ in range(greetings):
        caller.answer(Heard, sound="silence")
    assert caller.answer(Heard, sound="speech", confidence=0.913) == Say(("main-menu",))
    assert caller.call.facts == {"line": "speech", "line_confidence": "0.91"}
    assert "silent-call" not in caller.said()


@pytest.mark.parametrize("greetings", [0, 1, 2])
def test_noise_is_told_and_ends_the_call(greetings):
    caller = Caller(HOTLINE)
    for _ in range(greetings):
        caller.answer(Heard, sound="silence")
    assert caller.answer(Heard, sound="noise") == Say(("noisy-line",), interruptible=False)
    assert isinstance(caller.answer(), HangUp)
    assert caller.hang_up("line") == "noisy"


@pytest.mark.parametrize("greetings", [0, 1, 2])
@pytest.mark.parametrize(
    ("keys", "path"),
    [
        ("1", ["greet", "menu", "to_intake"]),
        ("2", ["greet", "menu", "to_inquiry"]),
        ("91", ["greet", "menu", "menu", "to_intake"]),
    ],
)
def test_a_key_in_the_greeting_is_the_menus_choice(greetings, keys, path):
    caller = Caller(HOTLINE)
    for _ in range(greetings):
        caller.answer(Heard, sound="silence")
    caller.keys(keys[0])
    if len(keys) == 2:
        assert caller.path[-1] == "menu"
        caller.keys(keys[1])
        caller.answer()
    assert caller.path == path
    assert not caller.call.keys


def test_a_key_pressed_while_the_line_picks_up_is_the_menus_choice():
    session = Session(HOTLINE)
    session.advance(Offered(START))
    assert session.advance(KeyPressed(START, "3")) == []
    assert session.advance(Done(START + 1, 1)) == [Say(("queue-complaint",))]
    assert [step.node for step in session.call.path] == ["greet", "menu", "to_complaint"]


def test_a_verdict_that_comes_with_the_key_does_not_overrule_it():
    caller = Caller(HOTLINE)
    listening = caller.session.number
    caller.keys("2")
    assert caller.send(Heard(caller.now, listening, "silence")) is None
    assert caller.path[-1] == "to_inquiry"


def test_hanging_up_in_the_greeting():
    assert Caller(HOTLINE).hang_up() == "hung_up_greeting"


def test_the_number_of_greetings_and_the_pause_are_settings():
    leads = "then: {speech: end, key: end, noise: end, silence: end}"
    caller = Caller(flow_of(f"  one: {{type: silent_call, prompt: hello, greetings: 2, pause: 500ms, {leads}}}"))
    assert caller.pending == Listen(("hello",), 0.5)
    assert caller.answer(Heard, sound="silence") == Listen(("hello",), 0.5)
    assert isinstance(caller.answer(Heard, sound="silence"), HangUp)


def test_doubtful_noise_leads_to_a_person_with_a_note():
    caller = Caller(HOTLINE)
    joined = caller.answer(Heard, sound="noise", confidence=0.62)
    assert (joined.queue, joined.note) == ("intake", "杂音? noisy?")
    assert "noisy-line" not in caller.said()


def test_sure_noise_is_told_even_at_the_very_edge():
    caller = Caller(HOTLINE)
    assert caller.answer(Heard, sound="noise", confidence=0.8) == Say(("noisy-line",), interruptible=False)
