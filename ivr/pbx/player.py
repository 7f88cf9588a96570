"""Sounds and waits for a key on one channel, which a key, or the next command, cuts short.

Asterisk itself stops a sound at a key it hears meanwhile. A key that fell between two AGI commands is told by
AMI alone, and a command that follows something else by nobody: then AMI plays a key to the channel that no
phone has on its keypad, and the sound ends at that.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from ivr.pbx.agi import Reply
from ivr.pbx.ami import Ami
from ivr.pbx.keypad import KEYS

STOPS = "".join(sorted(KEYS))
CUT = "D"
"""The key that ends a sound or a wait and means nothing else."""
_CUT = str(ord(CUT))
GRACE = 0.06
"""Seconds in which the sound may still end by the caller's own key."""


class Player:
    """Plays one sound, or waits, at a time; `execute` carries out an AGI command."""

    def __init__(self, ami: Ami, channel: str, execute: Callable[..., Awaitable[Reply]]) -> None:
        self._ami, self._channel, self._execute = ami, channel, execute
        self._playing = self._wanted = False
        self._cutting: asyncio.TimerHandle | None = None

    async def play(self, sound: str, deadline: float = 10.0) -> Reply:
        """The reply of STREAM FILE, a key of the caller's in its result."""
        offset = 0  # samples
        with self._cuttable():
            while True:
                reply = await self._execute("STREAM FILE", sound, STOPS + CUT, offset, deadline=deadline)
                if reply.result != _CUT:
                    return reply
                if self._wanted:
                    return Reply(reply.code, "0")
                # it was meant for the sound before, which had ended by itself
                offset = int(reply.field("endpos") or 0)

    async def wait(self, seconds: float) -> Reply:
        """The reply of WAIT FOR DIGIT, a key of the caller's in its result."""
        deadline = time.monotonic() + seconds
        with self._cuttable():
            while True:
                left = max(0.0, deadline - time.monotonic())
                reply = await self._execute("WAIT FOR DIGIT", round(left * 1000), deadline=left + 10.0)
                if reply.result != _CUT:
                    return reply
                if self._wanted or not left:
                    return Reply(reply.code, "0")

    @contextmanager
    def _cuttable(self) -> Iterator[None]:
        self._playing, self._wanted = True, False
        try:
            yield
        finally:
            self._playing = False
            if self._cutting:
                self._cutting.cancel()
                self._cutting = None

    def cut(self) -> None:
        """Whatever is playing or waiting ends in a moment."""
        if self._playing and not self._wanted:
            self._wanted = True
            self._cutting = asyncio.get_running_loop().call_later(GRACE, self._cut)

    def _cut(self) -> None:
        self._ami.send("PlayDTMF", Channel=self._channel, Digit=CUT, Receive="1", Duration="40")
