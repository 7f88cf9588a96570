"""Every call has exactly one outcome of the closed set, whatever happens to it."""

import json
from collections import Counter
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr import outcomes
from ivr.call import Call
from ivr.commands import Command, HandOver, HangUp, JoinQueue, Listen, PickUp, Record, Say, WaitKey
from ivr.events import (
    Closing,
    Done,
    Event,
    Failed,
    Heard,
    HungUp,
    KeyPressed,
    LineNoisy,
    Offered,
    QueueLeft,
    Recorded,
    Resumed,
)
from ivr.flowfile import parse
from ivr.record import record
from ivr.session import MOST_FAILURES, MOST_STEPS, Session
from tests.calling import HOTLINE, START, Caller, flow_of

KEYS = "0123456789*#A"
REQUIRED = {
    "id", "caller", "dialled", "rang_at", "answered_at", "queued_at", "agent_rang_at", "agent_answered_at",
    "connected_at", "ended_at", "ended_by", "outcome", "path", "flow", "flow_hash", "queue", "agent", "wait_s",
    "ring_s", "talk_s", "survey", "recording", "recording_ok", "message",
}  # fmt: skip


KINDS = ["answer"] * 12 + ["key"] * 5 + ["noisy", "closing", "resumed", "offered", "hung_up"]
STATUSES = ("answered", "agent_lost", "timeout", "full", "empty", "unavailable", "hungup", "odd")
LATER = (0.0, 0.125, 1.0, 40.0, -0.5)
STEP = st.tuples(*[st.integers(0, 255)] * 4)


def answer(step: tuple[int, ...], at: float, command: Command | None, number: int) -> Event:
    """An answer, fitting or not, to the running command or to another."""
    _, one, two, three = step
    to = number if one % 8 else number + one % 3 - 1
    fitting = {JoinQueue: QueueLeft, Listen: Heard, Record: Recorded}.get(type(command), Done)
    kind = fitting if two % 8 else (Done, Failed, Heard, QueueLeft, Recorded)[three % 5]
    if kind is Failed:
        return Failed(at, to, "it broke")
    if kind is Heard:
        return Heard(at, to, ("silence", "speech", "noise", "nonsense")[three % 4])
    if kind is Recorded:
        return Recorded(at, to, "m.wav", 3.0, ("key", "silence", "timeout", "hangup")[three % 4])
    if kind is QueueLeft:
        rang, answered, connected = (0.0 if three & bit else at - 3 for bit in (8, 16, 32))
        mark = ("", "", "silent", "odd")[three >> 6]
        return QueueLeft(at, to, STATUSES[three % 8], "1001", rang, answered, connected, mark)
    return Done(at, to)


def happening(step: tuple[int, ...], at: float, session: Session) -> Event:
    """Anything that can happen next, answers and keys most of all."""
    kind, one = KINDS[step[0] % len(KINDS)], step[1]
    if kind == "answer":
        return answer(step, at, session.pending, session.number)
    if kind == "key":
        return KeyPressed(at, KEYS[one % len(KEYS)])
    if kind == "hung_up":
        return HungUp(at, ("caller", "agent", "line")[one % 3])
    return {"noisy": LineNoisy(at), "closing": Closing(at), "resumed": Resumed(at), "offered": Offered(at)}[kind]


def call_of(steps: list[tuple[int, ...]], turned_away: bool) -> tuple[Session, list[Event], list[list[Command]]]:
    """A call from its ring to its end: the session, what happened, what was told."""
    session = Session(HOTLINE)
    number = ("13800138000", "", "+861095585")[len(steps) % 3]
    at = START
    happened: list[Event] = [Offered(at, number, "李", "95585", turned_away)]
    told = [session.advance(happened[0])]
    for step in [*steps, None]:
        at += LATER[step[3] % 5] if step else 1.0
        event = happening(step, at, session) if step else HungUp(at, "caller")
        happened.append(event)
        told.append(session.advance(event))
        if session.ended:
            break
    return session, happened, told


def calls():
    """Calls to which anything happens."""
    return st.builds(call_of, st.lists(STEP, max_size=60), st.sampled_from([False] * 9 + [True]))


