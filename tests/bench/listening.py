"""300 calls listened to at once on one core: how late a frame is at worst, and what a call costs.

The line's AudioSocket server and its ears run in a process of their own, bound to one core; another process plays
Asterisk: 300 connections, each of which sends 20 ms of a caller's audio every 20 ms. Windows of 2 s follow each other,
each with a prompt played before it. `python -m tests.bench.listening server PORT SECONDS` is the first of the two.
"""

import asyncio
import json
import os
import struct
import subprocess
import sys
import time
import uuid
from contextlib import suppress
from itertools import count

import numpy as np
import uvloop

from ivr.audio.detector import Verdict
from ivr.native import HOME
from ivr.pbx.audiosocket import FRAME, PERIOD, AudioServer, Ear
from tests.bench.figures import Figure
from tests.live.ports import free_ports

CALLS = 300
SECONDS = 12.0
WINDOW = 2.0
_AUDIO = struct.pack(">BH", 0x10, FRAME)


def figures() -> list[Figure]:
    """Lateness and cost with all calls up."""
    (port,) = free_ports(1)
    command = [sys.executable, "-m", "tests.bench.listening", "server", str(port), str(SECONDS)]
    with subprocess.Popen(command, cwd=HOME, env=os.environ, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            names = json.loads(process.stdout.readline())
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(_call_all(port, names))
            told = json.loads(process.stdout.readline())
        finally:
            process.kill()
    note = f"{CALLS} calls, one core, {told['verdicts']} verdicts in {SECONDS:.0f} s"
    return [
        Figure("latest frame with 300 calls listened to", told["latest"] * 1000, "ms", 100, note=note),
        Figure("processor of one core that a listening call takes", told["share"] * 100 / CALLS, "%"),
        Figure("    of all of them", told["share"] * 100, "%"),
    ]


# -- Asterisk's side ---------------------------------------------------------------------------------


async def _call_all(port: int, names: list[str]) -> None:
    """All calls at once; each sends another part of the same quarter of speech, static, hum and comfort noise."""
    sound = _sound()
    await asyncio.gather(*(_call(port, name, sound, at) for at, name in enumerate(names)))


async def _call(port: int, name: str, sound: list[bytes], at: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(struct.pack(">BH", 0x01, 16) + uuid.UUID(name).bytes)
    drained = asyncio.create_task(_drain(reader))
    loop = asyncio.get_running_loop()
    due = loop.time() + at % 20 / 1000
    for number in count(at * 37):
        if drained.done() or writer.transport.is_closing():
            break
        writer.write(_AUDIO + sound[number % len(sound)])
        due += PERIOD
        await asyncio.sleep(max(0.0, due - loop.time()))
    writer.close()


async def _drain(reader: asyncio.StreamReader) -> None:
    with suppress(ConnectionError):
        while await reader.read(65536):
            pass


def _sound() -> list[bytes]:
    """40 s: a buzzing voice in words, loud static, hum, comfort noise; frames of 20 ms."""
    chance, size = np.random.default_rng(1), 10 * 8000
    time_ = np.arange(size) / 8000
    pitch = np.cumsum(120 + 30 * np.sin(2 * np.pi * 0.7 * time_)) / 8000
    voice = np.sign(np.sin(2 * np.pi * pitch)) * (np.sin(2 * np.pi * 1.5 * time_) > 0) * 3000
    parts = (voice, chance.normal(0, 4000, size), 300 * np.sin(2 * np.pi * 50 * time_), chance.normal(0, 20, size))
    samples = (np.concatenate(parts) + chance.normal(0, 15, 4 * size)).astype("<i2")
    return [samples[at : at + 160].tobytes() for at in range(0, len(samples), 160)]


# -- the line's side ---------------------------------------------------------------------------------


async def _serve(port: int, seconds: float) -> None:
    audio = AudioServer("127.0.0.1", port)
    await audio.start()
    prompt = np.random.default_rng(2).normal(0, 2000, 16000).astype("<i2").tobytes()
    verdicts = 0
    ears = [Ear() for _ in range(CALLS)]

    def again(ear: Ear) -> None:
        def decided(_verdict: Verdict) -> None:
            nonlocal verdicts
            verdicts += 1
            ear.listen(prompt, WINDOW, decided)

        ear.listen(prompt, WINDOW, decided)

    for ear in ears:
        audio.add(ear)
        again(ear)
    print(json.dumps([str(ear.uuid) for ear in ears]), flush=True)
    await asyncio.gather(*(ear.connected.wait() for ear in ears))
    await asyncio.sleep(1.0)
    audio.latest, verdicts = 0.0, 0
    used, began = time.process_time(), time.monotonic()
    await asyncio.sleep(seconds)
    share = (time.process_time() - used) / (time.monotonic() - began)
    print(json.dumps({"latest": audio.latest, "share": share, "verdicts": verdicts}), flush=True)
    audio.close()


if __name__ == "__main__":
    os.sched_setaffinity(0, {0})
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as only:
        only.run(_serve(int(sys.argv[2]), float(sys.argv[3])))
