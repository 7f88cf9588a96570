"""AudioSocket: the line plays and hears at once, in frames of 20 ms (8 kHz, 16-bit, mono, 320 bytes).

Wire format: one byte type, two bytes length (big-endian), payload. Types: 0x00 end, 0x01 the call's UUID,
0x03 one key, 0x10 audio. Asterisk's AudioSocket gives up after 2 s without traffic and paces nothing, so
one clock sends every listening call its frame each 20 ms: the prompt's, or silence.
"""

import asyncio
import contextlib
import struct
import uuid
from collections import deque
from collections.abc import Callable
from itertools import count

from ivr.audio.detector import Detector, Verdict, analyse_together

FRAME = 320
PERIOD = 0.02
SILENCE = bytes(FRAME)
_AUDIO = struct.pack(">BH", 0x10, FRAME)
_SILENT = _AUDIO + SILENCE
_END = struct.pack(">BH", 0x00, 0)
MOST_LATE = 25
"""Ticks made good at once after a stall; more are dropped, since no ear wants half a second in a burst."""
DEPTH = 2
"""Frames held back before the first is heard, so that jitter is not taken for loss."""
MOST_FRAMES = 8
"""Frames waiting to be heard; beyond, the oldest are heard at once to catch up."""


_TURNS = count()
"""Calls that begin together are analysed in turns, so that no tick has to do all of it."""


class Ear:
    """One call's AudioSocket stream: plays prompts, hears the caller, tells the verdict of each window."""

    def __init__(self) -> None:
        self.uuid = uuid.uuid4()
        self.detector = Detector(phase=next(_TURNS))
        self.connected = asyncio.Event()
        self._heard_one = asyncio.Event()
        self._transport: asyncio.Transport | None = None
        self._frames: deque[bytes] = deque()
        self._primed = False
        self._playing = b""
        self._position = 0
        self._left = -1
        self._decide: Callable[[Verdict], None] | None = None
        self.late = 0.0
        """Seconds by which a frame since `listen` was late, at most: what is played is heard so much later."""
        self.on_key: Callable[[str], None] | None = None
        self.on_closed: Callable[[], None] | None = None

    def listen(self, pcm: bytes, window: float, decide: Callable[[Verdict], None]) -> None:
        """Plays `pcm`, then listens on for `window` seconds; `decide` is called once, when sure or at the end."""
        if self._decide is None and self._left != -1:
            self.detector.window()
        self._playing, self._position = pcm, 0
        self._left = round(window / PERIOD)
        self._decide = decide
        self.late = 0.0

    def stop(self) -> None:
        """Forgets the window; the stream stays open and silent."""
        self._decide, self._playing = None, b""

    def close(self) -> None:
        """Ends the stream; Asterisk's AudioSocket returns at once."""
        if self._transport and not self._transport.is_closing():
            self._transport.write(_END)
            self._transport.close()

    def attach(self, transport: asyncio.Transport) -> None:
        """The connection that brought this ear's UUID."""
        self._transport = transport
        self.connected.set()

    def detach(self) -> None:
        """The connection has ended."""
        self._transport = None
        if self.on_closed:
            self.on_closed()

    def hear(self, frame: bytes) -> None:
        """A frame of the caller's came in."""
        self._frames.append(frame)
        if not self._heard_one.is_set():
            self._heard_one.set()

    async def hears_something(self, patience: float) -> None:
        """Returns at the caller's first frame, or after `patience` seconds without one."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await self._heard_one.wait()

    def tick(self) -> bool:
        """20 ms have passed: one frame out, one heard; whether what was heard is to be analysed."""
        if self._transport is None:
            return False
        out = self._next_frame()
        self._transport.write(_SILENT if out is None else _AUDIO + out)
        due = self.detector.take(self._heard(), out)
        while len(self._frames) > MOST_FRAMES:
            due = self.detector.take(self._frames.popleft(), out) or due
        if out is None and self._decide is not None:
            self._left -= 1
        return due

    def settle(self) -> None:
        """Tells the verdict where somebody waits for it, and it is there or the window has passed."""
        if self._decide is None:
            return
        verdict = self.detector.verdict
        if verdict is None and self._left <= 0:
            verdict = self.detector.finish()
        if verdict is not None:
            decide, self._decide = self._decide, None
            self._playing = b""
            decide(verdict)

    def _next_frame(self) -> bytes | None:
        if self._position >= len(self._playing):
            return None
        frame = self._playing[self._position : self._position + FRAME]
        self._position += FRAME
        return frame.ljust(FRAME, b"\0")

    def _heard(self) -> bytes | None:
        if not self._primed and len(self._frames) > DEPTH:
            self._primed = True
        if self._primed and self._frames:
            return self._frames.popleft()
        self._primed = False
        return None


class _Connection(asyncio.Protocol):
    """Cuts one connection's bytes into messages."""

    def __init__(self, ears: dict[uuid.UUID, Ear]) -> None:
        self._ears = ears
        self._ear: Ear | None = None
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer
        if not buffer and self._ear and len(data) == len(_SILENT) and data.startswith(_AUDIO):
            self._ear.hear(data[3:])
            return
        buffer += data
        while len(buffer) >= 3:
            size = buffer[1] << 8 | buffer[2]
            if len(buffer) < 3 + size:
                break
            kind, payload = buffer[0], bytes(buffer[3 : 3 + size])
            del buffer[: 3 + size]
            self._message(kind, payload)

    def _message(self, kind: int, payload: bytes) -> None:
        ear = self._ear
        if kind == 0x01 and len(payload) == 16 and self._transport:
            self._ear = self._ears.get(uuid.UUID(bytes=payload))
            if self._ear:
                self._ear.attach(self._transport)
            else:
                self._transport.close()
        elif ear is None:
            return
        elif kind == 0x10 and len(payload) == FRAME:
            ear.hear(payload)
        elif kind == 0x10:
            for start in range(0, len(payload) - FRAME + 1, FRAME):
                ear.hear(payload[start : start + FRAME])
        elif kind == 0x03 and payload and ear.on_key:
            ear.on_key(chr(payload[0]))

    def connection_lost(self, error: Exception | None) -> None:
        if self._ear:
            self._ear.detach()


