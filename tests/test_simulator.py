"""The simulator: words in, the engine's own course of the call out."""

import pytest

from ivr.commands import JoinQueue, Listen, Record, WaitKey
from ivr.events import HungUp, KeyPressed, QueueLeft
from ivr.outcomes import OUTCOMES
from ivr.session import Session
from ivr.simulator import Simulator
from ivr.words import WORDS, Unfit, Word, read, written
from tests.calling import HOTLINE, flow_of


def simulator(*words: str) -> Simulator[Session]:
    call = Simulator(lambda: Session(HOTLINE), lambda _prompt: 3.0)
    for word in words:
        call.take(read(word))
    return call


@pytest.mark.parametrize(
    ("words", "outcome"),
    [
        ("speech,1,agent 1001,5", "served"),
        ("1,agent 1001,hangup", "served"),
        ("1,agent 1001 hangup", "served"),
        ("1,agentlost,agent 1002,4", "served"),
        ("1,hangup", "abandoned"),
        ("1,noagent,1,message", "left_contact"),
        ("3,full,2,057112345678#,message", "left_contact"),
        ("silence,silence,silence", "silent"),
        ("wait 30s", "silent"),
        ("noise", "noisy"),
        ("speech,noise", "noisy"),
        ("1,agent 1001 silent", "silent"),
        ("1,agent 1001 noisy", "noisy"),
        ("hangup", "hung_up_greeting"),
        ("speech,hangup", "hung_up_menu"),
        ("1,noagent,hangup", "hung_up_message"),
        ("1,noagent,1,hangup", "hung_up_message"),
    ],
)
def test_every_outcome_a_caller_can_bring_about(words, outcome):
    assert outcome in OUTCOMES
    call = simulator(*words.split(","))
    assert call.session.ended
    assert call.session.call.outcome == outcome


def test_the_virtual_clock_counts_prompts_and_windows():
    call = simulator()
    assert call.at == 0.0
    assert call.left == 5.0  # the greeting's 3 s and 2 s of listening
    call.take(read("silence"))
    assert call.at == 5.0
    call.take(read("wait 4s"))
    assert (call.at, call.left) == (9.0, 1.0)
    call.take(read("wait 2s"))
    assert call.at == 11.0
    assert isinstance(call.session.pending, Listen)
    assert call.left == 4.0


def test_events_never_go_back_in_time():
    call = simulator("speech", "7", "wait 1m", "agent 1001", "5")
    moments = [step.at for step in call.steps]
    assert moments == sorted(moments)


def test_keys_in_one_word_are_keyed_ahead():
    call = simulator("91")
    assert [step.what.key for step in call.steps if isinstance(step.what, KeyPressed)] == ["9", "1"]
    assert isinstance(call.session.pending, JoinQueue)
    assert call.session.call.path[-1].node == "intake"


def test_a_key_sharp_ends_a_message():
    call = simulator("1", "full", "1")
    assert isinstance(call.session.pending, Record)
    call.take(read("#"))
    assert call.session.call.outcome == "left_contact"


def test_a_caller_who_hangs_up_in_the_queue_leaves_it_first():
    call = simulator("1", "hangup")
    left, gone = [step.what for step in call.steps if isinstance(step.what, QueueLeft | HungUp)]
    assert (left.status, gone.by) == ("hungup", "caller")


def test_undo_runs_the_call_again_without_the_last_word():
    call = simulator("speech", "7")
    before = simulator("speech")
    assert call.undo() == Word("keys", "7")
    assert (call.at, call.session.pending, call.steps) == (before.at, before.session.pending, before.steps)
    call.undo()
    with pytest.raises(Unfit, match="nothing to undo"):
        call.undo()


def test_undo_takes_back_even_the_end():
    call = simulator("hangup")
    call.undo()
    assert not call.session.ended


@pytest.mark.parametrize("word", ["message", "agent 1001", "agentlost", "noagent", "full"])
def test_a_word_out_of_place_does_nothing(word):
    call = simulator("speech")
    steps = list(call.steps)
    with pytest.raises(Unfit, match="the line waits for a key"):
        call.take(read(word))
    assert call.steps == steps
    assert isinstance(call.session.pending, WaitKey)
    assert [one.name for one in call.words] == ["speech"]


