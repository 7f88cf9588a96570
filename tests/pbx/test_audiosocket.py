"""AudioSocket over a real loopback socket: what the line plays, what it hears, and when it decides."""

import asyncio
import itertools
import struct
import time
import uuid
from contextlib import asynccontextmanager, suppress

import pytest

from ivr.audio.detector import Label, Verdict
from ivr.pbx.audiosocket import FRAME, PERIOD, SILENCE, AudioServer, Ear

WINDOW = 0.1
PROMPT = b"".join(struct.pack("<h", number % 3000 + 1) * (FRAME // 2) for number in range(12))


class Phone:
    """Asterisk's end of a stream."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    def send(self, kind: int, payload: bytes) -> None:
        self.writer.write(struct.pack(">BH", kind, len(payload)) + payload)

    async def frame(self) -> tuple[int, bytes]:
        kind, size = struct.unpack(">BH", await self.reader.readexactly(3))
        return kind, await self.reader.readexactly(size)


def streaming(test):
    """Runs a test with an AudioServer and a way to connect to it."""

    def run():
        async def main():
            async with asyncio.timeout(60), serving() as (audio, connect):
                await test(audio, connect)

        asyncio.run(main())

    run.__name__, run.__doc__ = test.__name__, test.__doc__
    return run


@asynccontextmanager
async def serving():
    audio = AudioServer("127.0.0.1", 0)
    await audio.start()
    port = audio._server.sockets[0].getsockname()[1]
    phones = []

    async def connect(ear: Ear | None, id_: bytes = b"") -> Phone:
        phone = Phone(*await asyncio.open_connection("127.0.0.1", port))
        phones.append(phone)
        if ear:
            audio.add(ear)
            phone.send(0x01, ear.uuid.bytes)
            await ear.connected.wait()
        elif id_:
            phone.send(0x01, id_)
        return phone

    try:
        yield audio, connect
    finally:
        for phone in phones:
            phone.writer.close()
            with suppress(ConnectionError):
                await phone.writer.wait_closed()
        audio.close()
        await audio._server.wait_closed()


def verdict_of(ear: Ear, pcm: bytes = b"", window: float = WINDOW) -> "asyncio.Future[Verdict]":
    found = asyncio.get_running_loop().create_future()
    ear.listen(pcm, window, found.set_result)
    return found


@streaming
async def test_the_prompt_is_played_in_order_and_silence_goes_on_behind_it(audio, connect):
    ear = Ear()
    ear.listen(PROMPT, 60.0, lambda _: None)
    phone = await connect(ear)
    heard = [await phone.frame() for _ in range(18)]
    assert {kind for kind, _ in heard} == {0x10}
    assert b"".join(payload for _, payload in heard) == PROMPT + SILENCE * 6


@streaming
async def test_frames_are_paced_never_sent_ahead(audio, connect):
    loop, ear = asyncio.get_running_loop(), Ear()
    ear.listen(PROMPT, 60.0, lambda _: None)
    begun = loop.time()
    phone = await connect(ear)
    for number in range(12):
        await phone.frame()
        assert loop.time() - begun >= (number - 1) * PERIOD


@streaming
async def test_an_ear_knows_by_how_much_what_it_played_was_late(audio, connect):
    ear = Ear()
    phone = await connect(ear)
    ear.listen(PROMPT, 60.0, lambda _: None)
    await phone.frame()
    time.sleep(0.3)  # nobody gets on meanwhile
    for _ in range(10):
        await phone.frame()
    assert 0.3 - 2 * PERIOD <= ear.late <= audio.latest
    ear.listen(PROMPT, 60.0, lambda _: None)
    assert ear.late == 0.0


@streaming
async def test_a_last_frame_that_is_short_is_filled_with_silence(audio, connect):
    ear = Ear()
    ear.listen(PROMPT[: FRAME + 10], 60.0, lambda _: None)
    phone = await connect(ear)
    frames = [(await phone.frame())[1] for _ in range(3)]
    assert frames == [PROMPT[:FRAME], PROMPT[FRAME : FRAME + 10] + bytes(FRAME - 10), SILENCE]


@streaming
async def test_a_caller_who_sends_no_packets_is_silent_when_the_window_ends(audio, connect):
    ear = Ear()
    found = verdict_of(ear, PROMPT)
    phone = await connect(ear)
    assert (await found).label == Label.SILENT
    frames = []
    while len(frames) < 12 + round(WINDOW / PERIOD):
        frames.append((await phone.frame())[1])
    assert b"".join(frames[:12]) == PROMPT
    assert set(frames[12:]) == {SILENCE}


@streaming
async def test_windows_follow_each_other_on_one_stream(audio, connect):
    ear = Ear()
    found = verdict_of(ear, PROMPT[:FRAME])
    phone = await connect(ear)
    for number in range(3):
        assert (await found).label == Label.SILENT
        assert not phone.reader.at_eof()
        found = verdict_of(ear, PROMPT[FRAME * number : FRAME * (number + 1)])


@streaming
async def test_keys_are_told_in_order(audio, connect):
    ear, keys = Ear(), asyncio.Queue()
    ear.on_key = keys.put_nowait
    phone = await connect(ear)
    for key in "1123*#":
        phone.send(0x03, key.encode())
    assert [await keys.get() for _ in range(6)] == [*"1123*#"]


@streaming
async def test_messages_cut_byte_by_byte_are_put_together(audio, connect):
    ear, keys = Ear(), asyncio.Queue()
    ear.on_key = keys.put_nowait
    heard = []
    ear.hear = heard.append
    audio.add(ear)
    phone = await connect(None)
    frame = bytes(range(160)) * 2
    stream = b"".join(
        struct.pack(">BH", kind, len(payload)) + payload
        for kind, payload in [(0x01, ear.uuid.bytes), (0x10, frame), (0x03, b"7"), (0x10, frame * 2), (0x03, b"8")]
    )
    for byte in stream:
        phone.writer.write(bytes([byte]))
        await phone.writer.drain()
    assert [await keys.get(), await keys.get()] == ["7", "8"]
    assert heard == [frame] * 3


@streaming
async def test_frames_of_odd_sizes_and_unknown_kinds_harm_nothing(audio, connect):
    ear, keys = Ear(), asyncio.Queue()
    ear.on_key = keys.put_nowait
    heard = []
    ear.hear = heard.append
    phone = await connect(ear)
    for kind, payload in [(0x10, b""), (0x10, b"x" * 7), (0x42, b"?"), (0x03, b""), (0xFF, b"!" * 60_000)]:
        phone.send(kind, payload)
    phone.send(0x03, b"5")
    assert await keys.get() == "5"
    assert heard == []


@pytest.mark.parametrize("id_", [uuid.UUID(int=0).bytes, bytes(range(16))])
def test_a_stream_that_nobody_waits_for_is_closed(id_):
    @streaming
    async def test(audio, connect):
        phone = await connect(None, id_)
        assert await phone.reader.read() == b""

    test()


@streaming
async def test_a_stream_that_does_not_say_whose_it_is_is_heard_by_nobody(audio, connect):
    ear = Ear()
    ear.hear = ear.on_key = pytest.fail
    known = await connect(ear)
    phone = await connect(None)
    phone.send(0x10, SILENCE)
    phone.send(0x03, b"5")
    phone.send(0x01, b"short")
    phone.send(0x01, uuid.UUID(int=1).bytes)
    assert await phone.reader.read() == b""
    assert (await known.frame())[0] == 0x10


@streaming
async def test_an_ear_that_is_removed_ends_its_stream(audio, connect):
    ear = Ear()
    phone = await connect(ear)
    await phone.frame()
    audio.remove(ear)
    kinds = []
    with suppress(asyncio.IncompleteReadError):
        while True:
            kinds.append((await phone.frame())[0])
    assert kinds[-1] == 0x00
    assert set(kinds[:-1]) <= {0x10}


@streaming
async def test_a_caller_who_hangs_up_detaches_the_ear(audio, connect):
    ear, closed = Ear(), asyncio.Event()
    ear.on_closed = closed.set
    phone = await connect(ear)
    phone.writer.close()
    await closed.wait()
    ear.tick()


@streaming
async def test_the_clock_rests_when_nobody_listens(audio, connect):
    ear = Ear()
    phone = await connect(ear)
    audio.remove(ear)
    while audio._clock is not None:
        await asyncio.sleep(0)
    again = Ear()
    again.listen(PROMPT[:FRAME], 60.0, lambda _: None)
    other = await connect(again)
    assert (await other.frame())[1] == PROMPT[:FRAME]
    assert phone is not other


def test_a_stopped_window_decides_nothing():
    ear, written = Ear(), []

    class Transport:
        def write(self, data):
            written.append(data)

    ear.attach(Transport())
    ear.listen(PROMPT, WINDOW, pytest.fail)
    ear.tick()
    ear.stop()
    for _ in itertools.repeat(None, 50):
        ear.tick()
    assert written[0].endswith(PROMPT[:FRAME])
    assert all(data.endswith(SILENCE) for data in written[1:])


@streaming
async def test_the_line_begins_at_the_first_packet_and_without_one_all_the_same(audio, connect):
    ear = Ear()
    phone = await connect(ear)
    await ear.hears_something(0.01)  # nothing comes: returns by itself
    waiting = asyncio.create_task(ear.hears_something(60))
    phone.send(0x10, SILENCE)
    await waiting
    await ear.hears_something(60)
