"""`lookup`: asks a service over HTTP, and takes facts from its answer."""

import re
from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass
from urllib.parse import quote

from ivr.ask import Run, look_up, say
from ivr.call import Call
from ivr.commands import LookUp
from ivr.flow import Answered, Node, Prompt, Seconds, Service, WebPath

LONGEST = 60.0
"""Seconds a caller may wait for a service, all tries together."""
_FACT = re.compile(r"\{([\w-]+)\}")


@dataclass(frozen=True)
class Lookup(Node, type="lookup"):
    """Looks something up in another system; what it does not answer in time is `unavailable`, and the call goes on.

    With `private` the facts it brings are not shown in logs.
    """

    outcomes = ("found", "unknown", "unavailable")
    world = True
    keeps_keys = True
    service: Service
    path: WebPath
    facts: Answered = Answered(())
    prompt: Prompt = Prompt("")
    timeout: Seconds = Seconds(3.0)
    tries: int = 2
    private: bool = False

    def mistake(self) -> str:
        if self.tries * self.timeout > LONGEST:
            return f"`tries` times `timeout` may take {self.tries * self.timeout:g} s; let it be {LONGEST:g} s at most"
        return ""

    def wants(self) -> Iterator[tuple[str, str]]:
        """See `Node.wants`."""
        for name in _FACT.findall(self.path):
            yield "path", name

    def gives(self, outcome: str) -> frozenset[str]:
        """See `Node.gives`."""
        return frozenset(name for name, _ in self.facts) if outcome == "found" else frozenset()

    def possible(self, fact: Callable[[str], str]) -> Set[str] | None:
        """See `Node.possible`."""
        return None if all(fact(name) for _, name in self.wants()) else {"unknown"}

    def longest(self, seconds: Callable[[str], float]) -> float:
        return (seconds(self.prompt) if self.prompt else 0.0) + self.tries * self.timeout

    def run(self, call: Call) -> Run:
        if any(not call.fact(name) for _, name in self.wants()):
            return "unknown"
        if self.prompt:
            yield from say(call, self.prompt)
        path = _FACT.sub(lambda name: quote(call.fact(name[1]), safe=""), self.path)
        answer = yield from look_up(LookUp(self.service, path, self.facts, self.timeout, self.tries))
        if answer.status == "found":
            call.facts.update({name: answer.facts.get(name, "") for name, _ in self.facts})
            if self.private:
                call.private.update(name for name, _ in self.facts)
        return answer.status
