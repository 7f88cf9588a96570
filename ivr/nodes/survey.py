"""`survey`: one question on satisfaction after the talk."""

from collections.abc import Callable
from dataclasses import dataclass

from ivr.ask import Run, key, say
from ivr.call import Call
from ivr.flow import Node, Prompt, Seconds


@dataclass(frozen=True)
class Survey(Node, type="survey"):
    """Asks for a mark from 1 to 5 and thanks for it; nobody is asked twice."""

    outcomes = ("done", "no_answer")
    acts = frozenset({"done"})
    farewells = frozenset({"done", "no_answer"})
    prompt: Prompt = Prompt("survey")
    thanks: Prompt = Prompt("survey-thanks")
    wait: Seconds = Seconds(6.0)

    def longest(self, seconds: Callable[[str], float]) -> float:
        return seconds(self.prompt) + self.wait + seconds(self.thanks)

    def run(self, call: Call) -> Run:
        call.keys.clear()
        yield from say(call, self.prompt)
        pressed = yield from key(call, self.wait)
        if pressed not in ("1", "2", "3", "4", "5"):
            return "no_answer"
        call.survey = int(pressed)
        yield from say(call, self.thanks)
        return "done"
