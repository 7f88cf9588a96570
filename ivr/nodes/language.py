"""`language`: goes on in another language."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ivr.ask import Run, speak
from ivr.call import Call
from ivr.flow import Language, Node


@dataclass(frozen=True)
class Speak(Node, type="language"):
    """From here on the caller hears the prompts, and the queue's own sounds, in another language."""

    keeps_keys = True
    language: Language

    def values(self, fact: str, outcome: str, before: str | None, starts: Iterable[str]) -> Iterable[str | None]:
        """See `Node.values`."""
        return (self.language if fact == "language" and outcome == "done" else before,)

    def longest(self, seconds: Callable[[str], float]) -> float:
        return 0.0

    def run(self, call: Call) -> Run:
        yield from speak(call, self.language)
        return "done"
