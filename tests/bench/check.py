"""How long `ivr check` takes for a flow of 500 nodes: the command, from its start to its end."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ivr.native import HOME
from tests.bench.figures import Figure

NODES, ROUNDS, GOAL = 500, 5, 1.0
SMALL = 5


def flow(nodes: int) -> str:
    """Menus that lead to each other in all directions, a queue behind each of them, and a goodbye."""
    lines = ["flow: big", "start: n0", "always: {failed: person}", "nodes:"]
    for number in range(nodes - 2):
        ahead, across = (number + 1) % (nodes - 2), (number * 7 + 3) % (nodes - 2)
        then = f"{{1: n{ahead}, 2: n{across}, 9: n{number}, no_answer: person}}"
        lines.append(f"  n{number}: {{type: menu, prompt: main-menu, then: {then}}}")
    lines.append("  person: {type: queue, queue: intake, then: {answered: end, timeout: bye, full: bye}}")
    lines.append("  bye: {type: say, prompt: closing, then: {done: end}}")
    return "\n".join(lines) + "\n"


def figures() -> list[Figure]:
    """The best of a few runs, beside those of a flow of five nodes: most of that is Python's own start."""
    large, small = _seconds(NODES), _seconds(SMALL)
    return [
        Figure(f"`ivr check` of a flow of {NODES} nodes", large, "s", GOAL, note="the whole command"),
        Figure(f"… of {SMALL} nodes", small, "s"),
        Figure("… the one against the other", large / small, "×"),
    ]


def _seconds(nodes: int) -> float:
    with tempfile.TemporaryDirectory(prefix="ivr-bench-") as folder:
        file = Path(folder) / "big.yaml"
        file.write_text(flow(nodes))
        words = [sys.executable, "-m", "ivr", "check", str(file)]
        found = []
        for _ in range(ROUNDS):
            began = time.monotonic()
            subprocess.run(
                words, cwd=HOME, env=os.environ | {"IVR_DATA": folder}, check=True, stdout=subprocess.DEVNULL
            )
            found.append(time.monotonic() - began)
    return min(found)