@settings(max_examples=300, deadline=None)
@given(calls())
def test_any_call_ends_with_one_outcome_and_a_whole_record(made):
    session, happened, told = made
    assert all(len(commands) <= 1 for commands in told)
    assert session.ended
    assert session.pending is None
    assert session.call.outcome in outcomes.OUTCOMES
    assert {step.node for step in session.call.path} <= {*HOTLINE.nodes}
    assert [step.at for step in session.call.path] == sorted(step.at for step in session.call.path)
    assert session.advance(KeyPressed(happened[-1].at + 9, "1")) == []
    assert session.advance(HungUp(happened[-1].at + 9, "line")) == []
    kept = record("1.1", session.call, HOTLINE)
    assert json.loads(json.dumps(kept)) == kept
    assert {*kept} >= REQUIRED
    assert kept["ended_by"] in ("caller", "agent", "line")
    for name, value in kept.items():
        if name.endswith("_at") and value is not None:
            assert datetime.fromisoformat(value).tzinfo is not None


@settings(max_examples=300, deadline=None)
@given(calls())
def test_after_the_last_command_nothing_more_is_told(made):
    _, happened, told = made
    flat = [command for event, commands in zip(happened, told, strict=True)
            if not isinstance(event, Resumed) for command in commands]  # fmt: skip
    assert sum(isinstance(command, HangUp | HandOver) for command in flat) <= 1
    assert not any(isinstance(command, HangUp | HandOver) for command in flat[:-1])
    assert isinstance(flat[0], PickUp | HangUp)


@settings(max_examples=60, deadline=None)
@given(st.lists(calls(), max_size=12))
def test_calls_offered_are_the_sum_of_outcomes(batch):
    counted = Counter(session.call.outcome for session, _, _ in batch)
    assert sum(counted[name] for name in outcomes.OUTCOMES) == len(batch)


def test_the_set_is_the_one_that_others_count_by():
    assert outcomes.OUTCOMES == (
        "served", "abandoned", "left_contact", "silent", "noisy", "hung_up_greeting", "hung_up_menu",
        "hung_up_message", "busy", "fallback", "failed",
    )  # fmt: skip


TALKED = QueueLeft(1.0, 1, "answered", "1001", 1.0, 2.0, 3.0)
LOST = QueueLeft(1.0, 1, "agent_lost", "1001", 1.0, 2.0)


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        ({"talk": TALKED, "ended_by": "agent"}, "served"),
        ({"talk": TALKED, "ended_by": "line", "stage": "queue"}, "served"),
        ({"talk": TALKED, "marks": ["noisy"]}, "noisy"),
        ({"talk": TALKED, "marks": ["fallback"]}, "fallback"),
        ({"talk": LOST, "ended_by": "caller", "stage": "queue"}, "abandoned"),
        ({"marks": ["left_contact"], "ended_by": "caller", "stage": "message"}, "left_contact"),
        ({"marks": ["left_contact"], "talk": TALKED}, "served"),
        ({"marks": ["unheard-of"], "ended_by": "caller", "stage": "menu"}, "hung_up_menu"),
        ({"marks": ["busy"], "ended_by": "line"}, "busy"),
        ({"ended_by": "line", "stage": "menu"}, "failed"),
        ({}, "failed"),
    ],
)
def test_the_first_rule_that_fits(facts, outcome):
    assert outcomes.outcome(Call(**facts)) == outcome


# -- the session's own rules ---------------------------------------------------------------------


def test_a_call_above_the_limit_is_turned_away_unanswered():
    session = Session(HOTLINE)
    assert session.advance(Offered(START, "1", "", "95585", at_limit=True)) == [HangUp("busy")]
    session.advance(HungUp(START + 1, "line"))
    assert session.call.outcome == "busy"
    assert session.call.path == []


def test_a_call_that_cannot_be_answered_has_failed():
    session = Session(HOTLINE)
    session.advance(Offered(START))
    assert session.advance(Failed(START, 1, "gone")) == [HangUp("failed")]
    session.advance(HungUp(START + 1, "line"))
    assert session.call.outcome == "failed"


