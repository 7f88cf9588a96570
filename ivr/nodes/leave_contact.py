"""`leave_contact`: the caller leaves a number and a message; the line promises to call back."""

from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass

from ivr.ask import CommandFailed, Run, privately, record, say, store_promise
from ivr.call import Call
from ivr.flow import END, Node, Prompt, Seconds
from ivr.nodes._number import callable_, longest, number


@dataclass(frozen=True)
class LeaveContact(Node, type="leave_contact"):
    """Offers the caller's own number (1 confirms), else takes another; then a message; then promises.

    A caller who keys no number at all is called back on their own, if it is known. A caller who hangs up
    while leaving the message is promised too, what they said so far is kept, and `ended` is the outcome.
    A message that cannot be recorded does not lose the number.
    """

    outcomes = ("done", "no_answer", "ended")
    farewells = frozenset({"done", "ended"})
    person = True
    instead = {"ended": END}
    stage = "message"
    prompt: Prompt = Prompt("all-busy")
    tries: int = 3
    limit: Seconds = Seconds(120.0)

    def wants(self) -> Iterator[tuple[str, str]]:
        """See `Node.wants`."""
        yield "", "caller"

    def possible(self, fact: Callable[[str], str]) -> Set[str] | None:
        """See `Node.possible`: whoever has a number of their own is called back there at the least."""
        return {*self.outcomes} - {"no_answer"} if callable_(fact("caller")) else None

    def acted(self, fact: Callable[[str], str] | None) -> Set[str]:
        """See `Node.acted`: whoever has no number must key one."""
        return {"done"} if fact and not callable_(fact("caller")) else frozenset()

    def longest(self, seconds: Callable[[str], float]) -> float:
        message = seconds("leave-message") + self.limit + seconds("contact-stored")
        return seconds(self.prompt) + longest(seconds, self.tries) + message

    def run(self, call: Call) -> Run:
        yield from say(call, self.prompt)
        wanted = yield from privately(number(call, self.tries))
        if not wanted:
            return "no_answer"
        call.contact = wanted
        yield from say(call, "leave-message", interruptible=False)
        call.keys.clear()
        ended = yield from self._message(call)
        call.keys.clear()
        yield from store_promise(wanted, call.queue, call.message, ended != "hangup")
        if ended == "hangup":
            return "ended"
        call.marks.append("left_contact")
        yield from say(call, "contact-stored")
        return "done"

    def _message(self, call: Call) -> Run:
        try:
            message = yield from record(self.limit, 5.0)
        except CommandFailed as failure:
            call.failures.append(f"message: {failure}")
            return "failed"
        call.message = message.path
        return message.ended
