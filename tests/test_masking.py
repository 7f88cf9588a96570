"""What is private is in the journal, and in no line that somebody reads."""

from ivr.commands import LookUp, Say
from ivr.events import Done, KeyPressed, LookedUp
from ivr.masking import masked
from ivr.script import command_line, event_line
from ivr.timeline import timeline
from tests.calling import START, Caller, flow_of

DIGITS = "type: gather, prompt: enter-number"
FLOW = flow_of(f"""
  one: {{{DIGITS}, fact: card, least: 4, most: 4, confirm: yes, private: yes, then: {{done: two, no_answer: person}}}}
  two:
    type: lookup
    service: crm
    path: /cards/{{card}}?line={{dialled}}
    facts: {{holder: name}}
    private: yes
    then: {{found: tell, unknown: person, unavailable: person}}
  tell: {{{DIGITS}, fact: pin, least: 2, most: 2, then: {{done: person, no_answer: person}}}}""")


class Watched(Caller):
    """Keeps what would be shown of each event and its commands."""

    def __init__(self, flow) -> None:
        self.shown, self.happened = [], []
        super().__init__(flow)

    def send(self, event):
        commands = self.session.advance(event)
        self.now = max(self.now, event.at)
        shown, told = masked(event, commands, self.session)
        self.shown += [event_line(shown, START), *(command_line(one, self.now, START) for one in told)]
        self.happened.append((event, commands))
        return commands[0] if commands else None


def called() -> Watched:
    caller = Watched(FLOW)
    caller.answer()  # the recording is paused
    caller.answer()  # the question
    caller.keys("7351")
    caller.answer()  # no key ended it
    caller.answer()  # said back
    caller.keys("1")
    caller.answer()  # the recording goes on
    caller.answer(LookedUp, status="found", facts={"holder": "王小明"})
    caller.answer()
    caller.keys("88")
    return caller


def test_the_flow_has_the_data_and_what_is_shown_has_not():
    caller = called()
    assert (caller.call.facts["card"], caller.call.facts["holder"]) == ("7351", "王小明")
    shown = "\n".join(caller.shown)
    assert "7351" not in shown
    assert "王小明" not in shown
    assert "number/7" not in shown
    assert shown.count("key_pressed •") == 5
    assert 'path="/cards/•••?line=95585"' in shown
    assert 'facts={"holder": "•••"}' in shown


def test_what_is_not_private_is_shown():
    assert "".join(called().shown).count("key_pressed 8") == 2


def test_a_key_that_comes_while_the_recording_is_being_paused_is_masked_too():
    caller = Watched(FLOW)
    caller.keys("7")
    assert "key_pressed 7" not in "".join(caller.shown)


def test_the_timeline_of_a_call_is_masked():
    caller = called()
    moments = timeline([event for event, _ in caller.happened], [commands for _, commands in caller.happened], FLOW)
    whole = "\n".join(f"{moment.text} {moment.data}" for moment in moments)
    assert "7351" not in whole
    assert "王小明" not in whole
    assert "key_pressed 8" in whole


def test_calls_without_private_data_are_shown_as_they_are():
    then = "then: {found: person, unknown: person, unavailable: person}"
    caller = Caller(flow_of(f"  one: {{type: lookup, service: crm, path: /x, facts: {{a: b}}, {then}}}"))
    assert isinstance(caller.pending, LookUp)
    event = LookedUp(caller.now, caller.session.number, "found", {"a": "1"})
    commands = caller.session.advance(event)
    assert masked(event, commands, caller.session) == (event, commands)
    for event in (KeyPressed(caller.now, "5"), Done(caller.now, 1)):
        assert masked(event, [Say(("number/5",))], caller.session) == (event, [Say(("number/5",))])