class AudioServer:
    """The AudioSocket listener and the one clock of all listening calls."""

    def __init__(self, host: str, port: int) -> None:
        self.address = f"{host}:{port}"
        self._host, self._port = host, port
        self._ears: dict[uuid.UUID, Ear] = {}
        self._server: asyncio.Server | None = None
        self._clock: asyncio.TimerHandle | None = None
        self._due = 0.0
        self.latest = 0.0

    async def start(self) -> None:
        """Begins to accept streams."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: _Connection(self._ears), self._host, self._port, backlog=512, reuse_address=True
        )

    def add(self, ear: Ear) -> None:
        """An ear whose stream is about to come."""
        self._ears[ear.uuid] = ear
        if self._clock is None:
            loop = asyncio.get_running_loop()
            self._due = loop.time()
            self._clock = loop.call_at(self._due, self._tick)

    def remove(self, ear: Ear) -> None:
        """An ear that will not listen again."""
        self._ears.pop(ear.uuid, None)
        ear.close()

    def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        if not self._ears:
            self._clock = None
            return
        late = loop.time() - self._due
        self.latest = max(self.latest, late)
        if late > PERIOD:
            for ear in self._ears.values():
                ear.late = max(ear.late, late)
        for _ in range(min(MOST_LATE, 1 + int(late / PERIOD))):
            self._hear()
            self._due += PERIOD
        self._due = max(self._due, loop.time() - PERIOD)
        self._clock = loop.call_at(self._due, self._tick)

    def _hear(self) -> None:
        """Every ear's frame out and in; those whose turn it is are analysed together."""
        ears = list(self._ears.values())
        due = [ear for ear in ears if ear.tick()]
        analyse_together(ear.detector for ear in due)
        for ear in due:
            ear.detector.decide()
        for ear in ears:
            ear.settle()

    def close(self) -> None:
        """Ends all streams and the listener."""
        for ear in list(self._ears.values()):
            self.remove(ear)
        if self._clock:
            self._clock.cancel()
        if self._server:
            self._server.close()
