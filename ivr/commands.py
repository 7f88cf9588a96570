"""All that a call can be told to do. Names are imperatives; every command has exactly one answer.

Prompts are ids of ivr/prompts; durations are seconds.
"""

from typing import ClassVar

from ivr.wire import Tagged, message


@message
class Command(Tagged, frozen=True):
    """Something the call is told to do."""

    family: ClassVar[dict[str, type[Tagged]]] = {}


@message
class PickUp(Command, frozen=True):
    """Answer the ringing call and begin the recording."""


@message
class Say(Command, frozen=True):
    """Play prompts one after the other; a key stops them where `interruptible`."""

    prompts: tuple[str, ...]
    interruptible: bool = True


@message
class Listen(Command, frozen=True):
    """Play prompts while hearing the caller, then listen on for `window`; answered the moment it is sure."""

    prompts: tuple[str, ...]
    window: float = 2.0


@message
class WaitKey(Command, frozen=True):
    """Wait for the caller's next key."""

    timeout: float = 5.0


@message
class JoinQueue(Command, frozen=True):
    """Wait in a queue for an agent and talk; `position` 1 is the head, 0 the end."""

    queue: str
    timeout: float = 300.0
    position: int = 0
    note: str = ""


@message
class Transfer(Command, frozen=True):
    """Ring a desk's telephones for `timeout` and talk; desks are extensions of the dialplan's context [desks]."""

    desk: str = ""
    timeout: float = 30.0


@message
class Record(Command, frozen=True):
    """Take a message until a key, or `silence` seconds without sound, or `limit` seconds."""

    limit: float = 120.0
    silence: float = 5.0


@message
class PauseRecording(Command, frozen=True):
    """Write silence instead of sound into the call's recording while `on`."""

    on: bool = True


@message
class StorePromise(Command, frozen=True):
    """Keep a promise to call back: the number to call, the queue it belongs to, the message if there is one."""

    number: str
    queue: str = ""
    message: str = ""
    complete: bool = True


@message
class AskCalendar(Command, frozen=True):
    """Tell whether a calendar's office is open now."""

    calendar: str = ""


@message
class LookUp(Command, frozen=True):
    """Ask a service over HTTP; `facts` are (name, where in its answer). Each of `tries` may take `timeout`."""

    service: str = ""
    path: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    timeout: float = 3.0
    tries: int = 2


@message
class SetLanguage(Command, frozen=True):
    """From now on, play prompts (and the queue's own sounds) in this language."""

    language: str = ""


@message
class HangUp(Command, frozen=True):
    """End the call; nothing follows it."""

    reason: str = "normal"


@message
class HandOver(Command, frozen=True):
    """Leave the call to the dialplan's own fallback queue: a person, when the flow cannot go on."""
