"""A line of the bench's own: `ivr run --quiet` on free ports and a data folder that goes with it."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType

from ivr.native import HOME
from ivr.pbx.asterisk import command
from ivr.settings import Settings, load
from tests.live.ports import free_ports

PATIENCE = 60.0
TICKS = os.sysconf("SC_CLK_TCK")
HERE = Path(__file__).parent


class BenchLine:
    """One running line, started by `with` and ended by it, whatever happens in between."""

    def __init__(self, **more: str) -> None:
        self.data = Path(tempfile.mkdtemp(prefix="ivr-bench-"))
        sip, agi, ami, audio, http = free_ports(5)
        self._environment = os.environ | {
            "IVR_DATA": str(self.data), "IVR_SIP_PORT": str(sip), "IVR_AGI_PORT": str(agi), "IVR_AMI_PORT": str(ami),
            "IVR_AUDIOSOCKET_PORT": str(audio), "IVR_HTTP_PORT": str(http), "IVR_RTP_START": "16000",
            "IVR_RTP_END": "29999", "IVR_MOST_CALLS": "5000", **more,
        }  # fmt: skip
        self._output = self.data / "printed"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "BenchLine":
        with self._output.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "ivr", "run", "--quiet"], cwd=HOME, env=self._environment, stdout=output,
                stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
            )  # fmt: skip
        deadline = time.monotonic() + PATIENCE
        while "\nready\n" not in self._output.read_text():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.__exit__(None, None, None)
                raise RuntimeError("the line did not start:\n" + self.printed)
            time.sleep(0.1)
        return self

    def __exit__(self, _kind: type | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        self.printed = self._output.read_text()
        asterisk = self._asterisk()
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(30)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if asterisk and str(self.data) in _command_line(asterisk):
            os.kill(asterisk, signal.SIGKILL)
        shutil.rmtree(self.data, ignore_errors=True)

    printed = ""

    @property
    def settings(self) -> Settings:
        """What the line runs with."""
        return load(environment=self._environment)

    @property
    def controller(self) -> int:
        """The controller's process."""
        assert self._process
        return self._process.pid

    @property
    def asterisk(self) -> int:
        """Asterisk's process."""
        pid = self._asterisk()
        assert pid
        return pid

    def _asterisk(self) -> int:
        try:
            return int((self.data / "asterisk/run/asterisk.pid").read_text())
        except (OSError, ValueError):
            return 0

    def cli(self, text: str) -> str:
        """What Asterisk says to a CLI command."""
        words = [*command(self.settings), "-C", str(self.data / "asterisk/etc/asterisk.conf"), "-rx", text]
        return subprocess.run(words, capture_output=True, text=True, check=False, timeout=20).stdout

    def channels(self) -> int:
        """Channels that Asterisk has."""
        found = re.search(r"(\d+) active channel", self.cli("core show channels count"))
        return int(found[1]) if found else -1

    def until_idle(self, patience: float = 20.0) -> None:
        """Returns when no channel is left."""
        deadline = time.monotonic() + patience
        while self.channels() and time.monotonic() < deadline:
            time.sleep(0.25)

    def add_dialplan(self, file: Path) -> None:
        """Appends a file to this line's own copy of the dialplan."""
        extensions = self.data / "asterisk/etc/extensions.conf"
        text = extensions.read_text()
        extensions.unlink()
        extensions.write_text(f"{text}\n{file.read_text()}")
        self.cli("dialplan reload")


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def cpu(pid: int, *, main: bool = False) -> float:
    """Seconds of processor time a process has used with the children it has waited for, or its main thread alone."""
    stat = Path(f"/proc/{pid}/task/{pid}/stat" if main else f"/proc/{pid}/stat")
    fields = stat.read_text().rpartition(")")[2].split()
    return sum(int(one) for one in fields[11 : 13 if main else 15]) / TICKS


def memory(pid: int) -> tuple[float, float]:
    """Resident megabytes of a process, now and at most."""
    status = Path(f"/proc/{pid}/status").read_text()
    now, most = (int(re.search(rf"{name}:\s+(\d+) kB", status)[1]) for name in ("VmRSS", "VmHWM"))  # type: ignore[index]
    return now / 1024, most / 1024
