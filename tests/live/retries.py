"""A live test that failed while the host held the machine up is tried again: audio runs in real time."""

import os
import re
import time
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol

HERE = Path(__file__).parent
STOLEN = 0.5
"""Seconds of processor time that the host may take from a test; beyond, a failure is tried again."""
STARVED = 0.1
"""The share of all processor time; where the host took more on every try, real-time audio tells nothing."""
TRIES = 3
BUDGET = 300.0
"""Seconds that one test process spends on further tries in all, so that a starved run still ends in time."""
CALM = 20.0
"""Seconds a new try waits at most for the host to leave the machine alone."""
TRIED_AGAIN = "tried again"
"""The property of a report that tells of it; tests/conftest.py lists them at the end."""
_spent = 0.0


def stolen() -> float:
    """Seconds the hypervisor gave to others while this machine wanted to run (proc(5), /proc/stat, steal)."""
    return int(Path("/proc/stat").read_text().split()[8]) / os.sysconf("SC_CLK_TCK")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """What fails on every try has failed, unless the machine was starved on every try: that is shown as xfail."""
    if not item.path.is_relative_to(HERE):
        return None
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    for report in _tries(item, nextitem):
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def _tries(item: pytest.Item, nextitem: pytest.Item | None) -> list[pytest.TestReport]:
    global _spent
    shares: list[float] = []
    for left in reversed(range(TRIES)):
        before, began = stolen(), time.monotonic()
        reports = runtestprotocol(item, nextitem=nextitem, log=False)
        lost, took = stolen() - before, time.monotonic() - began
        shares.append(lost / took / (os.cpu_count() or 1))
        if not any(report.failed for report in reports) or lost < STOLEN or not left or _spent > BUDGET:
            break
        item.user_properties.append((TRIED_AGAIN, f"{_why(reports)}; the host took {lost:.1f} of {took:.0f} s"))
        _until_calm()
        item._initrequest()  # type: ignore[attr-defined]  # as pytest-rerunfailures does
        _spent += time.monotonic() - began
    for report in reports:
        if report.failed and min(shares) > STARVED:
            report.outcome = "skipped"
            report.wasxfail = f"the host took {min(shares):.0%} of all processor time or more, on every try"
    return reports


def _why(reports: list[pytest.TestReport]) -> str:
    """Where and how a try failed, in a line."""
    texts = [report.longreprtext.splitlines() for report in reports if report.failed]
    places = [text.strip() for text in texts[0] if str(HERE) in text]
    said = [text.strip() for text in texts[0] if re.match(r"\w*(Error|Exception)\b", text)]
    return f"{places[-1] if places else ''} {(said or texts[0])[-1][:300]}"


def _until_calm() -> None:
    """Returns when a processor that we want is ours for a second, or after a while."""
    deadline = time.monotonic() + CALM
    while time.monotonic() < deadline:
        before, end = time.process_time(), time.monotonic() + 1.0
        while time.monotonic() < end:
            pass
        if time.process_time() - before > 0.97:
            return
