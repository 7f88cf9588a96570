"""The FastAGI listener against peers that keep the rules and peers that do not: real sockets, `ivr run`'s loop."""

import asyncio
import math
from contextlib import asynccontextmanager, suppress

import pytest
import uvloop

from ivr.pbx import server
from ivr.pbx.agi import MOST_HEADER, Reply
from ivr.pbx.server import Connection, ConnectionGone

HEADER = b"agi_network: yes\nagi_uniqueid: 17.1\n\n"


class Peer:
    """The Asterisk side of one connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def command(self) -> str:
        return (await self.reader.readuntil()).decode().rstrip("\n")

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def ended(self) -> bytes:
        """What was still sent, once the line has closed the connection."""
        with suppress(ConnectionResetError):
            return await self.reader.read()
        return b""


def served(test):
    """Runs a test with a listener, a peer connected to it, and the connections that were served."""

    def run():
        async def main():
            async with asyncio.timeout(60):
                async with listening() as (connect, found):
                    await test(connect, found)

        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(main())

    run.__name__, run.__doc__ = test.__name__, test.__doc__
    return run


@asynccontextmanager
async def listening():
    found: asyncio.Queue[Connection] = asyncio.Queue()
    listener = await server.listen("127.0.0.1", 0, found.put_nowait)
    port = listener.sockets[0].getsockname()[1]
    peers = []

    async def connect(data: bytes = HEADER) -> Peer:
        peer = Peer(*await asyncio.open_connection("127.0.0.1", port))
        peers.append(peer)
        peer.send(data)
        return peer

    try:
        yield connect, found
    finally:
        for peer in peers:
            peer.writer.close()
        listener.close()
        await listener.wait_closed()


async def gone(connection: Connection) -> None:
    """Returns when the connection has ended."""
    ended = asyncio.Event()
    connection.on_gone = ended.set
    if not connection.gone:
        await ended.wait()


@served
async def test_a_command_and_its_reply(connect, found):
    peer = await connect()
    connection = await found.get()
    assert connection.header == {"agi_network": "yes", "agi_uniqueid": "17.1"}
    asked = asyncio.create_task(connection.execute("GET FULL VARIABLE", "${X}"))
    assert await peer.command() == 'GET FULL VARIABLE "${X}"'
    peer.send("200 result=1 (李)\n".encode())
    assert await asked == Reply(200, "1", "李")


@served
async def test_a_header_in_pieces(connect, found):
    peer = await connect(b"")
    for byte in HEADER:
        peer.send(bytes([byte]))
    assert (await found.get()).header["agi_uniqueid"] == "17.1"


@served
async def test_a_peer_that_closes_before_the_header_ends_is_forgotten(connect, found):
    peer = await connect(b"agi_network: yes\nagi_uni")
    peer.writer.write_eof()
    assert await peer.ended() == b""
    other = await connect()
    connection = await found.get()
    assert found.empty()
    assert connection.header["agi_uniqueid"] == "17.1"
    other.writer.close()
    await gone(connection)


@pytest.mark.parametrize(
    "data",
    [
        b"agi_arg_1: x\n" * MOST_HEADER,
        b"x" * 100_000,
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"agi_x: " + b"x" * 100_000,
    ],
)
def test_a_header_without_end_or_sense_is_closed(data):
    @served
    async def test(connect, found):
        peer = await connect(data)
        assert await peer.ended() == b""
        assert found.empty()

    test()


def test_a_header_that_does_not_come_is_closed(monkeypatch):
    monkeypatch.setattr(server, "HEADER_DEADLINE", 0.01)

    @served
    async def test(connect, found):
        assert await (await connect(b"agi_network: yes\n")).ended() == b""
        assert found.empty()

    test()


def test_the_headers_deadline_ends_with_the_header(monkeypatch):
    @served
    async def test(connect, found):
        await connect()
        connection = await found.get()
        assert connection._left == math.inf

    test()


@pytest.mark.parametrize("garbage", [b"hello\n", b"\xff\xfe\n", b"2" * 100_000, b"520-x\n" * 300])
def test_a_garbage_reply_ends_the_connection(garbage):
    @served
    async def test(connect, found):
        peer = await connect()
        connection = await found.get()
        asked = asyncio.create_task(connection.execute("ANSWER"))
        await peer.command()
        peer.send(garbage)
        with pytest.raises(ConnectionGone):
            await asked
        with pytest.raises(ConnectionGone):
            await connection.execute("ANSWER")

    test()


@served
async def test_a_hang_up_between_replies_does_not_shift_them(connect, found):
    peer = await connect()
    connection = await found.get()
    hung_up = []
    connection.on_hangup = lambda: hung_up.append(connection.hung_up)
    for number in range(3):
        asked = asyncio.create_task(connection.execute("NOOP", number))
        assert await peer.command() == f'NOOP "{number}"'
        peer.send(b"HANGUP\n200 result=%d\n" % number)
        assert await asked == Reply(200, str(number))
    assert hung_up == [True]


@served
async def test_511_means_that_the_call_has_ended(connect, found):
    peer = await connect()
    connection = await found.get()
    asked = asyncio.create_task(connection.execute("ANSWER"))
    await peer.command()
    peer.send(b"511 Command Not Permitted on a dead channel or intercept routine\n")
    assert (await asked).dead
    assert connection.hung_up


@served
async def test_a_usage_text_is_the_reply_to_its_command(connect, found):
    peer = await connect()
    connection = await found.get()
    asked = asyncio.create_task(connection.execute("NONSENSE"))
    await peer.command()
    peer.send(b"520-Invalid command syntax.  Proper usage follows:\nUsage: x\n520 End of proper usage.\n")
    assert (await asked).code == 520
    asked = asyncio.create_task(connection.execute("NOOP"))
    assert await peer.command() == "NOOP"
    peer.send(b"200 result=0\n")
    assert (await asked).result == "0"


@served
async def test_a_second_command_is_not_sent_before_the_first_is_answered(connect, found):
    peer = await connect()
    connection = await found.get()
    asked = [asyncio.create_task(connection.execute("NOOP", number)) for number in range(5)]
    for number in range(5):
        assert await peer.command() == f'NOOP "{number}"'
        assert peer.reader._buffer == b""
        peer.send(b"200 result=%d\n" % number)
        assert (await asked[number]).result == str(number)


@served
async def test_a_reply_that_nobody_asked_for_answers_nothing(connect, found):
    peer = await connect()
    connection = await found.get()
    asked = asyncio.create_task(connection.execute("NOOP", 1))
    await peer.command()
    peer.send(b"200 result=1\n200 result=666\n")
    assert (await asked).result == "1"
    asked = asyncio.create_task(connection.execute("NOOP", 2))
    await peer.command()
    peer.send(b"200 result=2\n")
    assert (await asked).result == "2"


@served
async def test_a_command_without_a_reply_ends_the_connection_at_its_deadline(connect, found):
    peer = await connect()
    connection = await found.get()
    with pytest.raises(ConnectionGone, match=r"no reply to EXEC Queue within 0 s"):
        await connection.execute("EXEC Queue", "intake", deadline=0.01)
    assert await peer.ended() == b'EXEC Queue "intake"\n'
    await gone(connection)


@served
async def test_a_cancelled_command_ends_the_connection_so_that_its_reply_answers_no_other(connect, found):
    peer = await connect()
    connection = await found.get()
    asked = asyncio.create_task(connection.execute("EXEC AudioSocket", "x"))
    await peer.command()
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    with pytest.raises(ConnectionGone):
        await connection.execute("NOOP")
    assert await peer.ended() == b""


@served
async def test_a_peer_that_goes_away_ends_what_waits_for_it(connect, found):
    peer = await connect()
    connection = await found.get()
    asked = [asyncio.create_task(connection.execute("NOOP", number)) for number in range(2)]
    await peer.command()
    peer.writer.close()
    for one in asked:
        with pytest.raises(ConnectionGone):
            await one
    assert connection.gone


@served
async def test_closing_twice_is_closing(connect, found):
    peer = await connect()
    connection = await found.get()
    connection.close()
    connection.close()
    assert await peer.ended() == b""
    await gone(connection)
    connection.close()


@served
async def test_many_connections_do_not_meet(connect, found):
    peers = [await connect(HEADER.replace(b"17.1", b"17.%d" % number)) for number in range(50)]
    connections = {}
    for _ in peers:
        connection = await found.get()
        connections[connection.header["agi_uniqueid"]] = connection
    asked = [asyncio.create_task(connections[f"17.{number}"].execute("NOOP", number)) for number in range(50)]
    for number, peer in enumerate(peers):
        assert await peer.command() == f'NOOP "{number}"'
        peer.send(b"200 result=%d\n" % number)
    assert [(await one).result for one in asked] == [str(number) for number in range(50)]
