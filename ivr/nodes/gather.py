"""`gather`: takes digits from the caller into a fact."""

from collections.abc import Callable
from dataclasses import dataclass

from ivr.ask import Run, gather, privately, say
from ivr.call import Call
from ivr.flow import Node, Prompt, Seconds


@dataclass(frozen=True)
class Gather(Node, type="gather"):
    """Digits of a given length into a fact; the recording pauses while private ones are keyed."""

    outcomes = ("done", "no_answer")
    acts = frozenset({"done"})
    stage = "menu"
    prompt: Prompt
    fact: str
    least: int = 1
    most: int = 20
    tries: int = 3
    wait: Seconds = Seconds(8.0)
    between: Seconds = Seconds(4.0)
    wrong: Prompt = Prompt("number-wrong")
    private: bool = False

    def mistake(self) -> str:
        return "" if self.least <= self.most else f"`least: {self.least}` is more than `most: {self.most}`; swap them"

    def longest(self, seconds: Callable[[str], float]) -> float:
        asked = seconds(self.prompt) + self.wait + self.most * self.between
        return self.tries * asked + (self.tries - 1) * seconds(self.wrong)

    def run(self, call: Call) -> Run:
        digits = yield from privately(self._digits(call)) if self.private else self._digits(call)
        call.facts[self.fact] = digits
        return "done" if digits else "no_answer"

    def _digits(self, call: Call) -> Run:
        for attempt in range(self.tries):
            if attempt:
                yield from say(call, self.wrong)
            yield from say(call, self.prompt)
            digits = yield from gather(call, self.most, self.wait, self.between)
            if self.least <= len(digits) and digits.isdigit():
                return digits
        return ""
