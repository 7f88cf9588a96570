"""The running line: Asterisk, AGI, AudioSocket and AMI put together; serves calls until told to stop."""

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import Callable
from functools import partial

from ivr import ENGINE
from ivr.commands import Command, HandOver
from ivr.driver import Driver, Journal
from ivr.events import Event, HungUp, Offered, Resumed
from ivr.flow import Flow
from ivr.ledger import Ledger
from ivr.linewatch import LineWatch
from ivr.livecalendars import LiveCalendars
from ivr.liveflows import LiveFlows
from ivr.livenotices import LiveNotices
from ivr.lookups import Lookups
from ivr.masking import masked
from ivr.pbx import caller
from ivr.pbx import server as fastagi
from ivr.pbx.ami import Ami, AmiError
from ivr.pbx.asterisk import Asterisk
from ivr.pbx.audiosocket import AudioServer
from ivr.pbx.channel import AsteriskChannel, Host
from ivr.pbx.keypad import KEYS
from ivr.pbx.pulse import stuck
from ivr.pbx.server import Connection, ConnectionGone, settle
from ivr.pbx.sounds import Sounds
from ivr.record import record
from ivr.recorder import Recorder
from ivr.resume import rebuild
from ivr.script import command_line, event_line
from ivr.session import Session
from ivr.settings import CALENDARS, Settings
from ivr.store import Store

_ARRIVAL = "agi_arg_1"
"""What the dialplan tells: whether a controller before us had picked the call up, what was dialled, who calls."""
Tell = Callable[[str, str], None]
"""Shows one line of one call: the call's id and the text."""


