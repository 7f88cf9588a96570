"""The FastAGI listener alone, against a raw `asyncio.Protocol` that echoes the same commands: processor time of each.

Listener: header, parser, quoting, deadlines, one command at a time. The same again with a coroutine that awaits each
reply, as the calls do: what asyncio's futures and tasks cost on top.

A client plays Asterisk: header, then a reply to each command. The servers run one after the other, in turns, each
in a process of its own on uvloop: `python -m tests.bench.agi raw|listener|awaited PORT`.
"""

import asyncio
import os
import subprocess
import sys
from statistics import median
from typing import NamedTuple

import uvloop

from ivr.native import HOME
from ivr.pbx import server as fastagi
from ivr.pbx.agi import Reply, line
from ivr.pbx.server import Connection, ConnectionGone
from tests.bench.figures import Figure
from tests.bench.lines import cpu
from tests.live.ports import free_ports

CALLS = 1500
AT_ONCE = 20
ROUNDS = 15
CONVERSATION = (
    (("GOSUB", "pick-up", "s", "1", "1763826000.1"), b"100 result=0 Trying...\n200 result=0\n"),
    (("GET FULL VARIABLE", "${CHANNEL(state)}"), b"200 result=1 (Up)\n"),
    (("EXEC AudioSocket", "a6f0c1de-0000-4000-8000-000000000000,127.0.0.1:4574"), b"200 result=0\n"),
    (("STREAM FILE", "main-menu", "0123456789*#"), b"200 result=0 endpos=24000\n"),
    *((("STREAM FILE", "silence/slice", "0123456789*#"), b"200 result=0 endpos=1600\n"),) * 10,
    (("STREAM FILE", "silence/slice", "0123456789*#"), b"200 result=49 endpos=480\n"),
    (("STREAM FILE", "queue-intake", "0123456789*#"), b"200 result=0 endpos=8000\n"),
    (("EXEC MSet", "__IVR_QUEUE=intake,__IVR_NOTE=,IVR_COMMAND=6"), b"200 result=0\n"),
    (("EXEC Queue", "intake,c,,,300,,,,"), b"200 result=0\n"),
    (("GET FULL VARIABLE", "${QUEUESTATUS}|${IVR_AGENT}|${IVR_CONNECTED}"), b"200 result=1 (|1001|1763826020.123)\n"),
    (("STREAM FILE", "survey", "0123456789*#"), b"200 result=53 endpos=32000\n"),
    (("STREAM FILE", "closing", ""), b"200 result=0 endpos=16000\n"),
    (("EXEC MSet", "IVR_DONE=1"), b"200 result=0\n"),
    (("HANGUP",), b"200 result=1\n"),
)
"""The commands of a served call that waits 2 s for a key, and what Asterisk answers."""
COMMANDS = [words for words, _ in CONVERSATION]
REPLIES = {line(*words): reply for words, reply in CONVERSATION}
HEADER = (
    b"agi_network: yes\nagi_network_script: call\nagi_request: agi://127.0.0.1:4573/call\n"
    b"agi_channel: PJSIP/public-00000001\nagi_language: zh\nagi_type: PJSIP\nagi_uniqueid: 1763826000.1\n"
    b"agi_version: 22.10.1\nagi_callerid: anonymous\nagi_calleridname: anonymous\nagi_callingpres: 0\n"
    b"agi_callingani2: 0\nagi_callington: 0\nagi_callingtns: 0\nagi_dnid: 95585\nagi_rdnis: unknown\n"
    b"agi_context: hotline\nagi_extension: s\nagi_priority: 6\nagi_enhanced: 0.0\nagi_accountcode: \n"
    b"agi_threadid: 140000000000000\nagi_arg_1: |95585|PHNpcDoxMzhAbD4=\n\n"
)


class _Round(NamedTuple):
    """Processor seconds of each server for all calls."""

    raw: float
    listener: float
    awaited: float


# -- the two servers ---------------------------------------------------------------------------------


async def _converse(connection: Connection) -> None:
    try:
        for words in COMMANDS:
            await connection.execute(*words)
    except ConnectionGone:
        return
    finally:
        connection.close()


