"""Callers and agents: each a phone of the second Asterisk, led step by step over FastAGI."""

import asyncio
import contextlib
import itertools
from collections.abc import Awaitable, Callable
from pathlib import Path

from ivr.demo.worldconf import AMI_SECRET, WorldPorts, write
from ivr.pbx import server as fastagi
from ivr.pbx.accounts import Accounts
from ivr.pbx.ami import Ami, AmiError
from ivr.pbx.asterisk import Asterisk
from ivr.pbx.server import Connection, ConnectionGone
from ivr.settings import Settings

PATIENCE = 20.0


class Phone:
    """One phone in a call. Paths of sounds are without their ending, as Asterisk wants them."""

    def __init__(self, connection: Connection, heard: Path) -> None:
        self._agi, self.heard = connection, heard
        self.ended = asyncio.Event()
        connection.on_hangup = self.ended.set
        connection.on_gone = self.ended.set
        if connection.hung_up or connection.gone:  # a caller may be faster than we are
            self.ended.set()

    @property
    def header(self) -> dict[str, str]:
        """What Asterisk told of the call when it began."""
        return self._agi.header

    async def answer(self) -> None:
        """Takes the ringing call and keeps what is heard from now on."""
        await self._agi.execute("EXEC MixMonitor", f",r({self.heard})t({self.heard.with_suffix('')}-said.wav)")
        await self._agi.execute("ANSWER")

    async def play(self, sound: Path | str) -> None:
        """Speaks: plays a sound file to its end."""
        await self._agi.execute("STREAM FILE", str(sound), "", deadline=120)

    async def keys(self, keys: str, length: int = 100, gap: int = 100) -> None:
        """Presses keys; length of each tone and of the pause after it in milliseconds."""
        await self._agi.execute("EXEC SendDTMF", f"{keys},{gap},{length}", deadline=60)

    async def wait(self, seconds: float) -> None:
        """Says nothing for a while; sends no packets either."""
        await self._agi.execute("EXEC Wait", f"{seconds}", deadline=seconds + 10)

    async def echo(self) -> None:
        """Sends back all that is heard, 20 dB weaker, until the other side hangs up."""
        await self._agi.execute("SET VARIABLE", "VOLUME(TX)", -10)
        await self._agi.execute("EXEC Echo", deadline=120)

    async def until_ended(self, patience: float = 120.0) -> None:
        """Returns when the other side has hung up; what was heard is complete soon after."""
        async with asyncio.timeout(patience):
            await self.ended.wait()
        self._agi.close()

    async def hang_up(self) -> None:
        """Hangs up."""
        try:
            await self._agi.execute("HANGUP")
        except ConnectionGone:
            return
        finally:
            self._agi.close()

    def leave(self) -> None:
        """Lets go of the phone: its call ends."""
        self._agi.close()


AgentBehaviour = Callable[[Phone], Awaitable[None]]


class World:
    """The second Asterisk with all its phones."""

    def __init__(self, folder: Path, line: Settings, accounts: Accounts, ports: WorldPorts) -> None:
        self.folder, self._ports, self._line = folder, ports, line
        (folder / "heard").mkdir(parents=True, exist_ok=True)
        self._asterisk = Asterisk(line, write(folder, line, accounts, ports), folder / "console.log", outlives_us=False)
        self.ami = Ami(ports.ami, AMI_SECRET, "world")
        self.accounts = accounts
        self._server: asyncio.Server | None = None
        self._expected: dict[str, asyncio.Future[Phone]] = {}
        self._agents: dict[str, AgentBehaviour] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._phones: list[Phone] = []
        self._numbers = itertools.count(1)

    async def start(self) -> None:
        """Returns when the phones work and the agents' phones are registered."""
        await self._asterisk.start()
        self._server = await fastagi.listen("127.0.0.1", self._ports.agi, self._serve)
        await self.ami.connect()
        await self.registered()

    async def registered(self) -> None:
        """Returns when the agents' phones are registered."""
        async with asyncio.timeout(PATIENCE):
            while (await self._asterisk.cli("pjsip show registrations")).count("Registered") < len(
                self.accounts.agents
            ):
                await asyncio.sleep(0.1)

    async def stop(self) -> None:
        """Ends all phones and the process."""
        self.ami.close()
        if self._server:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await self._asterisk.stop()

    async def hang_up_all(self) -> None:
        """Every phone hangs up, whoever led it; returns when no channel is left."""
        for phone in self._phones:
            phone.leave()
        self._phones.clear()
        self._agents.clear()
        async with asyncio.timeout(PATIENCE):
            while channels := await self._channels():
                for channel in channels:
                    with contextlib.suppress(AmiError):
                        await self.ami.act("Hangup", Channel=channel)
                await asyncio.sleep(0.1)

    async def _channels(self) -> list[str]:
        return [row["Channel"] for row in await self.ami.rows("CoreShowChannels") if row.get("Channel")]

    # -- callers ---------------------------------------------------------------------------------

    async def call(
        self, number: str = "13800138000", name: str = "", dial: str = "95585", phone: str = "line"
    ) -> Phone:
        """A caller dials; returns when the line has answered."""
        id_ = f"call-{next(self._numbers)}"
        arrived: asyncio.Future[Phone] = asyncio.get_running_loop().create_future()
        self._expected[id_] = arrived
        await self.ami.act(
            "Originate", Channel=f"PJSIP/{dial}@{phone}", Context="caller", Exten="s", Priority="1",
            CallerID=f'"{name}" <{number}>' if name else f"<{number}>", Async="true", Variable=f"WORLD_ID={id_}",
            Timeout="30000",
        )  # fmt: skip
        async with asyncio.timeout(PATIENCE):
            return await arrived

    # -- agents ----------------------------------------------------------------------------------

    def agent(self, number: str, behaviour: AgentBehaviour) -> None:
        """What the agent does when the phone rings."""
        self._agents[number] = behaviour

    async def dial_code(self, number: str, code: str) -> None:
        """The agent dials a feature code (*45) and hears it out."""
        phone = await self.call(number, dial=code, phone=f"phone-{number}")
        await phone.until_ended()

    # -- AGI -------------------------------------------------------------------------------------

    def _serve(self, connection: Connection) -> None:
        task = asyncio.create_task(self._lead(connection))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _lead(self, connection: Connection) -> None:
        heard = Path((await connection.execute("GET VARIABLE", "HEARD")).text)
        phone = Phone(connection, heard)
        self._phones.append(phone)
        if connection.header.get("agi_network_script") == "caller":
            arrived = self._expected.pop(heard.stem, None)
            if arrived and not arrived.done():
                arrived.set_result(phone)
            return
        behaviour = self._agents.get(connection.header.get("agi_extension", ""))
        try:
            if behaviour:
                await behaviour(phone)
            else:
                await phone.until_ended()
        except (ConnectionGone, AmiError):
            return
        finally:
            phone.leave()
