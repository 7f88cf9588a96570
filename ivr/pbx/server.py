"""The FastAGI listener: one connection per call; one command at a time; deadlines on our side.

Asterisk has no read timeout of its own, so a command that is not answered in time ends the connection,
and the dialplan carries the call on.
"""

import asyncio
import math
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from ivr.pbx.agi import DEAD, Hangup, PeerError, Reader, Reply, line

HEADER_DEADLINE = 5.0
BACKLOG = 512


class ConnectionGone(Exception):
    """The AGI connection ended; the channel may live on in the dialplan."""


Then = Callable[[Reply | ConnectionGone], None]
T = TypeVar("T")


class Connection(asyncio.Protocol):
    """One AGI conversation. `execute` sends a command and returns its reply."""

    def __init__(self, serve: Callable[["Connection"], None]) -> None:
        self._serve = serve
        self._loop = asyncio.get_running_loop()
        self._reader = Reader()
        self._transport: asyncio.Transport | None = None
        self._then: Then | None = None
        self._free: asyncio.Future[None] | None = None
        self._verb: object = ""
        self._patience = HEADER_DEADLINE
        self._due = self._loop.time() + HEADER_DEADLINE
        self._alarm_at = self._due
        self._alarm = self._loop.call_at(self._due, self._look)
        self.header: dict[str, str] = {}
        self.hung_up = False
        self.gone = False
        self.on_hangup: Callable[[], None] | None = None
        self.on_gone: Callable[[], None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        try:
            items = self._reader.feed(data)
        except PeerError:
            self.close()
            return
        for item in items:
            if type(item) is Reply:
                if item.code == DEAD:
                    self._mark_hung_up()
                self._answer(item)
            elif type(item) is Hangup:
                self._mark_hung_up()
            elif type(item) is dict:
                self.header = item
                self._due = math.inf
                self._serve(self)

    def _answer(self, reply: "Reply | ConnectionGone") -> None:
        """Whoever asked is told; the next may ask."""
        self._due = math.inf
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
        self.gone = True
        self._alarm.cancel()
        self._answer(ConnectionGone("the AGI connection ended"))
        if self.on_gone:
            self.on_gone()

    def ask(self, words: tuple[object, ...], deadline: float, then: "Then") -> None:
        """Sends a command, the one before having been answered; `then` gets its reply, or why none came."""
        transport = self._transport
        if self.gone or transport is None or transport.is_closing():
            then(ConnectionGone("the AGI connection has ended"))
            return
        self._then = then
        self._verb, self._patience = words[0], deadline
        self._watch(self._loop.time() + deadline)
        transport.write(line(*words))

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

    # One alarm for the whole conversation: to set and cancel one for each command costs as much as the command.

    def _watch(self, due: float) -> None:
        """What is awaited now must be there by `due`."""
        self._due = due
        if due < self._alarm_at:
            self._alarm.cancel()
            self._alarm, self._alarm_at = self._loop.call_at(due, self._look), due

    def _look(self) -> None:
        """The alarm: ends what is overdue; where it was answered meanwhile, waits for the next."""
        self._alarm_at = math.inf
        if self._loop.time() < self._due:
            if self._due < math.inf:
                self._watch(self._due)
            return
        self._answer(ConnectionGone(f"no reply to {self._verb} within {self._patience:.0f} s"))
        self.close()

    def close(self) -> None:
        """Ends the conversation; the dialplan goes on after AGI()."""
        if self._transport and not self._transport.is_closing():
            self._transport.close()


def settle(future: "asyncio.Future[T]", value: T) -> None:
    """Answers a future unless it was answered or cancelled meanwhile."""
    if not future.done():
        future.set_result(value)


async def listen(host: str, port: int, serve: Callable[[Connection], None]) -> asyncio.Server:
    """Serves FastAGI; `serve` is called once a connection's header is complete."""
    loop = asyncio.get_running_loop()
    return await loop.create_server(lambda: Connection(serve), host, port, backlog=BACKLOG, reuse_address=True)
