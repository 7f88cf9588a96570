"""How many simulated `served` calls the engine takes through the shipped flow in a second, on one core.

`python -m tests.bench.engine [SECONDS]`. A machine's speed varies, so each figure stands beside a plain Python
loop timed in the same run: the ratio says what a call costs in dictionary updates, whatever the machine.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable

from ivr.commands import PickUp
from ivr.events import Done, Heard, HungUp, KeyPressed, Offered, QueueLeft
from ivr.flow import Flow
from ivr.flowfile import load
from ivr.garbage import look_seldom
from ivr.native import HOME
from ivr.record import record
from ivr.session import Session

GOAL = 20_000
ROUNDS = 7
UPDATES = 1000
"""Dictionary updates in one turn of the reference loop."""


def served(flow: Flow) -> Session:
    """One call: greeted, heard, key 1, an agent, survey 5, thanks, goodbye, hung up."""
    session = Session(flow)
    advance = session.advance
    advance(Offered(1000.0, "13800138000", "", "95585"))
    advance(Done(1001.0, 1))
    advance(Heard(1003.0, 2, "speech", 0.97))
    advance(Done(1010.0, 3))
    advance(KeyPressed(1011.0, "1"))
    advance(Done(1013.0, 5))
    advance(QueueLeft(1100.0, 6, "answered", "1001", 1015.0, 1020.0, 1025.0))
    advance(Done(1105.0, 7))
    advance(KeyPressed(1106.0, "5"))
    advance(Done(1108.0, 9))
    advance(Done(1110.0, 10))
    advance(HungUp(1110.1, "line"))
    return session


def kept(flow: Flow) -> str:
    """The same with its record as JSON."""
    session = served(flow)
    return json.dumps(record("1.1", session.call, session.flow), ensure_ascii=False)


def reference() -> None:
    """Plain Python: a thousand dictionary updates."""
    numbers: dict[int, int] = {}
    for number in range(UPDATES):
        numbers[number & 63] = number


def rate(work: Callable[[], object], seconds: float) -> float:
    """How often `work` is done in a second of processor time: what else the machine does is left out."""
    count, start = 0, time.process_time()
    end = start + seconds
    while time.process_time() < end:
        for _ in range(50):
            work()
        count += 50
    return count / (time.process_time() - start)


def main(seconds: float) -> int:
    flow = load(HOME / "ivr/flows/hotline.yaml")
    check = served(flow)
    if check.call.outcome != "served" or check.call.survey != 5 or check.number != 11:
        print(f"the call was not served: {check.call}")
        return 1
    look_seldom()  # as `ivr run` does
    programs = {
        "served calls": lambda: served(flow),
        "served calls with their records": lambda: kept(flow),
        "reference loops": reference,
    }
    # Taken in turns, so that a busy moment of the machine meets all of them.
    found = {name: [] for name in programs}
    for _ in range(ROUNDS):
        for name, work in programs.items():
            found[name].append(rate(work, seconds / ROUNDS))
    middle = {name: statistics.median(rates) for name, rates in found.items()}
    updates = middle["reference loops"] * UPDATES
    for name in ("served calls", "served calls with their records"):
        print(f"{name:34}{middle[name]:10,.0f} /s   best {max(found[name]):10,.0f} /s", end="")
        print(f"   one costs {updates / middle[name]:7,.0f} dictionary updates")
    print(f"{'plain dictionary updates':34}{updates:10,.0f} /s   ({PickUp.__name__} to hang-up: 12 events a call)")
    print(f"goal {GOAL:,} /s: {'met' if middle['served calls'] >= GOAL else 'MISSED'}")
    return 0


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 7.0))
