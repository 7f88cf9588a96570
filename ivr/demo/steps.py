"""What the line tells of its calls, as something a scene can wait for."""

import asyncio
import re

PATIENCE = 60.0


class Steps:
    """Keeps every told line, passes it on, and wakes who waits for it."""

    def __init__(self) -> None:
        self._told: list[tuple[str, str]] = []
        self._news = asyncio.Event()

    def add(self, call: str, text: str) -> None:
        """The line told something of a call."""
        self._told.append((call, text))
        self._news.set()

    async def seen(self, caller: str, pattern: str) -> str:
        """The id of the caller's call, once a line of it fits the pattern."""
        async with asyncio.timeout(PATIENCE):
            while True:
                self._news.clear()
                id_ = next((call for call, text in self._told if f'caller="{caller}"' in text), None)
                if id_ and any(call == id_ and re.search(pattern, text) for call, text in self._told):
                    return id_
                await self._news.wait()
