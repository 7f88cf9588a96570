"""The FastAGI listener: one connection per call; one command at a time; deadlines on our side.

Asterisk has no read timeout of its own, so a command that is not answered in time ends the connection,
and the dialplan carries the call on.
"""

import asyncio
from collections.abc import Callable

from ivr.pbx.agi import Hangup, PeerError, Reader, Reply, line

HEADER_DEADLINE = 5.0
BACKLOG = 512


class ConnectionGone(Exception):
    """The AGI connection ended; the channel may live on in the dialplan."""


class Connection(asyncio.Protocol):
    """One AGI conversation. `execute` sends a command and returns its reply."""

    def __init__(self, serve: Callable[["Connection"], None]) -> None:
        self._serve = serve
        self._reader = Reader()
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[Reply] | None = None
        self._turn = asyncio.Lock()
        self._deadline: asyncio.TimerHandle | None = None
        self.header: dict[str, str] = {}
        self.hung_up = False
        self.gone = False
        self.on_hangup: Callable[[], None] | None = None
        self.on_gone: Callable[[], None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]
        self._deadline = asyncio.get_running_loop().call_later(HEADER_DEADLINE, self.close)

    def data_received(self, data: bytes) -> None:
        try:
            items = self._reader.feed(data)
        except PeerError:
            self.close()
            return
        for item in items:
            if isinstance(item, Hangup):
                self._mark_hung_up()
            elif isinstance(item, Reply):
                if item.dead:
                    self._mark_hung_up()
                if self._waiting and not self._waiting.done():
                    self._waiting.set_result(item)
            else:
                self._begin(item)

    def _begin(self, header: dict[str, str]) -> None:
        if self._deadline:
            self._deadline.cancel()
        self.header = header
        self._serve(self)

    def _mark_hung_up(self) -> None:
        if not self.hung_up:
            self.hung_up = True
            if self.on_hangup:
                self.on_hangup()

    def connection_lost(self, error: Exception | None) -> None:
        self.gone = True
        if self._deadline:
            self._deadline.cancel()
        if self._waiting and not self._waiting.done():
            self._waiting.set_exception(ConnectionGone("the AGI connection ended"))
        if self.on_gone:
            self.on_gone()

    async def execute(self, *words: object, deadline: float = 10.0) -> Reply:
        """The reply to one command; raises ConnectionGone, also when no reply came in time.

        A second command waits until the first is answered; `deadline` is the command's own time. Whoever is
        cancelled while waiting ends the connection: the reply still to come would be taken for the next one's.
        """
        async with self._turn:
            if self.gone or self._transport is None or self._transport.is_closing():
                raise ConnectionGone("the AGI connection has ended")
            loop = asyncio.get_running_loop()
            waiting: asyncio.Future[Reply] = loop.create_future()
            self._waiting = waiting
            # a timer, not asyncio.timeout: that costs as much as the command itself
            timer = loop.call_later(deadline, self._overdue, waiting, f"no reply to {words[0]} within {deadline:.0f} s")
            self._transport.write(line(*words))
            try:
                return await waiting
            except asyncio.CancelledError:
                self.close()
                raise
            finally:
                timer.cancel()

    def _overdue(self, waiting: "asyncio.Future[Reply]", text: str) -> None:
        if not waiting.done():
            waiting.set_exception(ConnectionGone(text))
        self.close()

    def close(self) -> None:
        """Ends the conversation; the dialplan goes on after AGI()."""
        if self._transport and not self._transport.is_closing():
            self._transport.close()


async def listen(host: str, port: int, serve: Callable[[Connection], None]) -> asyncio.Server:
    """Serves FastAGI; `serve` is called once a connection's header is complete."""
    loop = asyncio.get_running_loop()
    return await loop.create_server(lambda: Connection(serve), host, port, backlog=BACKLOG, reuse_address=True)
