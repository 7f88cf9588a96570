"""`record`: takes what the caller says into a file that is kept with the call."""

from collections.abc import Callable
from dataclasses import dataclass

from ivr.ask import Run, record, say
from ivr.call import Call
from ivr.flow import END, Fact, Node, Prompt, Seconds


@dataclass(frozen=True)
class RecordNode(Node, type="record"):
    """Plays its prompt and records until a key, a pause or the limit; `ended` where the caller hung up meanwhile.

    The file is the call's message, unless it has one already; its path is the fact, where one is named.
    """

    outcomes = ("done", "ended")
    farewells = frozenset({"ended"})
    instead = {"ended": END}
    stage = "message"
    sets = ("fact",)
    prompt: Prompt
    fact: Fact = Fact("")
    limit: Seconds = Seconds(120.0)
    silence: Seconds = Seconds(5.0)

    def longest(self, seconds: Callable[[str], float]) -> float:
        return seconds(self.prompt) + self.limit

    def run(self, call: Call) -> Run:
        yield from say(call, self.prompt, interruptible=False)
        call.keys.clear()
        taken = yield from record(self.limit, self.silence)
        call.keys.clear()
        call.message = call.message or taken.path
        if self.fact:
            call.facts[self.fact] = taken.path
        return "ended" if taken.ended == "hangup" else "done"
