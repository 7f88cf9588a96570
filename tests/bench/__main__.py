"""`python -m tests.bench [PART …]`: measures what the line promises and prints it, in about 7 minutes."""

import os
import platform
import sys
import time
from collections.abc import Callable
from pathlib import Path

from ivr import flowfile
from ivr.garbage import look_seldom
from ivr.native import HOME
from tests.bench import agi, check, engine, latency, listening, load, whatif
from tests.bench.figures import Figure
from tests.bench.lines import BenchLine


def _on_a_line(part: Callable[[BenchLine], list[Figure]]) -> Callable[[], list[Figure]]:
    def run() -> list[Figure]:
        with BenchLine() as line:
            return part(line)

    return run


def _engine() -> list[Figure]:
    flow = flowfile.load(HOME / "ivr/flows/hotline.yaml")
    look_seldom()  # as `ivr run` does
    calls = engine.rate(lambda: engine.served(flow), 4.0)
    loops = engine.rate(engine.reference, 1.0)
    note = f"one costs {loops * engine.UPDATES / calls:,.0f} dictionary updates of the same Python"
    return [Figure("simulated served calls, one core", calls, "calls/s", engine.GOAL, least=True, note=note)]


PARTS: dict[str, tuple[str, Callable[[], list[Figure]]]] = {
    "engine": ("simulated calls, one core", _engine),
    "check": ("a flow of 500 nodes checked and proved", check.figures),
    "whatif": ("stored calls tried under another flow", whatif.figures),
    "agi": ("the FastAGI listener alone, against a raw asyncio.Protocol", agi.figures),
    "greeting": ("greeting audible after the answer", _on_a_line(latency.greeting)),
    "keys": ("key to next prompt, 60 calls up", _on_a_line(latency.keys)),
    "listening": ("300 calls listened to at once, on one core", listening.figures),
    "memory": ("controller's memory, 300 calls up", _on_a_line(latency.weight)),
    "load": ("the small flow through the whole line, against plain dialplan", load.figures),
}


def main(names: list[str]) -> int:
    unknown = set(names) - PARTS.keys()
    if unknown:
        print(f"no part {', '.join(sorted(unknown))}: there are {', '.join(PARTS)}", file=sys.stderr)
        return 2
    print(f"{_processor()}, {os.cpu_count()} cores, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}")
    missed = []
    for name in names or PARTS:
        text, part = PARTS[name]
        began = time.monotonic()
        print(f"\n{name}: {text}", flush=True)
        found = part()
        for figure in found:
            print("  " + figure.row(), flush=True)
        missed += [figure.name for figure in found if not figure.met]
        print(f"  ({time.monotonic() - began:.0f} s)", flush=True)
    print(f"\nmissed: {'; '.join(missed)}" if missed else "\nevery goal met")
    return 0


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
