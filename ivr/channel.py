"""The port: what a host of calls (Asterisk, a terminal) offers the driver."""

from collections.abc import Callable
from typing import Protocol

from ivr.commands import Command
from ivr.events import Event


class Channel(Protocol):
    """One call as its host sees it."""

    id: str
    tell: Callable[[Event], None]
    """Whom it tells what happens, in order; never from within `start`."""

    def start(self, number: int, command: Command, keys: int) -> None:
        """Begins command `number`, ending the one before it; the answer comes as an event with `to=number`.

        `keys` is how many KeyPressed events the session has seen: a key that is still on its way to it
        stops the command as one pressed later would.
        """

    async def close(self) -> None:
        """Lets go of the call and all that was opened for it."""
