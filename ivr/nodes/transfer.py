"""`transfer`: connects the caller with a desk behind the queues: coordinator, leader, expert."""

from collections.abc import Callable
from dataclasses import dataclass

from ivr.ask import Run, say, transfer
from ivr.call import Call
from ivr.flow import Desk, Node, Prompt, Seconds


@dataclass(frozen=True)
class TransferNode(Node, type="transfer"):
    """Rings the desk's telephones; after a talk the call goes on where the desk hung up. Never leaves the house."""

    outcomes = ("answered", "busy", "no_answer", "unavailable")
    acts = frozenset({"answered"})
    farewells = acts
    person = True
    stage = "queue"
    to: Desk
    prompt: Prompt = Prompt("")
    timeout: Seconds = Seconds(30.0)

    def longest(self, seconds: Callable[[str], float]) -> float:
        return (seconds(self.prompt) if self.prompt else 0.0) + self.timeout

    def run(self, call: Call) -> Run:
        if self.prompt:
            yield from say(call, self.prompt)
        call.keys.clear()
        left = yield from transfer(self.to, self.timeout)
        return left.status if left.status in self.outcomes else "unavailable"
