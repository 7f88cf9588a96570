"""`silent_call`: the greeting, with the silent-call and noisy-line protocols of the rule book (section 3)."""

from collections.abc import Callable
from dataclasses import dataclass

from ivr.ask import Run, doubted, listen
from ivr.call import Call
from ivr.flow import Node, Prompt, Seconds, Share


@dataclass(frozen=True)
class SilentCall(Node, type="silent_call"):
    """Greets until somebody can be heard; gives up after the last greeting.

    Noise that is less sure than `sure` is the outcome `doubt`, and the agent's phone shows a note.
    """

    outcomes = ("speech", "key", "noise", "doubt", "silence")
    acts = frozenset({"speech", "key"})
    chance = frozenset({"noise", "doubt"})
    instead = {"doubt": "speech"}
    stage = "greeting"
    hears = True
    keeps_keys = True
    prompt: Prompt
    greetings: int = 3
    pause: Seconds = Seconds(2.0)
    sure: Share = Share(0.8)

    def longest(self, seconds: Callable[[str], float]) -> float:
        return self.greetings * (seconds(self.prompt) + self.pause)

    def run(self, call: Call) -> Run:
        for _ in range(self.greetings):
            sound = yield from listen(call, (self.prompt,), self.pause)
            if sound != "silence":
                return doubted(call, sound, self.sure)
        return "silence"
