"""`branch`: goes where the value of a fact leads."""

from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass

from ivr.ask import Run, nothing
from ivr.call import Call
from ivr.flow import Fact, Node

OTHERWISE, ANYTHING = "otherwise", "*"


@dataclass(frozen=True)
class Branch(Node, type="branch"):
    """Follows the value of a fact; `0591*` stands for all that begin so, and of those that fit the longest counts."""

    outcomes = (OTHERWISE,)
    values_lead = True
    world = True
    fails = False
    keeps_keys = True
    reads = ("fact",)
    fact: Fact
    choices: tuple[str, ...] = ()

    def mistake(self) -> str:
        return "" if self.choices else "it has no value to follow; add at least one, such as `13*: node`, under `then:`"

    def longest(self, seconds: Callable[[str], float]) -> float:
        return 0.0

    def beginnings(self) -> Iterator[str]:
        """See `Node.beginnings`."""
        for choice in self.choices:
            yield choice.removesuffix(ANYTHING)

    def possible(self, fact: Callable[[str], str]) -> Set[str] | None:
        """See `Node.possible`."""
        return {self._followed(fact(self.fact))}

    def run(self, call: Call) -> Run:
        yield from nothing()
        return self._followed(call.fact(self.fact))

    def _followed(self, value: str) -> str:
        fitting = [one for one in self.choices if _fits(value, one)]
        return max(fitting, key=lambda one: (one == value, len(one)), default=OTHERWISE)


def _fits(value: str, choice: str) -> bool:
    return value == choice or (choice.endswith(ANYTHING) and value.startswith(choice.removesuffix(ANYTHING)))
