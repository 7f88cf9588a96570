"""One call on Asterisk: carries out commands over AGI, AudioSocket and AMI, and tells what happened.

A worker carries out one command after the other. While the controller thinks, the channel is never left
idle for long: it waits for keys in short slices, so none is lost even when AMI is away.
"""

import asyncio
import contextlib
import time
import wave
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ivr.audio.instep import Known
from ivr.commands import (
    Command,
    HandOver,
    HangUp,
    JoinQueue,
    Listen,
    PauseRecording,
    PickUp,
    Record,
    Say,
    SetLanguage,
    Transfer,
    WaitKey,
)
from ivr.events import Done, Event, Failed, HungUp, KeyPressed
from ivr.pbx import desks, listening, messages, queueing, rtp
from ivr.pbx.agi import Reply
from ivr.pbx.ami import Ami, AmiError
from ivr.pbx.audiosocket import AudioServer
from ivr.pbx.hands import Hands, Refused
from ivr.pbx.keypad import KEYS, Keypad
from ivr.pbx.server import Connection, ConnectionGone, settle
from ivr.pbx.sounds import Sounds
from ivr.pbx.stream import Stream, StreamError
from ivr.pbx.timing import Timing

SLICE = 2.0
"""Seconds of one slice of waiting for keys; the caller's key ends it, what else happens is taken up after it."""
SHORT = 0.2
"""The same while AMI is away, or the controller thinks: the next command begins after it."""
IDLE = 0.1
"""Seconds the controller may think before the channel waits for keys by itself."""
FIRST_PACKET = 0.1
"""Seconds a telephone may take to send its first packet: behind a NAT it hears nothing before it has sent one."""
STOPS = "".join(sorted(KEYS))
LONGEST_PROMPT = 120.0


@dataclass(frozen=True)
class Host:
    """What all calls of one line share."""

    ami: Ami
    audio: AudioServer
    sounds: Sounds
    data: Path


