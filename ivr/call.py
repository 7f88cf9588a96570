"""What is known of one call while it runs: facts that events brought, and the path through the flow."""

from collections import deque
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ivr.events import QueueLeft

ALWAYS = "always"
"""Stands for a node's name where the flow's `always` leads on."""
Edge = tuple[str, str]
"""A node, or `always`, and one of its outcomes."""
KNOWN = ("caller", "dialled", "queue", "language")
"""Facts that every call has from its beginning, beside those that nodes set."""
NOISY = "杂音? noisy?"
"""What the agent's phone shows of a caller who may be hard to understand."""


class Step(NamedTuple):
    """A node that the call entered, and when (Unix seconds)."""

    node: str
    at: float


@dataclass(slots=True)
class Call:
    """The call's memory: keys not yet used, facts, marks, and the moments its record is made of.

    `led` are the outcomes that led on, each with its node, or with `always` where the flow's `always` led on.
    `pauses` and `waits` are stretches (Unix seconds): of the recording that are masked; in which the line sent
    nothing because it waited for a key. `language` is empty while it is the line's own. `notices` are still to be said:
    (queue, or empty for all; prompt). `private` are the facts that logs do not show.
    """

    caller: str = ""
    name: str = ""
    dialled: str = ""
    now: float = 0.0
    rang_at: float = 0.0
    answered_at: float = 0.0
    queued_at: float = 0.0
    ended_at: float = 0.0
    ended_by: str = ""
    stage: str = "greeting"
    outcome: str = ""
    queue: str = ""
    language: str = ""
    note: str = ""
    message: str = ""
    contact: str = ""
    survey: int | None = None
    talk: QueueLeft | None = None
    notices: tuple[tuple[str, str], ...] = ()
    marks: list[str] = field(default_factory=list)
    keys: deque[str] = field(default_factory=deque)
    path: list[Step] = field(default_factory=list)
    led: list[Edge] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)
    pauses: list[tuple[float, float]] = field(default_factory=list)
    waits: list[tuple[float, float]] = field(default_factory=list)
    private: set[str] = field(default_factory=set)
    failures: list[str] = field(default_factory=list)
    rtp: dict[str, Any] = field(default_factory=dict)

    def fact(self, name: str) -> str:
        """A fact by its name, those that are known from the call's beginning among them; empty where it has none."""
        return self.facts.get(name) or (str(getattr(self, name)) if name in KNOWN else "")

    @property
    def connected(self) -> bool:
        """Whether an agent and the caller have talked."""
        return self.talk is not None and self.talk.connected > 0
