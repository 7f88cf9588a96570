"""`callback`: promises a caller who would have to wait to call back, without a message."""

from collections.abc import Callable
from dataclasses import dataclass

from ivr.ask import Run, privately, say, store_promise
from ivr.call import Call
from ivr.flow import Node, Prompt, Queue
from ivr.nodes._number import longest, number


@dataclass(frozen=True)
class Callback(Node, type="callback"):
    """Offers the caller's own number (1 confirms), else takes another, and stores a promise for the queue."""

    outcomes = ("done", "no_answer")
    farewells = frozenset({"done"})
    person = True
    stage = "message"
    queue: Queue
    prompt: Prompt = Prompt("callback")
    tries: int = 3

    def longest(self, seconds: Callable[[str], float]) -> float:
        return seconds(self.prompt) + longest(seconds, self.tries) + seconds("contact-stored")

    def run(self, call: Call) -> Run:
        yield from say(call, self.prompt)
        wanted = yield from privately(number(call, self.tries))
        if not wanted:
            return "no_answer"
        call.contact, call.queue = wanted, call.queue or self.queue
        yield from store_promise(wanted, self.queue, "", True)
        call.marks.append("left_contact")
        yield from say(call, "contact-stored")
        return "done"