def _command_by_command(connection: Connection) -> None:
    """Asks the next command in the reply to the one before."""
    rest = iter(COMMANDS)

    def next_one(reply: Reply | ConnectionGone) -> None:
        words = next(rest, None)
        if words is None or isinstance(reply, ConnectionGone):
            connection.close()
        else:
            connection.ask(words, 10.0, next_one)

    connection.ask(next(rest), 10.0, next_one)


class _Raw(asyncio.Protocol):
    """The floor: no parsing but the end of header and lines, no deadline, no coroutine."""

    lines = [line(*words) for words in COMMANDS]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.Transport = transport  # type: ignore[assignment]
        self._buffer, self._next, self._begun = b"", 0, False

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._begun:
            self._begun = self._buffer.endswith(b"\n\n")
        elif not self._buffer.endswith(b"\n"):
            return
        if self._begun:
            self._buffer = b""
            if self._next == len(self.lines):
                self._transport.close()
                return
            self._transport.write(self.lines[self._next])
            self._next += 1


async def _serve(kind: str, port: int) -> None:
    tasks: set[asyncio.Task[None]] = set()

    def begin(connection: Connection) -> None:
        task = asyncio.create_task(_converse(connection))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    if kind != "raw":
        server = await fastagi.listen("127.0.0.1", port, begin if kind == "awaited" else _command_by_command)
    else:
        server = await asyncio.get_running_loop().create_server(_Raw, "127.0.0.1", port, backlog=512)
    print("ready", flush=True)
    # The bench ends us; should it die, its end of the pipe closes.
    await asyncio.to_thread(sys.stdin.read)
    server.close()


# -- the client --------------------------------------------------------------------------------------


class _Asterisk(asyncio.Protocol):
    """Asterisk's side of one conversation."""

    def __init__(self) -> None:
        self.over = asyncio.get_running_loop().create_future()
        self.commands = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.Transport = transport  # type: ignore[assignment]
        self._transport.write(HEADER)

    def data_received(self, data: bytes) -> None:
        self.commands += 1
        self._transport.write(REPLIES[data])

    def connection_lost(self, _error: Exception | None) -> None:
        if not self.over.done():
            self.over.set_result(self.commands)


async def _call_all(port: int, calls: int) -> int:
    """All calls, some at once; how many commands came."""
    loop = asyncio.get_running_loop()

    async def some(count: int) -> int:
        commands = 0
        for _ in range(count):
            _, asterisk = await loop.create_connection(_Asterisk, "127.0.0.1", port)
            commands += await asterisk.over
        return commands

    async with asyncio.timeout(30):
        return sum(await asyncio.gather(*(some(calls // AT_ONCE) for _ in range(AT_ONCE))))


def _cost(kind: str) -> float:
    """Processor seconds of one server for all calls."""
    (port,) = free_ports(1)
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.agi", kind, str(port)], cwd=HOME, env=os.environ,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stdout
        process.stdout.readline()
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_call_all(port, 200))
            before = cpu(process.pid)
            commands = runner.run(_call_all(port, CALLS))
        used = cpu(process.pid) - before
        if commands != CALLS * len(COMMANDS):
            raise RuntimeError(f"{commands} commands came instead of {CALLS * len(COMMANDS)}")
        return used
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                pipe.close()


def figures() -> list[Figure]:
    """The servers in turns; of the rounds' ratios the median, since a shared machine changes within seconds."""
    rounds = [_Round(*(_cost(kind) for kind in _Round._fields)) for _ in range(ROUNDS)]
    each = 1e6 / (CALLS * len(COMMANDS))
    ratios = sorted(one.listener / one.raw for one in rounds)
    note = f"{ratios[0]:.2f} to {ratios[-1]:.2f} in {ROUNDS} rounds; {len(COMMANDS)} commands a call, {CALLS} calls"
    return [
        Figure("raw asyncio.Protocol, CPU of a command", median(one.raw for one in rounds) * each, "µs"),
        Figure("our listener, CPU of a command", median(one.listener for one in rounds) * each, "µs"),
        Figure("our listener against raw", median(ratios), "×", 1.3, note=note),
        Figure("the same with a coroutine awaiting each reply", median(one.awaited / one.raw for one in rounds), "×"),
    ]


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as only:
        only.run(_serve(sys.argv[1], int(sys.argv[2])))
