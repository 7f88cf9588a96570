"""`end`: says goodbye and ends the call."""

from collections.abc import Callable
from dataclasses import dataclass

from ivr.ask import Run, say
from ivr.call import Call
from ivr.flow import END, Mark, Node, Prompt


@dataclass(frozen=True)
class EndCall(Node, type="end"):
    """Says its prompt, which no key cuts short, and hangs up; `mark` notes for the outcome what was said."""

    farewells = frozenset({"done"})
    keeps_keys = True
    instead = {"done": END}
    prompt: Prompt = Prompt("closing")
    mark: Mark = Mark("")

    def longest(self, seconds: Callable[[str], float]) -> float:
        return seconds(self.prompt)

    def run(self, call: Call) -> Run:
        if self.mark:
            call.marks.append(self.mark)
        yield from say(call, self.prompt, interruptible=False)
        return "done"