class AsteriskChannel:
    """The port of `ivr.channel` on Asterisk."""

    def __init__(
        self, connection: Connection, call: str, caller: str, host: Host, *, hears: bool = False, resumed: bool = False
    ) -> None:
        self.id = call
        self._caller = f"CALLERID(num)={caller},CALLERID(name)={caller}"
        self.name = connection.header.get("agi_channel", "")
        self._agi, self._host, self._resumed = connection, host, resumed
        self._hears = hears
        self._language = ""
        self.tell: Callable[[Event], None] = _nobody
        self._todo: deque[tuple[int, Command, int]] = deque()
        self._idle: asyncio.Future[None] | None = None
        self._keypad = Keypad(host.ami, self._press)
        self._stream = Stream(connection, host.audio, self._keypad.claim_soon)
        self._hands = Hands(connection, self._stream, self._keypad)
        self._stop = asyncio.Event()
        self._running: Command | None = None
        self._pressed = 0
        self._ended_by = "caller"
        self._rtp: dict[str, float] = {}
        self._timing = Timing()
        self.lost = False
        connection.on_hangup = self._stop.set
        connection.on_gone = self._stop.set
        self._worker = asyncio.create_task(self._work(), name=f"call {call}")

    # -- the port --------------------------------------------------------------------------------

    def start(self, number: int, command: Command, keys: int) -> None:
        """See `ivr.channel.Channel`."""
        self._todo.append((number, command, keys))
        self._stop.set()
        if self._idle:
            settle(self._idle, None)

    async def close(self) -> None:
        """See `ivr.channel.Channel`."""
        self._agi.close()
        self._worker.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._worker
        await self._keypad.settle()

    def key_told(self, key: str) -> None:
        """AMI told a key of this channel."""
        self._keypad.told(key)

    def talking(self, at: float, heard: bool) -> None:
        """AMI told that Asterisk began, or ceased, to hear the caller."""
        self._timing.talking(at, heard)

    async def redirect(self, context: str) -> None:
        """Takes the channel out of what it does, to a context of the dialplan."""
        self._ended_by = "line"
        await self._host.ami.act("Redirect", Channel=self.name, Context=context, Exten="s", Priority="1")

    @property
    def over(self) -> bool:
        """Whether nothing more will happen on the channel."""
        return self._worker.done()

    @property
    def known(self) -> Known:
        """What is known of the call's sound beside its recording."""
        return self._timing.known(self._host.sounds)

    # -- the worker ------------------------------------------------------------------------------

    async def _work(self) -> None:
        try:
            while not self._agi.hung_up:
                number, command, keys = await self._next()
                if self._pressed == keys and not self._todo:
                    self._stop.clear()
                self._running = command
                if self._resumed:
                    self._language = await self._hands.variable("${CHANNEL(language)}")
                await self._answer(number, command)
                self._running, self._resumed = None, False
            await self._see_the_end()
        except ConnectionGone:
            pass
        finally:
            self._let_go()
        self.lost = not self._agi.hung_up and not isinstance(self._running, HangUp | HandOver)
        self.tell(HungUp(time.time(), "line" if self.lost else self._ended_by, self._rtp))

    async def _next(self) -> tuple[int, Command, int]:
        """The next command; keys are listened for while there is none."""
        while not self._todo:
            await self._think()
            if self._todo:
                break
            if self._agi.hung_up or self._agi.gone:
                raise ConnectionGone("the call has ended")
            if not self._stream.open:
                await self._wait_digit(SHORT)
        return self._todo.popleft()

    async def _think(self) -> None:
        """Returns at the next command, or after a moment without one."""
        loop = asyncio.get_running_loop()
        self._idle = idle = loop.create_future()
        timer = loop.call_later(IDLE, settle, idle, None)
        await idle
        timer.cancel()

    async def _answer(self, number: int, command: Command) -> None:
        try:
            answer = await self._carry_out(number, command)
        except (Refused, StreamError) as refused:
            await self._hands.variable("${CHANNEL(state)}")
            if self._agi.hung_up:
                return
            answer = Failed(time.time(), number, str(refused))
        if answer is not None:
            self.tell(answer)

    async def _carry_out(self, number: int, command: Command) -> Event | None:
        match command:
            case PickUp():
                return await self._pick_up(number)
            case Say():
                return await self._say(number, command)
            case WaitKey():
                return await self._wait_key(number, command)
            case Listen():
                return await self._listen(number, command)
            case JoinQueue():
                return await queueing.wait(self._hands, number, command, self._caller, self._resumed)
            case Transfer():
                return await desks.ring(self._hands, number, command, self._resumed)
            case Record():
                folder = self._host.data / "messages"
                return await messages.take(self._hands, number, command, folder, self.id, self._resumed)
            case SetLanguage():
                return await self._speak(number, command)
            case PauseRecording():
                return await self._pause(number, command)
            case HangUp():
                await self._hang_up(command)
            case HandOver():
                await self._hand_over()
        raise Refused(f"this host cannot carry out {type(command).__name__}")

    async def _see_the_end(self) -> None:
        """The last word with the channel, in one round trip.

        Asterisk forgets the RTP counters with it; and the dialplan's h extension leaves a record of its own
        unless IVR_DONE says that we have seen the end. Of a call that was longer than a call may be nothing is left.
        """
        told = await self._hands.execute("GET FULL VARIABLE", f"{rtp.ASK}|${{TIMEOUT(absolute)}}|${{SET(IVR_DONE=1)}}")
        counters, _, left = told.text.rpartition("|")[0].rpartition("|")
        self._rtp = rtp.counted(counters)
        if left.startswith("-"):
            self._ended_by = "line"

    def _let_go(self) -> None:
        self._stream.drop()
        self._agi.close()

    # -- keys ------------------------------------------------------------------------------------

    def _press(self, key: str) -> None:
        self._pressed += 1
        self.tell(KeyPressed(time.time(), key))
        self._stop.set()

    async def _wait_digit(self, seconds: float) -> None:
        """Waits for a key, for one slice at most."""
        slice_ = min(seconds, SLICE if self._host.ami.up else SHORT)
        reply = await self._hands.execute("WAIT FOR DIGIT", round(slice_ * 1000), deadline=slice_ + 10.0)
        if reply.result == "-1":
            await self._hands.variable("${CHANNEL(state)}")  # tells whether the caller has hung up
        await self._claim(reply)

    async def _claim(self, reply: Reply) -> None:
        if reply.result not in ("", "0", "-1"):
            await self._keypad.claim(chr(int(reply.result)))

    # -- commands --------------------------------------------------------------------------------

    async def _pick_up(self, number: int) -> Event:
        if self._resumed and await self._hands.variable("${IVR_ANSWERED}"):
            return Done(time.time(), number)
        told = f"{datetime.now():%Y-%m-%d},{self.id},{'i' if self._hears else ''}"
        reply = await self._hands.execute("GOSUB", "pick-up", "s", "1", told)
        if reply.result not in ("", "0"):
            raise Refused("the call could not be answered")
        if self._hears:
            # many say their first word at once: it is heard while the engine still thinks
            with contextlib.suppress(StreamError):
                await (await self._stream.ear()).hears_something(FIRST_PACKET)
        return Done(time.time(), number)

    async def _say(self, number: int, command: Say) -> Event:
        await self._stream.end()  # now and not with the first prompt, whose time is kept
        for prompt in command.prompts:
            if command.interruptible and self._stop.is_set():
                break
            if not self._host.sounds.has(prompt, self._language):
                raise Refused(f"the prompt {prompt} is gone: run `ivr prompts build`")
            reply = await self._play(prompt, STOPS if command.interruptible else "")
            if reply.result == "-1":
                raise Refused(f"the prompt {prompt} could not be played")
            await self._claim(reply)
        return Done(time.time(), number)

    async def _play(self, prompt: str, stops: str) -> Reply:
        begun, whole = time.time(), False
        try:
            reply = await self._hands.execute("STREAM FILE", prompt, stops, deadline=LONGEST_PROMPT)
            whole = reply.result == "0" and not self._agi.hung_up
            return reply
        finally:
            self._timing.said(begun, time.time(), (prompt,), self._language, whole=whole)

    async def _wait_key(self, number: int, command: WaitKey) -> Event | None:
        deadline = time.monotonic() + command.timeout
        while (left := deadline - time.monotonic()) > 0:
            if self._stop.is_set():
                return None
            await self._wait_digit(left)
        return None if self._stop.is_set() else Done(time.time(), number)

    async def _listen(self, number: int, command: Listen) -> Event | None:
        try:
            pcm = self._host.sounds.pcm(command.prompts, self._language)
        except (OSError, wave.Error) as error:
            raise Refused(f"the prompt {' '.join(command.prompts)} could not be read: {error}") from None
        ear = await self._stream.ear()  # now: its coming is not the prompt's time
        begun = time.time()
        found = await listening.listen(self._stream, pcm, command.window, self._stop)
        self._timing.said(begun, time.time(), command.prompts, self._language, late=ear.late)
        return await listening.heard(number, found, self._host.ami, self.name) if found else None

    async def _speak(self, number: int, command: SetLanguage) -> Event:
        if not self._host.sounds.speaks(command.language):
            raise Refused(f"there are no prompts in the language {command.language}")
        await self._hands.execute("SET VARIABLE", "CHANNEL(language)", command.language)
        self._language = command.language
        return Done(time.time(), number)

    async def _pause(self, number: int, command: PauseRecording) -> Event:
        try:
            await self._host.ami.act(
                "MixMonitorMute", Channel=self.name, Direction="both", State="1" if command.on else "0"
            )
        except AmiError:
            # Privacy comes before the recording: without AMI to mute it, it ends here.
            if command.on:
                await self._hands.execute("EXEC StopMixMonitor")
        return Done(time.time(), number)

    async def _hang_up(self, command: HangUp) -> None:
        self._ended_by = "line"
        await self._see_the_end()
        if command.reason == "busy":
            await self._hands.execute("EXEC Hangup", "17")
        # IVR_DONE is set: the dialplan hangs up as soon as it has the channel back
        raise ConnectionGone("the line has hung up")

    async def _hand_over(self) -> None:
        self._ended_by = "line"
        await self._hands.execute("EXEC MSet", f"IVR_HANDED_OVER=1,{self._caller}")
        raise ConnectionGone("the dialplan goes on")


def _nobody(_event: Event) -> None:
    """Where what happens goes before anybody drives the call."""
