"""The Asterisk process: started in the foreground as ours, ready when fully booted, ended by us alone."""

import asyncio
import contextlib
import ctypes
import os
import re
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

from ivr.native import program
from ivr.settings import Settings

REFERENCE = (22, 10)
"""The release the line was built and tried on."""
_RELOADS = ("module reload res_pjsip.so", "queue reload parameters", "dialplan reload")
"""What of its files Asterisk reads again without touching calls: telephones, queues, dialplan."""


_UNASKED = re.compile(r"^ *Contact: +([^/\s]+)/.* NonQual ", re.MULTILINE)
AT_ONCE = 8
"""Telephones that are asked at the same time."""
ADOPTING = 20.0
"""Seconds that one which has been running on may take to answer."""
EARLY = 1.0
"""Seconds that an Asterisk is given to end which serves nobody yet: in the middle of its start it ignores SIGTERM."""


class AsteriskError(Exception):
    """One sentence: what is wrong with Asterisk and what to do."""


def command(settings: Settings) -> list[str]:
    """How to run Asterisk here; raises AsteriskError where there is none."""
    found = [settings.asterisk] if settings.asterisk else program("asterisk")
    if not found:
        raise AsteriskError("no Asterisk here: run `make run`, which fetches one, or set `asterisk` in ivr.toml")
    return found


def version(settings: Settings) -> tuple[int, int]:
    """Major and minor release."""
    said = subprocess.run([*command(settings), "-V"], capture_output=True, text=True, check=False).stdout
    match = re.search(r"(\d+)\.(\d+)", said)
    return (int(match[1]), int(match[2])) if match else (0, 0)


def _die_with_parent() -> None:
    """Linux: the child gets SIGTERM when the thread that started it ends (prctl(2), PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


class Asterisk:
    """One running Asterisk of ours. The line's outlives a killed controller: its calls go on."""

    def __init__(self, settings: Settings, main: Path, log: Path | None = None, *, outlives_us: bool = True) -> None:
        self._run = [*command(settings), "-C", str(main)]
        self._log = log or settings.data / "asterisk/log/console"
        self._before = None if outlives_us else _die_with_parent
        self._full, self._since = settings.data / "asterisk/log/full", 0
        self._adopted = False
        self.process: asyncio.subprocess.Process | None = None

    async def adopt(self) -> bool:
        """Takes over an Asterisk that a controller before us left running; whether there is one.

        One that is there and does not answer serves nobody, and would hold the ports: it is ended.
        """
        self._adopted = await self.answers_within(ADOPTING)
        if not self._adopted:
            await self._end_noted()
        return self._adopted

    async def reload(self) -> None:
        """Has it read its files again; calls go on."""
        self._since = self._logged()
        for one in _RELOADS:
            await self.cli(one)

    async def start(self, patience: float = 120.0) -> None:
        """Returns when Asterisk is fully booted."""
        self._adopted, self._since = False, self._logged()
        try:
            await self._begin()
            async with asyncio.timeout(patience):
                await self._booted()
            await self._ask_telephones()
        except TimeoutError:
            await self.stop(EARLY)
            raise AsteriskError(f"Asterisk was not ready after {patience:.0f} s: see {self._log}") from None
        except BaseException:  # Ctrl-C too: what was begun here is not left half-started
            await self.stop(EARLY)
            raise

    async def _begin(self) -> None:
        """Starts the process; who is cancelled meanwhile has it all the same, to end it."""
        with self._log.open("ab") as log:
            begun = asyncio.ensure_future(
                asyncio.create_subprocess_exec(
                    *self._run, "-f", "-n", stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                    preexec_fn=self._before,
                )
            )  # fmt: skip
            try:
                await asyncio.shield(begun)
            finally:
                self.process = await begun

    async def _ask_telephones(self) -> None:
        """Asks those that were registered before whether they are there; by itself Asterisk would do so within
        qualify_frequency, and until then no call would reach them. Where they cannot be asked, that is how it stays.
        """
        with contextlib.suppress(OSError):
            known = _UNASKED.findall(await self.cli("pjsip show contacts"))
            for start in range(0, len(known), AT_ONCE):
                some = known[start : start + AT_ONCE]
                await asyncio.gather(*(self.cli(f"pjsip qualify {number}") for number in some))

    async def _booted(self) -> None:
        """Asks until the control socket answers; there is no event to wait for before it exists."""
        while True:
            if self.process is None or self.process.returncode is not None:
                raise AsteriskError(f"Asterisk ended while starting: see {self._log}")
            if "fully booted" in await self.cli("core waitfullybooted"):
                return
            await asyncio.sleep(0.05)

    async def cli(self, text: str) -> str:
        """What a CLI command prints."""
        process = await asyncio.create_subprocess_exec(
            *self._run, "-rx", text, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        output, _ = await process.communicate()
        return output.decode(errors="replace")

    async def answers_within(self, seconds: float) -> bool:
        """Whether its console says anything in that time."""
        process = await asyncio.create_subprocess_exec(
            *self._run, "-rx", "core show version", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        said = asyncio.ensure_future(process.communicate())
        await asyncio.wait({said}, timeout=seconds)
        if not said.done():
            process.kill()
        output, _ = await said
        return b"Asterisk" in output

    def kill(self) -> None:
        """Ends the process at once; one that was taken over by the number it has noted."""
        if not self._adopted:
            if self.process and self.process.returncode is None:
                self.process.kill()
            return
        if number := self._noted():
            os.kill(number, signal.SIGKILL)

    def _noted(self) -> int:
        """The process that an Asterisk of this data folder has noted as its own, if it is there; else 0."""
        home = self._full.parents[1]
        with contextlib.suppress(OSError, ValueError):
            number = int((home / "run/asterisk.pid").read_text())
            return number if str(home).encode() in Path(f"/proc/{number}/cmdline").read_bytes() else 0
        return 0

    async def _end_noted(self) -> None:
        while number := self._noted():
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
            await asyncio.sleep(0.05)

    async def answers(self, questions: Sequence[str]) -> dict[str, str]:
        """What it prints for each of some CLI commands."""
        return dict(zip(questions, await asyncio.gather(*map(self.cli, questions)), strict=True))

    def read_of_its_files(self) -> str:
        """What it has written into its log since it began to read its files."""
        with contextlib.suppress(OSError), self._full.open("rb") as file:
            file.seek(self._since)
            return file.read().decode(errors="replace")
        return ""

    def _logged(self) -> int:
        with contextlib.suppress(OSError):
            return self._full.stat().st_size
        return 0

    async def drain(self) -> None:
        """No new calls; Asterisk ends by itself after the last one."""
        await self.cli("core stop gracefully")

    async def wait(self) -> int:
        """The exit code, when the process has ended; an adopted one, no child of ours, is asked now and then."""
        while self._adopted:
            await asyncio.sleep(1.0)
            self._adopted = "Asterisk" in await self.cli("core show version")
        return await self.process.wait() if self.process else 0

    async def stop(self, patience: float = 10.0) -> None:
        """Ends the process; kills it when it will not."""
        if self._adopted:
            await self.cli("core stop now")
            self._adopted = False
        process = self.process
        if process is None or process.returncode is not None:
            return
        process.terminate()
        ended = asyncio.ensure_future(process.wait())
        # not asyncio.timeout: in a task that has been cancelled, Python 3.11 takes its end for another cancellation
        await asyncio.wait({ended}, timeout=patience)
        if not ended.done():
            process.kill()
        await ended
