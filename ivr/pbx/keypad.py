"""The keys of one call as they come in: AMI's word, the replies' claims, and how long a claim may wait."""

import asyncio
import contextlib
import time
from collections.abc import Callable

from ivr.pbx.ami import Ami
from ivr.pbx.keys import PATIENCE, Keys

KEYS = frozenset("0123456789*#")
"""What a caller has under the fingers; what else a phone may send means nothing."""


class Keypad:
    """Hands each key of a call to `press`, once and in order; `ivr.pbx.keys` has the rule."""

    def __init__(self, ami: Ami, press: Callable[[str], None]) -> None:
        self._ami, self._press = ami, press
        self._keys = Keys()
        self._told = asyncio.Event()
        self._claims: set[asyncio.Task[None]] = set()

    def told(self, key: str) -> None:
        """AMI told a key of this call."""
        for one in self._keys.told(key, time.monotonic()):
            self._press(one)
        self._told.set()

    def begun(self) -> None:
        """A command begins, of which a reply may name a key."""
        self._keys.begun()

    async def claim(self, key: str) -> None:
        """A reply named a key: AMI's word for it is waited for, but not long."""
        if self._claimed(key):
            await self._confirmed()

    def claim_soon(self, key: str) -> None:
        """As `claim`, from where nobody can wait."""
        if not self._claimed(key):
            return
        task = asyncio.create_task(self._confirmed())
        self._claims.add(task)
        task.add_done_callback(self._claims.discard)

    def _claimed(self, key: str) -> bool:
        """Whether AMI's word is still to come."""
        if key not in KEYS:
            return False
        if not self._ami.up:
            self._press(key)
            return False
        return not self._keys.claimed(key, time.monotonic())

    async def _confirmed(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while self._keys.waiting and (left := deadline - time.monotonic()) > 0:
            self._told.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await self._told.wait()
        for late in self._keys.overdue(time.monotonic(), 0.0):
            self._press(late)

    async def settle(self) -> None:
        """Returns when no claim is open any more."""
        for task in tuple(self._claims):
            with contextlib.suppress(asyncio.CancelledError):
                await task
