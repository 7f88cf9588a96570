"""The FastAGI listener: one connection per call; one command at a time; deadlines on our side.

Asterisk has no read timeout of its own, so a command that is not answered in time ends the connection,
and the dialplan carries the call on.
"""

import asyncio
import math
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from ivr.pbx.agi import DEAD, KEPT, Hangup, PeerError, Reader, Reply, line, usual

HEADER_DEADLINE = 5.0
TICK = 1.0
"""Seconds between two looks at what is overdue: so much later than its deadline it may be found."""
BACKLOG = 512
HEADER_WHOLE = 0.002
"""Seconds until the rest of a header is read: Asterisk writes each line by itself, and each read costs the call."""


class ConnectionGone(Exception):
    """The AGI connection ended; the channel may live on in the dialplan."""


Then = Callable[[Reply | ConnectionGone], None]
T = TypeVar("T")


class Connection(asyncio.Protocol):
    """One AGI conversation. `execute` sends a command and returns its reply."""

    def __init__(self, serve: Callable[["Connection"], None], clock: "Clock") -> None:
        self._serve, self._clock = serve, clock
        self._loop = asyncio.get_running_loop()
        self._reader = Reader()
        self._transport: asyncio.Transport | None = None
        self._then: Then | None = None
        self._free: asyncio.Future[None] | None = None
        self._verb: object = ""
        self._patience = self._left = HEADER_DEADLINE
        self.header: dict[str, str] = {}
        self.hung_up = False
        self.gone = False
        self.on_hangup: Callable[[], None] | None = None
        self.on_gone: Callable[[], None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]  # uvloop's is no asyncio.Transport, but acts as one
        self._clock.add(self)

    def data_received(self, data: bytes) -> None:
        if self._reader.clear and (reply := KEPT.get(data) or usual(data)):
            self._answer(reply)
            return
        try:
            items = self._reader.feed(data)
        except PeerError:
            self.close()
            return
        if not items and not self.header:
            self._let_come()
        for item in items:
            if type(item) is Reply:
                if item.code == DEAD:
                    self._mark_hung_up()
                self._answer(item)
            elif type(item) is Hangup:
                self._mark_hung_up()
            elif type(item) is dict:
                self.header = item
                self._left = math.inf
                self._serve(self)

    def _let_come(self) -> None:
        """Of a header there is a part: nothing is read until the rest of it is there."""
        if self._transport:
            self._transport.pause_reading()
            self._loop.call_later(HEADER_WHOLE, self._read_on)

    def _read_on(self) -> None:
        if self._transport:
            self._transport.resume_reading()

    def _answer(self, reply: "Reply | ConnectionGone") -> None:
        """Whoever asked is told; the next may ask."""
        self._left = math.inf
        then, self._then = self._then, None
        if then:
            then(reply)
        if self._free:
            free, self._free = self._free, None
            free.set_result(None)

    def _mark_hung_up(self) -> None:
        if not self.hung_up:
            self.hung_up = True
            if self.on_hangup:
                self.on_hangup()

    def connection_lost(self, error: Exception | None) -> None:
        self.gone, self._transport = True, None
        self._clock.drop(self)
        self._answer(ConnectionGone("the AGI connection ended"))
        if self.on_gone:
            self.on_gone()

    def ask(self, words: tuple[object, ...], deadline: float, then: "Then") -> None:
        """Sends a command, the one before having been answered; `then` gets its reply, or why none came."""
        if self._transport is None:
            then(ConnectionGone("the AGI connection has ended"))
            return
        self._then = then
        self._verb = words[0]
        self._patience = self._left = deadline
        self._transport.write(line(*words))

    async def execute(self, *words: object, deadline: float = 10.0) -> Reply:
        """The reply to one command; raises ConnectionGone, also when no reply came in time.

        A second command waits until the first is answered; `deadline` is the command's own time. Whoever is
        cancelled while waiting ends the connection: the reply still to come would be taken for the next one's.
        """
        while self._then:
            self._free = self._free or self._loop.create_future()
            # not awaited itself: whoever is cancelled must not cancel it for the others
            await asyncio.wait((self._free,))
        answer: asyncio.Future[Reply | ConnectionGone] = self._loop.create_future()
        self.ask(words, deadline, partial(settle, answer))
        try:
            reply = await answer
        except asyncio.CancelledError:
            self.close()
            raise
        if isinstance(reply, ConnectionGone):
            raise reply
        return reply

    def wait(self, seconds: float) -> None:
        """So much time has passed: ends what is overdue."""
        self._left -= seconds
        if self._left <= -TICK:
            self._answer(ConnectionGone(f"no reply to {self._verb} within {self._patience:.0f} s"))
            self.close()

    def close(self) -> None:
        """Ends the conversation; the dialplan goes on after AGI()."""
        if self._transport:
            self._transport.close()
            self._transport = None


class Clock:
    """One clock for all conversations: to set and cancel a timer for each command costs as much as the command."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._open: set[Connection] = set()
        self._timer: asyncio.TimerHandle | None = None

    def add(self, one: Connection) -> None:
        """A conversation whose deadlines count from now on."""
        self._open.add(one)
        self._timer = self._timer or self._loop.call_later(TICK, self._tick)

    def drop(self, one: Connection) -> None:
        """A conversation that is over."""
        self._open.discard(one)

    def _tick(self) -> None:
        self._timer = self._loop.call_later(TICK, self._tick) if self._open else None
        for one in tuple(self._open):
            one.wait(TICK)


def settle(future: "asyncio.Future[T]", value: T) -> None:
    """Answers a future unless it was answered or cancelled meanwhile."""
    if not future.done():
        future.set_result(value)


async def listen(host: str, port: int, serve: Callable[[Connection], None]) -> asyncio.Server:
    """Serves FastAGI; `serve` is called once a connection's header is complete."""
    loop = asyncio.get_running_loop()
    clock = Clock()
    return await loop.create_server(lambda: Connection(serve, clock), host, port, backlog=BACKLOG, reuse_address=True)
