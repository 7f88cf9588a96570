"""Asks services for calls: with a timeout, further tries and a circuit breaker, never in another call's way.

What is told of a failure names the service only: what it was asked may be private.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ivr.breaker import PAUSE, Breaker
from ivr.commands import LookUp
from ivr.events import Event, LookedUp
from ivr.services import Unanswered, taken
from ivr.store import Store

if TYPE_CHECKING:
    from ivr.web import Web

AGAIN = 0.2
"""Seconds between two tries."""


class Lookups:
    """The services of one line, by name and address."""

    def __init__(self, services: Mapping[str, str], secrets: Path, store: Store, tell: Callable[[str], None]) -> None:
        self._services, self._secrets, self._store, self._tell = services, secrets, store, tell
        self._breakers = {name: Breaker() for name in services}
        self._web: Web | None = None
        self._asking: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Makes ready to ask; a line without services does without the library, which takes 11 MB."""
        if self._services:
            from ivr.web import Web

            self._web = Web(self._secrets)

    def ask(self, command: LookUp, number: int, answer: Callable[[Event], None]) -> None:
        """Asks, and tells the answer as soon as it is there."""
        task = asyncio.create_task(self._ask(command, number, answer))
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)

    async def close(self) -> None:
        """Asks nobody any more."""
        for task in list(self._asking):
            task.cancel()
        await asyncio.gather(*self._asking, return_exceptions=True)
        if self._web:
            await self._web.close()

    async def _ask(self, command: LookUp, number: int, answer: Callable[[Event], None]) -> None:
        try:
            answered, found = await self._found(command)
        except Exception as bug:  # noqa: BLE001 - without an answer the caller would wait for ever
            self._tell(f"service {command.service}: {type(bug).__name__}")
            answered, found = False, None
        status = "unavailable" if not answered else "unknown" if found is None else "found"
        answer(LookedUp(time.time(), number, status, taken(found, command.facts)))

    async def _found(self, command: LookUp) -> tuple[bool, Any]:
        """Whether the service answered, and what; None where it knows nothing of it."""
        breaker = self._breakers.get(command.service)
        if breaker is None or self._web is None:
            self._tell(f"there is no service {command.service}: the setting `services` names them")
            return False, None
        address = self._services[command.service] + command.path
        for left in range(command.tries - 1, -1, -1):
            if not breaker.allows(time.monotonic()):
                break
            try:
                found = await self._web.get(command.service, address, command.timeout)
            except Unanswered as unanswered:
                if not unanswered.again:
                    self._tell(f"service {command.service}: {unanswered}")
                    break
                self._failed(command.service, breaker, str(unanswered))
            else:
                breaker.worked()
                return True, found
            if left:
                await asyncio.sleep(AGAIN)
        return False, None

    def _failed(self, service: str, breaker: Breaker, why: str) -> None:
        if breaker.failed(time.monotonic()):
            text = f"service {service} does not answer ({why}): it is left alone for {PAUSE:.0f} s at a time"
            self._tell(f"ALARM {text}")
            self._store.alarm("service", text, time.time())
        else:
            self._tell(f"service {service}: {why}")
