"""`set`: writes a text into a fact."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ivr.ask import Run, nothing
from ivr.call import Call
from ivr.flow import Fact, Node


@dataclass(frozen=True)
class SetFact(Node, type="set"):
    """Gives a fact of the call a value that a `branch` behind it can read."""

    fails = False
    keeps_keys = True
    sets = ("fact",)
    fact: Fact
    value: str

    def values(self, fact: str, outcome: str, before: str | None, starts: Iterable[str]) -> Iterable[str | None]:
        """See `Node.values`."""
        return (self.value if fact == self.fact else before,)

    def longest(self, seconds: Callable[[str], float]) -> float:
        return 0.0

    def run(self, call: Call) -> Run:
        call.facts[self.fact] = self.value
        yield from nothing()
        return "done"
