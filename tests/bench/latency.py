"""What a caller waits for: the greeting after the answer, the next prompt after a key; and what 300 calls weigh."""

import random
import time
import wave
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tests.bench.figures import Figure, percentile
from tests.bench.lines import BenchLine, memory
from tests.bench.phones import AUDIBLE, Caller, Phones, audible, level, samples

GREETED = 30
KEYING = 60
UP = 300


def greeting(line: BenchLine) -> list[Figure]:
    """From the 200 OK to the first audible packet, one caller after the other; half of them send nothing."""
    waits, mute = _greeted(line, talks=True), _greeted(line, talks=False)
    note = f"{len(waits)} of {GREETED} calls, one at a time; the prompt's own leading silence is in it"
    return [
        Figure("answer to audible greeting, median", percentile(waits, 0.5), "ms"),
        Figure("answer to audible greeting, p99", percentile(waits, 0.99), "ms", 300, note=note),
        Figure("the same for phones that send nothing, median", percentile(mute, 0.5), "ms"),
        Figure(
            "the same for phones that send nothing, p99", percentile(mute, 0.99), "ms", 300, note=f"{len(mute)} calls"
        ),
    ]


def _greeted(line: BenchLine, *, talks: bool) -> list[float]:
    waits = []
    for _ in range(GREETED):
        phones = Phones(line.settings.sip_port)
        caller = phones.caller(talks)
        try:
            caller.dial()
            phones.lead(lambda one=caller: any(audible(payload) for _, payload in one.heard[-2:]), 5)
            first = next((at for at, payload in caller.heard if audible(payload)), None)
            if first and caller.answered_at:
                waits.append((first - caller.answered_at) * 1000)
            phones.hang_up()
        finally:
            phones.close()
    line.until_idle()
    return waits


class Prompt:
    """A prompt's sound in packets, to find its beginning in what a caller heard."""

    def __init__(self, path: Path) -> None:
        with wave.open(str(path)) as file:
            sound = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / 32768
        packets = sound[: len(sound) // 160 * 160].reshape(-1, 160)
        self.seconds = len(sound) / 8000
        first = next(number for number, packet in enumerate(packets) if level(packet) > AUDIBLE)
        self.lead = first * 20.0
        self._beginning = packets[first : first + 12]

    def begins(self, payload: bytes) -> bool:
        """Whether a packet is one of the first audible ones."""
        sound = samples(payload)
        return len(sound) == 160 and level(sound) > AUDIBLE and any(_alike(sound, one) for one in self._beginning)


def _alike(one: npt.NDArray[np.float32], other: npt.NDArray[np.float32]) -> bool:
    return float(one @ other) > 0.97 * float(np.linalg.norm(one) * np.linalg.norm(other)) > 0


def keys(line: BenchLine) -> list[Figure]:
    """60 calls up; each presses 9 (the menu again) in the greeting, thrice in the menu's prompt, and after it."""
    menu = Prompt(line.data / "sounds/zh/main-menu.wav")
    phones, chance = Phones(line.settings.sip_port), random.Random(95585)
    try:
        for _ in range(KEYING):
            phones.caller().dial()
            phones.lead(lambda: False, 0.04)
        phones.lead(lambda: all(caller.answered_at for caller in phones.callers), 10)
        start = time.time() + 0.5
        for caller in phones.callers:
            at = start
            for after in (0.0, 2.0, 2.0, 2.0, menu.seconds + 0.8):
                at += after + chance.uniform(0, 1.0)
                caller.press("9", at)
        phones.lead(lambda: all(len(caller.keyed) == 5 for caller in phones.callers), 40)
        phones.lead(lambda: False, 1.0)
        up = sum(not caller.ended for caller in phones.callers)
        phones.hang_up()
    finally:
        phones.close()
    line.until_idle()
    return _waits(phones.callers, menu, up)


def _waits(callers: list[Caller], menu: Prompt, up: int) -> list[Figure]:
    greeting_, prompt, silence, lost = [], [], [], 0
    for caller in callers:
        for number, (pressed, _) in enumerate(caller.keyed):
            after = [(at, payload) for at, payload in caller.heard if pressed < at < pressed + 1.2]
            first = next((at for at, payload in after if menu.begins(payload)), None)
            if first is None:
                lost += 1
                continue
            kind = greeting_ if number == 0 else silence if number == 4 else prompt
            kind.append((first - pressed) * 1000)
    every = greeting_ + prompt + silence
    note = f"{len(every)} keys, {lost} unanswered, {up} calls up; {menu.lead:.0f} ms of it are the prompt's own silence"
    parts = {"in the greeting": greeting_, "in a prompt": prompt, "after a prompt": silence}
    return [
        *(
            Figure(f"key {name} to prompt, median (p99 {percentile(one, 0.99):.0f})", percentile(one, 0.5), "ms")
            for name, one in parts.items()
        ),
        Figure("key's end to next prompt, median", percentile(every, 0.5), "ms"),
        Figure("key's end to next prompt, p99", percentile(every, 0.99), "ms", 200, note=note),
        Figure("keys that no prompt followed", lost, "", 0),
    ]


def weight(line: BenchLine) -> list[Figure]:
    """The controller's memory with 300 calls up, half listened to, half in the menu."""
    before, _ = memory(line.controller)
    phones = Phones(line.settings.sip_port)
    try:
        for number in range(UP):
            caller = phones.caller(talks=False, listens=False)
            caller.dial()
            phones.lead(lambda: False, 0.04)
            if number % 2:
                phones.lead(lambda one=caller: one.answered_at > 0, 2)
                caller.info("9")
        phones.lead(lambda: all(caller.answered_at for caller in phones.callers), 10)
        phones.lead(lambda: False, 1.0)
        up = line.channels()
        now, most = memory(line.controller)
        phones.hang_up()
    finally:
        phones.close()
    line.until_idle()
    note = f"{up} calls up, half of them listened to; {before:.0f} MB before, {most:.0f} MB at most"
    return [Figure(f"controller's memory with {UP} calls up", now, "MB", 120, note=note)]
