"""Another language from here on."""

from ivr.commands import JoinQueue, SetLanguage
from ivr.events import Failed
from tests.calling import Caller, flow_of

FLOW = flow_of("""  one: {type: language, language: en, then: {done: which}}
  which: {type: branch, fact: language, then: {en: bye, otherwise: person}}
  bye: {type: end}""")


def test_the_caller_goes_on_in_the_language_and_a_branch_can_follow_it():
    caller = Caller(FLOW)
    assert caller.pending == SetLanguage("en")
    caller.answer()
    assert caller.path == ["one", "which", "bye"]
    assert caller.call.language == "en"


def test_without_its_prompts_a_person_and_the_language_before():
    caller = Caller(FLOW)
    caller.answer(Failed, reason="there are no prompts in the language en")
    assert isinstance(caller.pending, JoinQueue)
    assert caller.call.language == ""
