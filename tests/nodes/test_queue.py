"""Queues: waiting, talking, losing an agent, and what comes after."""

import pytest

from ivr.commands import HangUp, JoinQueue, Say
from ivr.events import Failed, Heard, LineNoisy, QueueLeft
from ivr.record import record
from tests.calling import HOTLINE, Caller, flow_of


def queued(key: str = "1") -> Caller:
    caller = Caller(HOTLINE)
    caller.answer(Heard, sound="speech")
    caller.keys(key)
    caller.until(JoinQueue)
    return caller


@pytest.mark.parametrize(("key", "queue"), [("1", "intake"), ("2", "inquiry"), ("3", "complaint"), ("0", "intake")])
def test_the_caller_joins_the_end_of_the_queue_chosen(key, queue):
    caller = queued(key)
    assert caller.pending == JoinQueue(queue, 300.0, 0)
    assert caller.call.queue == queue
    assert caller.call.queued_at == caller.now


def test_talk_then_the_survey():
    caller = queued()
    assert caller.talk("1002") == Say(("survey",))
    assert caller.hang_up() == "served"
    assert caller.call.ended_by == "agent"


def test_an_agent_lost_before_the_voices_met_puts_the_caller_at_the_head():
    caller = queued()
    now = caller.now
    caller.answer(QueueLeft, 40, status="agent_lost", agent="1001", rang=now + 2, answered=now + 5)
    assert caller.pending == JoinQueue("intake", 260.0, 1)
    caller.answer(QueueLeft, 20, status="agent_lost", agent="1002", rang=now + 45, answered=now + 50)
    assert caller.pending == JoinQueue("intake", 240.0, 1)
    assert caller.hang_up() == "abandoned"


def test_an_agent_lost_and_then_another_is_served_by_the_other():
    caller = queued()
    caller.answer(QueueLeft, 5, status="agent_lost", agent="1001", answered=caller.now + 3)
    caller.talk("1002")
    assert caller.hang_up() == "served"
    assert caller.call.talk.agent == "1002"


def test_a_caller_put_back_has_at_least_a_second():
    caller = queued()
    caller.answer(QueueLeft, 400, status="agent_lost", agent="1001", answered=caller.now + 3)
    assert caller.pending == JoinQueue("intake", 1.0, 1)


@pytest.mark.parametrize("status", ["timeout", "full", "empty", "unavailable"])
def test_nobody_took_the_call(status):
    caller = queued("2")
    caller.answer(QueueLeft, 1, status=status)
    assert caller.path[-1] == "contact"
    assert caller.pending == Say(("all-busy",))


def test_a_queue_that_cannot_be_joined():
    caller = queued()
    caller.answer(Failed, reason="no such queue")
    assert caller.path[-1] == "contact"


def test_an_answer_that_is_none_of_a_queue():
    caller = queued()
    caller.answer()
    assert caller.path[-1] == "contact"
    assert caller.call.failures[0].startswith("intake: the queue answered with")


@pytest.mark.parametrize("mark", ["silent", "noisy"])
def test_the_agents_phrase_ends_the_call_and_is_its_outcome(mark):
    caller = queued()
    assert caller.talk(mark=mark) == HangUp("normal")
    assert caller.hang_up("line") == mark


def test_hanging_up_while_waiting():
    caller = queued()
    caller.answer(QueueLeft, 3, status="hungup")
    assert caller.pending is None
    assert caller.hang_up() == "abandoned"


def test_hanging_up_while_hearing_the_agents_number():
    caller = queued()
    caller.answer(QueueLeft, 9, status="hungup", agent="1001", rang=caller.now + 1, answered=caller.now + 4)
    assert caller.hang_up() == "abandoned"
    assert caller.call.ended_by == "caller"


def test_hanging_up_while_talking():
    caller = queued()
    now = caller.now
    caller.answer(QueueLeft, 60, status="hungup", agent="1001", rang=now + 1, answered=now + 4, connected=now + 7)
    assert caller.hang_up() == "served"
    assert caller.call.ended_by == "caller"
    made = record("1.1", caller.call, HOTLINE)
    assert (made["wait_s"], made["ring_s"], made["talk_s"]) == (4.0, 3.0, 53.0)


TWICE = """
  one: {type: queue, queue: inquiry, then: {answered: two, timeout: person, full: person}}
  two: {type: queue, queue: complaint, then: {answered: end, timeout: person, full: person}}"""


def test_a_talk_stays_the_calls_talk_when_the_caller_is_queued_again():
    caller = Caller(flow_of(TWICE))
    caller.talk("1001")
    assert isinstance(caller.pending, JoinQueue)
    caller.answer(QueueLeft, 9, status="agent_lost", agent="1002", answered=caller.now + 4)
    assert caller.hang_up() == "served"
    assert caller.call.talk.agent == "1001"


def test_who_is_queued_again_waits_anew():
    caller = Caller(flow_of(TWICE))
    caller.talk("1001", seconds=500)
    assert caller.pending == JoinQueue("complaint", 300.0, 0)


def test_keys_pressed_while_waiting_mean_nothing_afterwards():
    caller = queued()
    caller.keys("123")
    caller.talk()
    assert caller.pending == Say(("survey",))
    assert not caller.call.keys


def test_noise_is_the_agents_to_judge():
    caller = queued()
    assert caller.send(LineNoisy(caller.now)) is None
    assert isinstance(caller.pending, JoinQueue)