class Line:
    """Everything that serves calls, but the Asterisk process itself."""

    def __init__(
        self,
        settings: Settings,
        ami_secret: str,
        flows: LiveFlows,
        notices: LiveNotices,
        store: Store,
        tell: Tell,
        *,
        quiet: bool = False,
    ) -> None:
        self.settings, self.store, self.flows, self.notices = settings, store, flows, notices
        self._tell: Tell = _nothing if quiet else tell
        self._always_tell, self._quiet = tell, quiet
        self._calendars = LiveCalendars(settings.flows / CALENDARS, partial(tell, "calendar"))
        secrets = settings.data / "services"
        self._lookups = Lookups(settings.service_addresses, secrets, store, partial(tell, "service"))
        self._audio = AudioServer("127.0.0.1", settings.audiosocket_port)
        self._ami = Ami(settings.ami_port, ami_secret)
        self._sounds = Sounds(settings.data / "sounds", settings.language)
        self._host = Host(self._ami, self._audio, self._sounds, settings.data)
        self._calls: dict[str, AsteriskChannel] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._idle = asyncio.Event()
        self._idle.set()
        self._ledger = Ledger(store, self._behind)
        self.recorder = Recorder(settings, store, tell)
        self._watch_noise = LineWatch(settings.data / "recordings", settings.line_noisy_sure / 100)
        self._late = False
        self.closing = False

    async def start(self) -> None:
        """Opens the ports and logs in to AMI; calls are served when it returns."""
        self._ami.on("DTMFEnd", self._key)
        self._ami.on("ChannelTalkingStart", partial(self._talking, heard=True))
        self._ami.on("ChannelTalkingStop", partial(self._talking, heard=False))
        self._ami.on("AgentCalled", lambda event: self._agent(event, "agent {} rings"))
        self._ami.on("AgentConnect", lambda event: self._agent(event, "agent {} answered"))
        self._ami.on("AgentRingNoAnswer", lambda event: self._agent(event, "agent {} did not answer"))
        self._ami.on("UserEvent", self._voices_meet)
        self._lookups.start()
        await self._audio.start()
        await self._ami.connect()
        await self.recorder.start()
        self._server = await fastagi.listen("127.0.0.1", self.settings.agi_port, self._serve)

    # -- calls -----------------------------------------------------------------------------------

    def _serve(self, connection: Connection) -> None:
        task = asyncio.create_task(self._call(connection))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _call(self, connection: Connection) -> None:
        id_ = connection.header.get("agi_uniqueid", "")
        if self.closing or not id_ or id_ in self._calls:
            connection.close()
            return
        try:
            taken, dialled, encoded = connection.header.get(_ARRIVAL, "").split("|")
            if taken:
                await connection.execute("SET VARIABLE", "IVR_RESUMES", 0)
        except ValueError:
            self._alarm(id_, "dialplan", "not ours, or of another version: copy asterisk/conf/extensions.conf again")
            connection.close()
            return
        except ConnectionGone:
            connection.close()
            return
        number, name = caller.decode(encoded)
        now, at_limit = time.time(), len(self._calls) >= self.settings.most_calls
        offered = Offered(now, number, name, dialled, at_limit, self.notices.due(now))
        flow = self.flows.choose(id_, dialled)
        hears = flow.nodes[flow.start].node.hears
        channel = AsteriskChannel(connection, id_, number, self._host, hears=hears, resumed=taken == "1")
        await self._drive(channel, offered, None if taken == "1" else flow)

    async def _drive(self, channel: AsteriskChannel, offered: Offered, flow: Flow | None) -> None:
        id_ = channel.id
        self._calls[id_] = channel
        self._idle.clear()
        session, journal, first = self._begin(id_, offered, flow)
        try:
            if session is None:
                await _handed_over(channel)
            else:
                driver = Driver(channel, session, journal, self._watch, self._calendars.state, self._lookups.ask)
                channel.tell = driver.happened
                self._watch_noise.add(id_, session, driver.happened)
                driver.happened(first)
                await driver.ended
        except Exception as bug:  # noqa: BLE001 - a bug ends with a person on the line, and with no other call
            session = None
            self._alarm(id_, "call", f"the controller failed, the dialplan serves it: {type(bug).__name__}: {bug}")
            if not channel.over:
                await _handed_over(channel)
        finally:
            await channel.close()
            self._calls.pop(id_, None)
            self._watch_noise.remove(id_)
            if not self._calls:
                self._idle.set()
        # one that was lost has no record yet: the dialplan carries it on
        if session and (self.closing or not channel.lost):
            await self._finish(channel, session)

    def _begin(self, id_: str, offered: Offered, flow: Flow | None) -> tuple[Session | None, Journal, Event]:
        """A new session; without a flow, the one that a controller before us left behind."""
        if flow is None and (left := rebuild(self.store, id_)):
            self._tell(id_, "taken up again after a restart")
            return left.session, left.journal, Resumed(time.time())
        if flow is None:
            return None, Journal(self.store, id_), offered
        return Session(flow), Journal(self.store, id_, opens=(ENGINE, flow.hash, offered.at)), offered

    async def _finish(self, channel: AsteriskChannel, session: Session) -> None:
        """The call's record, and what becomes of its recording."""
        id_, call = channel.id, session.call
        try:
            await self._ledger.save(id_, partial(record, id_, call, session.flow), call.rang_at, call.ended_at)
        except (sqlite3.Error, OSError) as error:
            self._alarm(id_, "record", f"it cannot be written now, and will be tried again: {error}")
            return
        self._tell(id_, f"ended: {call.outcome}, by {call.ended_by}")
        if call.failures:
            self._alarm(id_, "step", "; ".join(call.failures))
        if call.answered_at and not session.handed_over:
            self.recorder.take(id_, call, channel.known)

    def _alarm(self, id_: str, kind: str, text: str) -> None:
        """What a supervisor must see, on a quiet line and without a database too."""
        with contextlib.suppress(sqlite3.Error):
            self.store.alarm(kind, text, time.time(), id_)
        self._always_tell(id_ or "line", f"ALARM {kind}: {text}")

    def caught_up(self) -> bool:
        """Writes what could not be written when it came; whether all is written now."""
        if gone := self.store.rescue():
            files = " and ".join(gone)
            self._alarm("", "database", f"{files}: removed by somebody, written anew with all that was in it")
        if reason := self.store.catch_up():
            self._behind(reason)
        elif not self._ledger.waiting():
            self._late = False
        return not reason

    def _behind(self, reason: str) -> None:
        late, self._late = self._late, True
        if not late:
            self._alarm("", "database", f"it cannot be written now ({reason}): what is to be written waits")

    def _watch(self, id_: str, event: Event, commands: list[Command], session: Session) -> None:
        if self._quiet:
            return
        start = session.call.rang_at
        shown, told = masked(event, commands, session)
        self._tell(id_, event_line(shown, start))
        for command in told:
            self._tell(id_, command_line(command, event.at, start))

    # -- AMI -------------------------------------------------------------------------------------

    def _key(self, event: dict[str, str]) -> None:
        channel, key = self._calls.get(event.get("Uniqueid", "")), event.get("Digit", "")
        if channel and event.get("Direction") == "Received" and key in KEYS:
            channel.key_told(key)

    def _talking(self, event: dict[str, str], *, heard: bool) -> None:
        channel = self._calls.get(event.get("Uniqueid", ""))
        if channel:
            channel.talking(float(event.get("Timestamp") or time.time()), heard)

    def _agent(self, event: dict[str, str], words: str) -> None:
        if event.get("Uniqueid") in self._calls:
            self._tell(event["Uniqueid"], words.format(event.get("MemberName", "")))

    def _voices_meet(self, event: dict[str, str]) -> None:
        if event.get("UserEvent") == "VoicesMeet" and event.get("Call") in self._calls:
            self._tell(event["Call"], f"agent {event.get('Agent')} and the caller talk")

    # -- the end ---------------------------------------------------------------------------------

    def left_open(self) -> bool:
        """Whether the journal has open calls that are not ours: only then is Asterisk asked for all its channels."""
        ours = self.ours()
        return any(id_ not in ours for id_, *_ in self.store.open_calls())

    async def alive(self) -> set[str]:
        """The calls that Asterisk still has, ours or not, by their id."""
        channels = await self._ami.rows("CoreShowChannels")
        return {one["Uniqueid"] for one in channels if one.get("Uniqueid")} | self.ours()

    def ours(self) -> set[str]:
        """The calls that we serve, and those that have ended a moment ago."""
        return self._calls.keys() | self._ledger.waiting()

    async def asterisk_stuck(self, asterisk: Asterisk, patience: int) -> None:
        """Returns when Asterisk has answered nothing for so many seconds."""
        await stuck(asterisk, self._ami, patience)

    async def drain(self) -> None:
        """Takes no new calls; returns when the last one has ended."""
        self.closing = True
        await self._idle.wait()

    async def say_goodbye(self, patience: float = 15.0) -> None:
        """Tells every caller that the line closes, and ends the calls."""
        self.closing = True
        for channel in list(self._calls.values()):
            with contextlib.suppress(AmiError):
                await channel.redirect("closing")
        with contextlib.suppress(TimeoutError, AmiError):
            async with asyncio.timeout(patience):
                while await self.alive():
                    await asyncio.sleep(0.1)

    async def close(self) -> None:
        """Closes the ports and waits for what is still being written."""
        self.closing = True
        if self._server:
            self._server.close()
        for channel in list(self._calls.values()):
            channel.tell(HungUp(time.time(), "line"))
        self._ledger.close()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=5)
        await self._lookups.close()
        self._watch_noise.close()
        await self.recorder.close()
        self._audio.close()
        self._ami.close()


async def _handed_over(channel: AsteriskChannel) -> None:
    """Returns when the dialplan has the call back."""
    gone: asyncio.Future[Event] = asyncio.get_running_loop().create_future()
    channel.tell = partial(settle, gone)
    channel.start(0, HandOver(), 0)
    await gone


def _nothing(_id: str, _text: str) -> None:
    """Where a quiet line's calls tell their steps."""
