"""The AudioSocket application on one channel: opened to listen, ended before any other command."""

import asyncio
from collections.abc import Callable

from ivr.audio.detector import Verdict
from ivr.pbx.agi import Reply
from ivr.pbx.audiosocket import AudioServer, Ear
from ivr.pbx.server import Connection, ConnectionGone

LONGEST = 86400.0
COMING = 2.0
"""Seconds Asterisk may take to bring the stream."""
ENDING = 10.0
"""Seconds Asterisk may take to end it."""


class StreamError(Exception):
    """Asterisk did not bring the stream; one sentence."""


class Stream:
    """A channel's stream, with its ear. A channel runs one application: whoever runs another ends this first."""

    def __init__(self, agi: Connection, audio: AudioServer, on_key: Callable[[str], None]) -> None:
        self._agi, self._audio, self._on_key = agi, audio, on_key
        self._ear: Ear | None = None
        self._running: asyncio.Task[Reply] | None = None

    @property
    def open(self) -> bool:
        """Whether the application was started and not ended by us."""
        return self._running is not None

    @property
    def broken(self) -> bool:
        """Whether the application ended by itself."""
        return self._running is not None and self._running.done()

    async def ear(self) -> Ear:
        """The ear of the open stream, or of a new one; raises StreamError where none comes."""
        if self._ear and self.open and not self.broken:
            return self._ear
        await self.end()
        self._ear = ear = Ear()
        ear.on_key = self._on_key
        self._audio.add(ear)
        self._running = asyncio.create_task(
            self._agi.execute("EXEC AudioSocket", f"{ear.uuid},{self._audio.address}", deadline=LONGEST)
        )
        connected = asyncio.create_task(ear.connected.wait())
        await asyncio.wait({connected, self._running}, timeout=COMING, return_when=asyncio.FIRST_COMPLETED)
        connected.cancel()
        if not ear.connected.is_set():
            if self._running.done():
                self._running.result()
            raise StreamError("the audio stream did not come")
        return ear

    async def until(self, verdict: "asyncio.Future[Verdict]", stop: asyncio.Event) -> None:
        """Returns at the verdict, at `stop`, or when the stream has ended."""
        stopping = asyncio.create_task(stop.wait())
        waiting: set[asyncio.Future[object]] = {verdict, stopping}  # type: ignore[arg-type]
        if self._running:
            waiting.add(self._running)  # type: ignore[arg-type]
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()

    async def end(self) -> None:
        """Ends the stream; returns when the channel is free for the next command."""
        ear, self._ear = self._ear, None
        running, self._running = self._running, None
        if ear:
            self._audio.remove(ear)
        if running:
            await asyncio.wait({running}, timeout=ENDING)
            if not running.done():
                running.cancel()
                raise ConnectionGone("the audio stream did not end")
            running.result()

    def drop(self) -> None:
        """The call is over: lets go of the stream without waiting."""
        if self._ear:
            self._audio.remove(self._ear)
        if self._running:
            self._running.cancel()
