"""A controller that is stuck is ended, since a dead one is survived and a stuck one leaves every caller in silence.

Asterisk waits for a FastAGI server as long as the connection stands. So a small process of its own, in a session of its
own, listens to the controller's heartbeat on a pipe and kills it after some seconds without one; with the connection
gone, calls go on as after any crash. Seconds are counted as they pass here: a machine that was suspended is no fault.
"""

import asyncio
import contextlib
import os
import select
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

BEAT = 0.5
"""Seconds between two heartbeats."""
SECOND = 1.0
"""How long the watchdog waits for one at a time."""


@asynccontextmanager
async def watched(patience: int, database: Path) -> AsyncIterator[int]:
    """Has this process killed if its event loop is stuck for `patience` seconds; the watchdog's process id.

    Told as an alarm in the database, and in a sentence on standard output. With a patience of 0 nobody watches.
    """
    if not patience:
        yield 0
        return
    listening, beating = os.pipe()
    os.set_blocking(beating, False)
    command = [sys.executable, "-m", "ivr.watchdog", str(os.getpid()), str(listening), str(patience), str(database)]
    dog = subprocess.Popen(command, pass_fds=(listening,), stdin=subprocess.DEVNULL, start_new_session=True)
    os.close(listening)
    heart = asyncio.create_task(_beat(beating), name="heartbeat")
    try:
        yield dog.pid
    finally:
        heart.cancel()
        os.close(beating)
        await asyncio.to_thread(dog.wait)


async def _beat(pipe: int) -> None:
    while True:
        with contextlib.suppress(BlockingIOError, BrokenPipeError):
            os.write(pipe, b".")
        await asyncio.sleep(BEAT)


def is_stuck(pipe: int, patience: int) -> bool:
    """Returns when the heartbeat was missing for so many seconds in a row, or False where the pipe was closed."""
    missed = 0
    while missed < patience:
        if not select.select([pipe], [], [], SECOND)[0]:
            missed += 1
        elif os.read(pipe, 4096):
            missed = 0
        else:
            return False
    return True


def main(pid: int, pipe: int, patience: int, database: str) -> None:
    """The watchdog's own process: watches, and ends the controller that is stuck."""
    if not is_stuck(pipe, patience):
        return
    os.kill(pid, signal.SIGKILL)
    text = f"the controller was stuck for {patience} s and was ended; Asterisk serves the calls: start it again"
    print(f"ALARM controller: {text}", flush=True)
    _alarm(Path(database), text)


def _alarm(database: Path, text: str) -> None:
    from ivr.store import Store  # a watchdog that has nothing to tell stays small

    with contextlib.suppress(sqlite3.Error), contextlib.closing(Store(database)) as store:
        store.alarm("controller", text, time.time())


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
