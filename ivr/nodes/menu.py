"""`menu`: plays choices and follows the caller's key."""

from collections.abc import Callable
from dataclasses import dataclass

from ivr.ask import Run, key, say
from ivr.call import Call
from ivr.flow import Node, Prompt, Seconds


@dataclass(frozen=True)
class Menu(Node, type="menu"):
    """One key chooses; wrong keys and silence share one counter of tries, each with its own prompt."""

    outcomes = ("no_answer",)
    keys_lead = True
    stage = "menu"
    prompt: Prompt
    choices: tuple[str, ...] = ()
    tries: int = 3
    wait: Seconds = Seconds(5.0)
    wrong_key: Prompt = Prompt("wrong-key")
    no_key: Prompt = Prompt("no-key")

    def mistake(self) -> str:
        return "" if self.choices else "it has no key to press; add at least one, such as `1: node`, under `then:`"

    def longest(self, seconds: Callable[[str], float]) -> float:
        asked = seconds(self.prompt) + self.wait
        wrong = max(seconds(self.wrong_key), seconds(self.no_key))
        return self.tries * asked + (self.tries - 1) * wrong

    def run(self, call: Call) -> Run:
        yield from say(call, self.prompt)
        for left in range(self.tries, 0, -1):
            pressed = yield from key(call, self.wait)
            if pressed in self.choices:
                return pressed
            if left > 1:
                yield from say(call, self.wrong_key if pressed else self.no_key)
                yield from say(call, self.prompt)
        return "no_answer"
