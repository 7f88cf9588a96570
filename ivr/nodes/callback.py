"""`callback`: promises a caller who would have to wait to call back, without a message."""

from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import dataclass

from ivr.ask import Run, privately, say, store_promise
from ivr.call import Call
from ivr.flow import Node, Prompt, Queue
from ivr.nodes._number import callable_, longest, number


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

    def wants(self) -> Iterator[tuple[str, str]]:
        """See `Node.wants`."""
        yield "", "caller"

    def possible(self, fact: Callable[[str], str]) -> Set[str] | None:
        """See `Node.possible`: whoever has a number of their own is called back there at the least."""
        return {"done"} if callable_(fact("caller")) else None

    def acted(self, fact: Callable[[str], str] | None) -> Set[str]:
        """See `Node.acted`: whoever has no number must key one."""
        return {"done"} if fact and not callable_(fact("caller")) else frozenset()

    def values(self, fact: str, outcome: str, before: str | None, starts: Iterable[str]) -> Iterable[str | None]:
        """See `Node.values`."""
        after = before or self.queue
        if fact != "queue" or outcome == "no_answer":
            return (before,)
        return (before, after) if outcome == "failed" else (after,)

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
