"""`subflow`: a part of the way that stands in a file of its own, and may be gone from several places and flows."""

from collections.abc import Callable
from dataclasses import dataclass

from ivr.ask import Run, nothing
from ivr.call import Call
from ivr.flow import ENTER, Node, SubflowName


@dataclass(frozen=True)
class Subflow(Node, type="subflow"):
    """Enters a subflow; where it comes back (`return`, `return.NAME`), the call goes on here, by `done` or by NAME."""

    outcomes = ()
    values_lead = True
    enters = True
    fails = False
    keeps_keys = True
    flow: SubflowName
    choices: tuple[str, ...] = ()

    def mistake(self) -> str:
        return "" if self.choices else "it does not say where the call goes on; add `done:` under `then:`"

    def longest(self, seconds: Callable[[str], float]) -> float:
        return 0.0

    def run(self, call: Call) -> Run:
        yield from nothing()
        return ENTER
