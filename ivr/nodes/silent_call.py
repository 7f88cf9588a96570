"""`silent_call`: the greeting, with the silent-call and noisy-line protocols of the rule book (section 3)."""

from dataclasses import dataclass

from ivr.ask import Run, listen
from ivr.call import Call
from ivr.flow import Node, Prompt, Seconds


@dataclass(frozen=True)
class SilentCall(Node, type="silent_call"):
    """Greets until somebody can be heard; gives up after the last greeting."""

    outcomes = ("speech", "key", "noise", "silence")
    stage = "greeting"
    prompt: Prompt
    greetings: int = 3
    pause: Seconds = Seconds(2.0)

    def run(self, call: Call) -> Run:
        for _ in range(self.greetings):
            sound = yield from listen(call, (self.prompt,), self.pause)
            if sound != "silence":
                return sound
        return "silence"
