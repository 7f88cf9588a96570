"""All that can happen to a call. Names are past participles; `at` is Unix time in seconds.

An event that answers a command carries the command's number in `to`; one that comes too late, for a
command already overtaken, is recognised by it and ignored.
"""

from typing import Any, ClassVar

from ivr.wire import Tagged, message


@message
class Event(Tagged, frozen=True):
    """Something that happened, at a moment."""

    family: ClassVar[dict[str, type[Tagged]]] = {}
    at: float


@message
class Offered(Event, frozen=True):
    """A call rang the line; nothing has been answered yet. `notices` are on: (queue, or empty for all; prompt)."""

    caller: str = ""
    name: str = ""
    dialled: str = ""
    at_limit: bool = False
    notices: tuple[tuple[str, str], ...] = ()


@message
class KeyPressed(Event, frozen=True):
    """The caller pressed a key (0-9 * # A-D), whatever the line was doing."""

    key: str = ""


@message
class HungUp(Event, frozen=True):
    """The call is over; `by` is caller, agent or line. `rtp`: packets received and lost, jitter (ivr.pbx.rtp)."""

    by: str = "caller"
    rtp: dict[str, Any] = {}


@message
class LineNoisy(Event, frozen=True):
    """The detector found, in the middle of a call, that the caller cannot be understood; `sure`: enough to act on."""

    confidence: float = 1.0
    sure: bool = True


@message
class Closing(Event, frozen=True):
    """The line is being shut down by its operator; the caller is told goodbye."""


@message
class Resumed(Event, frozen=True):
    """A controller took the call up again after the one before it died."""


@message
class Answer(Event, frozen=True):
    """The answer to command number `to`."""

    to: int = 0


@message
class Done(Answer, frozen=True):
    """The command was carried out; it has nothing more to tell."""


@message
class Failed(Answer, frozen=True):
    """The command could not be carried out; `reason` is one sentence."""

    reason: str = ""


@message
class Heard(Answer, frozen=True):
    """What a listening window brought: speech, noise or silence, and what spoke for it."""

    sound: str = "silence"
    confidence: float = 1.0
    evidence: dict[str, Any] = {}


@message
class CalendarTold(Answer, frozen=True):
    """What a calendar says of this moment: open, closed or holiday, and the name of the day where it has one."""

    state: str = "open"
    day: str = ""


@message
class LookedUp(Answer, frozen=True):
    """What a service answered; `status` is found, unknown or unavailable. `facts`: those that its answer had."""

    status: str = "unavailable"
    facts: dict[str, str] = {}


@message
class QueueLeft(Answer, frozen=True):
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


@message
class DeskLeft(QueueLeft, frozen=True):
    """The talk with a desk is over, or there was none; `status` is answered, busy, no_answer, unavailable or hungup."""


@message
class Recorded(Answer, frozen=True):
    """A message was taken: its file, its length in seconds, and what ended it (key, silence, timeout, hangup)."""

    path: str = ""
    seconds: float = 0.0
    ended: str = "key"
