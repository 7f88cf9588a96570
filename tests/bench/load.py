"""The same small flow (3 s prompt, key, 1 s prompt) as plain dialplan and through the whole line, called by SIPp.

Both run on one Asterisk in one run and record alike (MixMonitor, one file). The line's side includes the journal,
the records, and each recording finished, examined and hashed afterwards; its cost counts until all of that is done.
"""

import csv
import socket
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import NamedTuple

from ivr.native import HOME, program, unpacked
from tests.bench.figures import Figure
from tests.bench.lines import HERE, BenchLine, cpu
from tests.live.ports import free_ports

RATE, CALLS, TURNS = 15, 120, 6
"""Calls a second, how many, and how many times on each side, where the cost of a call is measured.

What else the machine does changes within half a minute: many short turns, one side after the other, tell more than
a few long ones.
"""
TRIES = 5
"""Runs in which calls may fail before the cost is given up: a shared machine stands still now and then."""
SECONDS = 5.0
"""How long a rate is tried; the last call ends 5 s later."""
PROBES = 4
"""Rates tried on each side."""
ENGINE, PLAIN = "95585", "95586"


@dataclass(frozen=True)
class Run:
    """What SIPp says of one run."""

    good: int
    failed: int
    seconds: float


class Turn(NamedTuple):
    """Processor seconds of a call: plain dialplan; the line's Asterisk, its controller, that one's main thread."""

    plain: float
    asterisk: float
    controller: float
    main: float


def figures() -> list[Figure]:
    """Cost of a call and the highest rate held, on both sides."""
    with BenchLine(IVR_PROMPTS=str(HERE / "prompts"), IVR_FLOWS=str(HERE / "flows"), IVR_FLOW="small") as line:
        line.add_dialplan(HERE / "plain.conf")
        for number in (PLAIN, ENGINE):
            _sipp(line, number, 10, 20)
        _settle(line)
        records = _records(line)
        turns = _turns(line)
        made = _records(line) - records
        cost = mean(turn.plain for turn in turns)
        plain = _held(line, PLAIN, cost)
        engine = _held(line, ENGINE, cost)
        return [
            *_told(turns, made),
            Figure("highest rate held, plain dialplan", plain, "calls/s"),
            Figure("highest rate held, the whole line", engine, "calls/s"),
            Figure("rate of the line against plain", engine / plain if plain else 0.0, "×", 0.75, least=True),
        ]


def _told(turns: list[Turn], records: int) -> Iterator[Figure]:
    plain, asterisk, controller, main = (mean(each) for each in zip(*turns, strict=True))
    yield Figure("CPU of a call, plain dialplan (Asterisk)", plain * 1000, "ms")
    yield Figure("CPU of a call, the whole line: Asterisk", asterisk * 1000, "ms")
    yield Figure("CPU of a call, the whole line: controller", controller * 1000, "ms")
    recordings = controller - main
    yield Figure("    of it recordings finished, examined, hashed", recordings * 1000, "ms", note="after the call")
    without = (asterisk + main) / plain
    yield Figure("CPU of the line against plain, without that last", without, "×")
    ratios = [(turn.asterisk + turn.controller) / turn.plain for turn in turns]
    counted = f"{TURNS * CALLS} calls a side at {RATE}/s, recorded on both; {records} records, recordings examined"
    note = f"{min(ratios):.2f} to {max(ratios):.2f} in {TURNS} turns; {counted}"
    yield Figure("CPU of the line against plain dialplan", (asterisk + controller) / plain, "×", 1.3, note=note)


def _turns(line: BenchLine) -> list[Turn]:
    """What a call costs, so many times, the two sides in turns."""
    turns = []
    for number in range(TURNS):
        sides = (PLAIN, ENGINE) if number % 2 else (ENGINE, PLAIN)
        cost = {side: _cost(line, side) for side in sides}
        turns.append(Turn(cost[PLAIN][0], *cost[ENGINE]))
    return turns