def test_a_flow_that_keeps_failing_is_handed_to_a_person():
    caller = Caller(HOTLINE)
    failures = 0
    while not isinstance(caller.pending, HandOver):
        caller.answer(Failed, reason="it broke")
        failures += 1
        assert failures <= MOST_FAILURES
    assert caller.session.handed_over
    assert caller.hang_up("line") == "fallback"


def test_a_failure_in_the_last_resort_is_handed_to_a_person_at_once():
    caller = Caller(flow_of("  one: {type: say, prompt: hello, then: {done: person}}"))
    caller.answer()
    person = (
        "flow: t\nstart: person\nalways: {failed: person}\nnodes:\n  person: {type: say, prompt: a, then: {done: end}}"
    )
    caller = Caller(parse(person))
    assert isinstance(caller.answer(Failed, reason="it broke"), HandOver)


def test_a_flow_that_runs_in_a_circle_ends_with_a_person():
    caller = Caller(
        flow_of("  one: {type: say, prompt: a, then: {done: two}}\n  two: {type: say, prompt: b, then: {done: one}}")
    )
    caller.keys("5")
    assert isinstance(caller.answer(), HandOver)
    assert len(caller.path) == MOST_STEPS


def test_a_bug_in_a_node_ends_with_a_person(monkeypatch):
    caller = Caller(HOTLINE)

    def run(_node, _call):
        yield Say(("main-menu",))
        raise KeyError("x")

    monkeypatch.setattr(type(HOTLINE.nodes["menu"].node), "run", run)
    caller.answer(Heard, sound="speech")
    caller.answer()
    assert isinstance(caller.pending, JoinQueue)
    assert caller.call.failures == ["menu: KeyError: 'x'"]


def test_an_outcome_that_leads_nowhere_ends_with_a_person():
    caller = Caller(HOTLINE)
    caller.answer(Heard, sound="nonsense")
    assert isinstance(caller.pending, JoinQueue)
    assert caller.call.failures == ["greet: the outcome 'nonsense' leads nowhere"]


@pytest.mark.parametrize("steps", range(1, 12))
def test_closing_says_goodbye_once_and_ends_the_call(steps):
    caller = Caller(HOTLINE)
    events = [
        lambda: caller.answer(Heard, sound="speech"), caller.answer, lambda: caller.keys("1"), caller.answer,
        caller.talk, caller.answer, lambda: caller.keys("5"), caller.answer, caller.answer, caller.answer,
    ]  # fmt: skip
    for event in events[: steps - 1]:
        event()
    last = isinstance(caller.pending, HangUp)
    before = list(caller.told)
    caller.send(Closing(caller.now))
    if last:
        assert caller.told == before
        return
    assert caller.pending == Say(("line-closing",), interruptible=False)
    assert caller.answer() == HangUp("closing")
    assert caller.send(Closing(caller.now)) is None
    assert caller.hang_up("line") == ("served" if steps > 5 else "failed")


def test_closing_while_the_line_picks_up_waits_until_it_has():
    session = Session(HOTLINE)
    session.advance(Offered(START))
    assert session.advance(Closing(START + 1)) == []
    assert session.advance(Done(START + 2, 1)) == [Say(("line-closing",), interruptible=False)]
    assert session.call.answered_at == START + 2


def test_a_resumed_call_does_again_what_it_was_doing():
    caller = Caller(HOTLINE)
    caller.answer(Heard, sound="speech")
    number, running = caller.session.number, caller.pending
    assert caller.send(Resumed(caller.now + 3)) is running
    assert caller.session.number == number
    assert caller.answer() == WaitKey(5.0)


def test_noise_in_the_middle_of_a_call_is_told_once():
    caller = Caller(HOTLINE)
    caller.answer(Heard, sound="speech")
    assert caller.send(LineNoisy(caller.now, 0.8)) == Say(("noisy-line",), interruptible=False)
    assert caller.send(LineNoisy(caller.now, 0.8)) is None
    assert isinstance(caller.answer(), HangUp)
    assert caller.hang_up("line") == "noisy"


def test_time_does_not_run_backwards():
    caller = Caller(HOTLINE)
    now = caller.call.now
    caller.session.advance(KeyPressed(now - 100, "1"))
    assert caller.call.now == now
