"""How many stored calls a second `ivr whatif` runs through a flow, on one core, from the database to the answer."""

import tempfile
import time
from pathlib import Path

from ivr.cli.whatif import calls_of
from ivr.flowfile import parse
from ivr.garbage import look_seldom
from ivr.store import Store
from ivr.whatif import again
from tests.bench.figures import Figure
from tests.calling import HOTLINE
from tests.cli.kept import GONE, LEFT, SERVED, SILENT, keep

CALLS = 4000
ROUNDS = 5
GOAL = 10_000


def figures() -> list[Figure]:
    """Stored calls of four kinds, most of them served, under a flow in which silent calls count as noisy."""
    flow = parse(HOTLINE.text.replace("mark: silent", "mark: noisy"))
    with tempfile.TemporaryDirectory(prefix="ivr-bench-") as folder:
        store = Store(Path(folder) / "ivr.db")
        for number in range(CALLS):
            keep(store, f"{number}.1", (SERVED, SERVED, SERVED, GONE, SILENT, LEFT)[number % 6], 1000.0 + number)
        look_seldom()
        rates = []
        for _ in range(ROUNDS):
            began = time.process_time()
            found = [again(flow, *call) for call in calls_of(store, 0.0, [])]
            rates.append(len(found) / (time.process_time() - began))
        store.close()
    otherwise = sum(one.outcome == "noisy" for one in found)
    note = f"{CALLS} calls, {otherwise} would have ended otherwise"
    return [
        Figure("stored calls tried under another flow, one core", max(rates), "calls/s", GOAL, least=True, note=note)
    ]
