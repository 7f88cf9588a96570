"""A line run as a stranger runs it: `ivr run` in a process of its own, asked through its own commands."""

import asyncio
import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.live.ports import free_ports, rtp_ports

START = 150.0


class LiveLine:
    """One running line on its own ports and data folder."""

    def __init__(self, data: Path, **more: str) -> None:
        sip, agi, ami, audio, http = free_ports(5)
        first, last = rtp_ports()
        self.data = data
        self.environment = {
            "IVR_DATA": str(data), "IVR_SIP_PORT": str(sip), "IVR_AGI_PORT": str(agi), "IVR_AMI_PORT": str(ami),
            "IVR_AUDIOSOCKET_PORT": str(audio), "IVR_HTTP_PORT": str(http), "IVR_RTP_START": str(first),
            "IVR_RTP_END": str(last), **more,
        }  # fmt: skip
        self.printed: list[str] = []
        self._process: subprocess.Popen[str] | None = None
        self._news = threading.Condition()
        self._killed = False

    def start(self) -> None:
        """Returns when the line has printed `ready`."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "ivr", "run"], env=os.environ | self.environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self._killed = False
        since = len(self.printed)
        threading.Thread(target=self._read, args=(self._process,), daemon=True).start()
        self.until_printed("^ready$", START, since)

    def _read(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout
        with process.stdout as stdout:
            for text in stdout:
                with self._news:
                    self.printed.append(text.rstrip("\n"))
                    self._news.notify_all()
        with self._news:
            self._news.notify_all()

    def until_printed(self, pattern: str, patience: float = 30.0, since: int = 0) -> re.Match[str]:
        """The first printed line that fits, waiting for it."""
        deadline = time.monotonic() + patience
        with self._news:
            while True:
                for text in self.printed[since:]:
                    if match := re.search(pattern, text):
                        return match
                if self._process and self._process.poll() is not None and not self._killed:
                    raise AssertionError("the line has ended:\n" + "\n".join(self.printed[-30:]))
                if not self._news.wait(max(0.0, deadline - time.monotonic())) and time.monotonic() > deadline:
                    raise AssertionError(f"{pattern!r} was not printed:\n" + "\n".join(self.printed[-60:]))

    async def seen(self, number: str, pattern: str) -> None:
        """Returns when the line has printed a step of this caller's call."""

        def wait() -> None:
            id_ = self.until_printed(rf'\[([\d.]+)\] .* offered caller="{number}"')[1]
            self.until_printed(rf"\[{id_}\] .*{pattern}", 60)

        await asyncio.to_thread(wait)

    @property
    def running(self) -> bool:
        """Whether the controller runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The controller's process."""
        assert self._process
        return self._process.pid

    def signal(self, number: signal.Signals) -> None:
        """Sends the controller a signal."""
        os.kill(self.pid, number)

    def kill(self) -> None:
        """The controller dies at once; its Asterisk lives on."""
        self._killed = True
        self.signal(signal.SIGKILL)
        self.wait()

    def freeze(self) -> None:
        """The controller is stuck: it is there, and does nothing any more."""
        self._killed = True
        self.signal(signal.SIGSTOP)

    def wait(self, patience: float = 30.0) -> int:
        """The controller's exit code."""
        assert self._process
        return self._process.wait(patience)

    def stop(self) -> None:
        """Ctrl-C."""
        if self._process and self._process.poll() is None:
            self.signal(signal.SIGINT)
            self.wait(90)

    def ivr(self, *words: str, code: int | None = 0) -> str:
        """What an `ivr` command prints for this line."""
        done = subprocess.run(
            [sys.executable, "-m", "ivr", *words], env=os.environ | self.environment, text=True,
            capture_output=True, check=False,
        )  # fmt: skip
        if code is not None:
            assert done.returncode == code, f"ivr {' '.join(words)}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def calls(self) -> list[dict[str, Any]]:
        """All call records."""
        found: list[dict[str, Any]] = json.loads(self.ivr("calls", "--json"))
        return found

    def record(self, caller: str, patience: float = 30.0) -> dict[str, Any]:
        """The record of the call from a number, once its recording was examined too."""
        deadline = time.monotonic() + patience
        while True:
            for one in self.calls():
                done = one["recording_ok"] is not None or one["outcome"] == "busy"
                if one["caller"] == caller and done:
                    return one
            if time.monotonic() > deadline:
                raise AssertionError(f"no record of {caller}:\n" + "\n".join(self.printed[-60:]))
            time.sleep(0.2)


@contextlib.contextmanager
def started(data: Path, **more: str) -> Iterator[LiveLine]:
    """A line that runs while it is wanted; `more` are settings of its own."""
    live = LiveLine(data, **more)
    live.start()
    try:
        yield live
    finally:
        live.stop()
