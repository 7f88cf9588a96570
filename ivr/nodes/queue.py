"""`queue`: the caller waits for an agent and talks."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ivr.ask import Run, join_queue, say
from ivr.call import Call
from ivr.commands import JoinQueue
from ivr.flow import END, Node, Prompt, Queue, Seconds

HEAD = 1


@dataclass(frozen=True)
class QueueNode(Node, type="queue"):
    """Waits for an agent; a caller whose agent was lost before the voices met goes back to the head.

    `answered` is after the agent has hung up; `ended` after the agent ended the call with a phrase.
    """

    outcomes = ("answered", "timeout", "full", "ended")
    acts = frozenset({"answered", "ended"})
    farewells = acts
    person = True
    instead = {"ended": END}
    stage = "queue"
    queue: Queue
    prompt: Prompt = Prompt("")
    timeout: Seconds = Seconds(300.0)

    def values(self, fact: str, outcome: str, before: str | None, starts: Iterable[str]) -> Iterable[str | None]:
        """See `Node.values`."""
        if fact != "queue":
            return (before,)
        return (self.queue, before) if outcome == "failed" else (self.queue,)

    def longest(self, seconds: Callable[[str], float]) -> float:
        return (seconds(self.prompt) if self.prompt else 0.0) + self.timeout

    def run(self, call: Call) -> Run:
        if self.prompt:
            yield from say(call, self.prompt)
        call.keys.clear()
        since, position = call.now, 0
        call.queue, call.queued_at = self.queue, call.queued_at or since
        while True:
            timeout = max(1.0, self.timeout - (call.now - since))
            left = yield from join_queue(JoinQueue(self.queue, timeout, position, call.note))
            if left.status != "agent_lost":
                break
            position = HEAD
        if left.status == "answered":
            return _talked(call, left.mark)
        return "full" if left.status == "full" else "timeout"


def _talked(call: Call, mark: str) -> str:
    if not mark:
        return "answered"
    call.marks.append(mark)
    return "ended"
