"""`say`: plays a prompt."""

from collections.abc import Callable
from dataclasses import dataclass

from ivr.ask import Run, say
from ivr.call import Call
from ivr.flow import Mark, Node, Prompt


@dataclass(frozen=True)
class SayNode(Node, type="say"):
    """Plays a prompt; `mark` notes for the outcome what was said (silent, noisy)."""

    farewells = frozenset({"done"})
    keeps_keys = True

    prompt: Prompt
    mark: Mark = Mark("")
    interruptible: bool = True

    @property
    def skipped(self) -> bool:
        """See `Node.skipped`."""
        return self.interruptible

    def longest(self, seconds: Callable[[str], float]) -> float:
        return seconds(self.prompt)

    def run(self, call: Call) -> Run:
        if self.mark:
            call.marks.append(self.mark)
        yield from say(call, self.prompt, interruptible=self.interruptible and not self.mark)
        return "done"
