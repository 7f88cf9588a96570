"""All that can happen to a call. Names are past participles; `at` is Unix time in seconds.

An event that answers a command carries the command's number in `to`; one that comes too late, for a
command already overtaken, is recognised by it and ignored.
"""

from dataclasses import dataclass, field
from typing import Any

from ivr.wire import Tagged


@dataclass(frozen=True)
class Event(Tagged):
    """Something that happened, at a moment."""

    family = {}
    at: float


@dataclass(frozen=True)
class Offered(Event):
    """A call rang the line; nothing has been answered yet."""

    caller: str = ""
    name: str = ""
    dialled: str = ""
    at_limit: bool = False


@dataclass(frozen=True)
class KeyPressed(Event):
    """The caller pressed a key (0-9 * # A-D), whatever the line was doing."""

    key: str = ""


@dataclass(frozen=True)
class HungUp(Event):
    """The call is over; `by` is caller, agent or line."""

    by: str = "caller"


@dataclass(frozen=True)
class LineNoisy(Event):
    """The detector found, in the middle of a call, that the caller cannot be understood."""

    confidence: float = 1.0


@dataclass(frozen=True)
class Closing(Event):
    """The line is being shut down by its operator; the caller is told goodbye."""


@dataclass(frozen=True)
class Resumed(Event):
    """A controller took the call up again after the one before it died."""


@dataclass(frozen=True)
class Answer(Event):
    """The answer to command number `to`."""

    to: int = 0


@dataclass(frozen=True)
class Done(Answer):
    """The command was carried out; it has nothing more to tell."""


@dataclass(frozen=True)
class Failed(Answer):
    """The command could not be carried out; `reason` is one sentence."""

    reason: str = ""


@dataclass(frozen=True)
class Heard(Answer):
    """What a listening window brought: speech, noise or silence, and what spoke for it."""

    sound: str = "silence"
    confidence: float = 1.0
    evidence: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class QueueLeft(Answer):
    """The caller is out of the queue; `status` is answered, agent_lost, timeout, full, empty, unavailable
    or hungup (the caller hung up, waiting or talking).

    The moments are Unix seconds, 0 where they did not happen: the agent's phone rang, the agent
    answered, the voices met, the talk ended. `mark` is the phrase an agent chose to end on (silent, noisy).
    """

    status: str = "unavailable"
    agent: str = ""
    rang: float = 0.0
    answered: float = 0.0
    connected: float = 0.0
    mark: str = ""


@dataclass(frozen=True)
class Recorded(Answer):
    """A message was taken: its file, its length in seconds, and what ended it (key, silence, timeout, hangup)."""

    path: str = ""
    seconds: float = 0.0
    ended: str = "key"
