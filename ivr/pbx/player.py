"""Sounds on one channel that a key, or the next command, cuts short.

Asterisk itself stops a sound at a key it hears meanwhile. A key that fell between two AGI commands is told by
AMI alone, and a command that follows something else by nobody: then AMI plays a key to the channel that no
phone has on its keypad, and the sound ends at that.
"""

import asyncio
from collections.abc import Awaitable, Callable

from ivr.pbx.agi import Reply
from ivr.pbx.ami import Ami
from ivr.pbx.keypad import KEYS

STOPS = "".join(sorted(KEYS))
CUT = "D"
"""The key that ends a sound and means nothing else."""
GRACE = 0.06
"""Seconds in which the sound may still end by the caller's own key."""


class Player:
    """Plays one sound at a time; `execute` carries out an AGI command."""

    def __init__(self, ami: Ami, channel: str, execute: Callable[..., Awaitable[Reply]]) -> None:
        self._ami, self._channel, self._execute = ami, channel, execute
        self._playing = self._wanted = False
        self._cutting: asyncio.TimerHandle | None = None

    async def play(self, sound: str, offset: int = 0, deadline: float = 10.0) -> Reply:
        """The reply of STREAM FILE, a key of the caller's in its result; `offset` is in samples."""
        self._playing, self._wanted = True, False
        try:
            while True:
                reply = await self._execute("STREAM FILE", sound, STOPS + CUT, offset, deadline=deadline)
                if reply.result != str(ord(CUT)):
                    return reply
                if self._wanted:
                    return Reply(reply.code, "0")
                # it was meant for the sound before, which had ended by itself
                offset = int(reply.field("endpos") or 0)
        finally:
            self._playing = False
            if self._cutting:
                self._cutting.cancel()
                self._cutting = None

    def cut(self) -> None:
        """Whatever is playing ends in a moment."""
        if self._playing and not self._wanted:
            self._wanted = True
            self._cutting = asyncio.get_running_loop().call_later(GRACE, self._cut)

    def _cut(self) -> None:
        self._ami.send("PlayDTMF", Channel=self._channel, Digit=CUT, Receive="1", Duration="40")
