"""The watchdog: ends a controller that is stuck, lets one alone that beats, and never outlives it."""

import os
import select
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from ivr import watchdog
from ivr.store import Store
from ivr.watchdog import is_stuck

CONTROLLER = """
import asyncio, os, signal, sys
from pathlib import Path
from ivr.watchdog import watched

async def main(patience, database, how):
    async with watched(patience, Path(database)) as dog:
        print(dog, flush=True)
        if how == "stopped":
            os.kill(os.getpid(), signal.SIGSTOP)
        elif how == "looping":
            while True:
                pass
        elif how == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        else:
            for _ in range(8):
                await asyncio.sleep(0.5)

asyncio.run(main(int(sys.argv[1]), sys.argv[2], sys.argv[3]))
"""


def controller(database: Path, how: str, patience: int = 2) -> "tuple[int, int, str]":
    """How a controller of this kind ended, its watchdog's process id, and what that printed."""
    ran = subprocess.run(
        [sys.executable, "-c", CONTROLLER, str(patience), str(database), how], text=True, stdout=subprocess.PIPE
    )
    dog, _, told = ran.stdout.partition("\n")
    return ran.returncode, int(dog), told


def alarms(database: Path) -> list[str]:
    with closing(Store(database)) as store:
        return [f"{one['kind']}: {one['text']}" for one in store.alarms()]


@pytest.mark.parametrize("how", ["stopped", "looping"])
def test_a_stuck_controller_is_ended_and_an_alarm_told(tmp_path, how):
    code, dog, told = controller(tmp_path / "ivr.db", how)
    assert code == -signal.SIGKILL
    text = "controller: the controller was stuck for 2 s and was ended; Asterisk serves the calls: start it again"
    assert told == f"ALARM {text}\n"
    assert alarms(tmp_path / "ivr.db") == [text]
    assert dog


@pytest.mark.parametrize(("how", "code"), [("fine", 0), ("killed", -signal.SIGKILL)])
def test_one_that_beats_or_is_dead_is_let_alone(tmp_path, how, code):
    """Its standard output ends, which the watchdog held open too: so it has ended as well."""
    assert controller(tmp_path / "ivr.db", how)[::2] == (code, "")
    assert not (tmp_path / "ivr.db").exists()


def test_with_a_patience_of_0_nobody_watches(tmp_path):
    code, dog, told = controller(tmp_path / "ivr.db", "fine", 0)
    assert (code, dog, told) == (0, 0, "")


def test_only_seconds_without_a_beat_in_a_row_count(monkeypatch):
    """Of three waits for a beat one after the other none may bring one; the pipe's end is no fault."""
    listening, beating = os.pipe()
    waits = iter([False, False, True, False, False, True, False, True])
    real = select.select

    def beats(pipes: list[int], *_: object) -> "tuple[list[int], list[int], list[int]]":
        if next(waits, True):
            return real(pipes, [], [], 10)
        return [], [], []

    monkeypatch.setattr(watchdog.select, "select", beats)
    os.write(beating, b".")
    os.close(beating)
    assert not is_stuck(listening, 3)
    os.close(listening)


def test_three_in_a_row_are_too_many(monkeypatch):
    monkeypatch.setattr(watchdog, "SECOND", 0.01)
    listening, beating = os.pipe()
    os.write(beating, b"..")
    assert is_stuck(listening, 3)
    os.close(listening)
    os.close(beating)