def test_speech_where_nobody_listens_is_told():
    with pytest.raises(Unfit, match="nobody listens"):
        simulator("1", "speech")


def test_after_the_end_nothing_fits_but_undo():
    with pytest.raises(Unfit, match="the call has ended"):
        simulator("hangup", "1")


def test_every_word_of_the_help_is_read():
    for forms, _meaning in WORDS:
        for one in forms.split("  "):
            assert read(one) is not None


@pytest.mark.parametrize("line", ["", "   ", "; a remark", "  ; 1"])
def test_empty_lines_and_remarks_are_no_words(line):
    assert read(line) is None


@pytest.mark.parametrize(
    "line", ["foo", "1a", "wait", "wait 3", "wait -3s", "agent", "agent x", "agent 1 2", "speech now", "１", "hangup 1"]
)
def test_what_is_no_word_is_told_in_a_sentence(line):
    with pytest.raises(Unfit) as told:
        read(line)
    assert "\n" not in str(told.value)


def test_words_may_be_written_large_and_with_a_remark():
    assert read("HangUp ; here") == Word("hangup")
    assert read("1 2 #") == Word("keys", "12#")


# -- agents, and the clock -----------------------------------------------------------------------


def test_with_agents_there_a_caller_who_waits_is_answered():
    call = simulator("agents 1001", "speech", "1", "silence")
    assert call.session.call.talk
    assert (call.session.call.talk.status, call.session.call.talk.agent) == ("answered", "1001")


def test_an_agent_who_comes_later_answers_from_then_on():
    call = simulator("speech", "1", "wait 20s", "agents 1001", "silence")
    talk = call.session.call.talk
    assert talk
    assert talk.rang - call.session.call.queued_at > 20.0


def test_without_agents_nobody_answers_again():
    call = simulator("agents 1001", "agents none", "speech", "1", "silence")
    assert call.session.call.path[-1].node == "contact"
    assert simulator("agents 1001", "speech", "1", "noagent").session.call.path[-1].node == "contact"


def test_undo_takes_agents_back_too():
    call = simulator("agents 1001")
    assert written(call.undo()) == "agents 1001"
    assert call.agents == ""


def test_the_clock_begins_when_the_call_does():
    call = Simulator(lambda: Session(HOTLINE), lambda _prompt: 3.0, begin=1_800_000_000.0)
    call.take(read("wait 2s"))
    assert (call.now, call.at) == (1_800_000_002.0, 2.0)
    assert call.session.call.rang_at == 1_800_000_000.0


@pytest.mark.parametrize("line", ["1", "12#", "speech", "wait 3s", "agent 1001 hangup", "agents none", "agents 1002"])
def test_a_word_is_written_as_it_was_read(line):
    assert written(read(line)) == line


LOOKING = """  one:
    type: lookup
    service: crm
    path: /holders/{caller}
    facts: {tariff: policy.tariff}
    then: {found: which, unknown: bye, unavailable: person}
  which: {type: branch, fact: tariff, then: {gold: person, otherwise: bye}}
  bye: {type: end}"""


@pytest.mark.parametrize(
    ("words", "path"),
    [
        (["found tariff=gold"], ["one", "which", "person"]), (["found"], ["one", "which", "bye"]),
        (["unknown"], ["one", "bye"]), (["unavailable"], ["one", "person"]), (["wait 7s"], ["one", "person"]),
        (["12", "found tariff=tin"], ["one", "which", "bye"]),
    ],
)  # fmt: skip
def test_a_service_answers_as_it_is_told_to(words, path):
    simulator = Simulator(lambda: Session(flow_of(LOOKING)), lambda _: 2.0)
    for word in words:
        simulator.take(read(word))
    assert [step.node for step in simulator.session.call.path] == path


def test_a_service_that_nobody_asks_and_facts_that_nobody_takes_are_told():
    simulator = Simulator(lambda: Session(flow_of(LOOKING)), lambda _: 2.0)
    with pytest.raises(Unfit, match="the flow takes no `colour` from the answer; it takes tariff"):
        simulator.take(read("found colour=red"))
    simulator.take(read("unavailable"))
    with pytest.raises(Unfit, match="no service is asked here"):
        simulator.take(read("unknown"))