def _cost(line: BenchLine, number: str) -> list[float]:
    """Seconds of Asterisk, of the controller and of its main thread for a call; again where the machine was held up."""
    for _ in range(TRIES):
        before = (cpu(line.asterisk), cpu(line.controller), cpu(line.controller, main=True))
        done = _sipp(line, number, RATE, CALLS)
        _settle(line)
        after = (cpu(line.asterisk), cpu(line.controller), cpu(line.controller, main=True))
        if not done.failed and done.good == CALLS:
            return [(now - then) / CALLS for now, then in zip(after, before, strict=True)]
    raise RuntimeError(f"{done.failed} of {CALLS} calls to {number} failed at {RATE}/s, and {TRIES} times some did")


def _held(line: BenchLine, number: str, cost: float) -> float:
    """The highest rate at which no call failed; from what a plain call costs, so both sides begin alike."""
    least, most = 0.0, 0.0
    rate = round(1.0 / cost)
    for _ in range(PROBES):
        count = round(rate * SECONDS)
        done = _sipp(line, number, rate, count)
        _settle(line)
        if not done.failed and done.good == count:
            least = rate
            rate = round((least + most) / 2) if most else round(rate * 1.3)
        else:
            most = rate
            rate = round((least + most) / 2) if least else round(rate * 0.7)
    return least


# -- SIPp --------------------------------------------------------------------------------------------


def _sipp(line: BenchLine, number: str, rate: int, count: int) -> Run:
    own = unpacked("sipp", HOME / ".deps/bench") or program("sipp")
    if not own:
        raise RuntimeError("no SIPp here: run `make bench`, which fetches it")
    limit = count / rate + 20
    (port,) = free_ports(1)
    with _sink() as sink, tempfile.TemporaryDirectory(prefix="ivr-sipp-") as folder:
        statistics = Path(folder) / "statistics.csv"
        words = [
            *own, f"127.0.0.1:{line.settings.sip_port}", "-sf", str(HERE / "small.xml"), "-s", number,
            "-i", "127.0.0.1", "-p", str(port), "-key", "sink", str(sink), "-r", str(rate), "-m", str(count),
            "-l", str(count), "-timeout", f"{limit:.0f}", "-timeout_error", "-nostdin", "-trace_stat",
            "-stf", str(statistics), "-fd", "1",
        ]  # fmt: skip
        began = time.monotonic()
        with (Path(folder) / "screen").open("wb") as screen:
            subprocess.run(
                words, cwd=folder, stdout=screen, stderr=screen, stdin=subprocess.DEVNULL, check=False,
                timeout=limit + 20,
            )  # fmt: skip
        seconds = time.monotonic() - began
        if not statistics.exists():
            raise RuntimeError("SIPp did not run:\n" + (Path(folder) / "screen").read_text()[-2000:])
        *_, last = csv.DictReader(statistics.open(), delimiter=";")
        return Run(int(last["SuccessfulCall(C)"]), int(last["FailedCall(C)"]), seconds)


@contextmanager
def _sink() -> Iterator[int]:
    """A port that takes the calls' audio and drops it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.1", 0))
        yield one.getsockname()[1]


# -- what the line wrote -----------------------------------------------------------------------------


def _settle(line: BenchLine, patience: float = 40.0) -> None:
    """Returns when no call is up and every recording has been examined."""
    line.until_idle()
    deadline = time.monotonic() + patience
    while _unfinished(line) and time.monotonic() < deadline:
        time.sleep(0.2)


def _query(line: BenchLine, text: str) -> int:
    with closing(sqlite3.connect(f"file:{line.settings.database}?mode=ro", uri=True)) as database:
        return int(database.execute(text).fetchone()[0])


def _records(line: BenchLine) -> int:
    return _query(line, "select count(*) from calls")


def _unfinished(line: BenchLine) -> int:
    records = "select count(*) from calls where json_extract(record, '$.recording_ok') is null"
    return _query(line, records) + _query(line, "select count(*) from open_calls")
