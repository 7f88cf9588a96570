"""Shared by all tests: a failing random example is the same one on the next run; what runs on Asterisk comes last."""

import os
from typing import Any

import pytest
from hypothesis import settings

from tests.live.retries import TRIED_AGAIN

# the tests read English sentences, whatever the locale of who runs them
os.environ.update(LC_ALL="C.UTF-8", LANG="C.UTF-8")
settings.register_profile("ivr", derandomize=True, print_blob=True, deadline=None)
settings.load_profile("ivr")

LIVE = "tests/live/"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What needs the processor comes first, what waits for real calls after it."""
    items.sort(key=lambda item: item.nodeid.startswith(LIVE))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """The live tests that passed or failed on a further try only (tests/live/retries.py)."""
    told = set()
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, text in getattr(report, "user_properties", ()):
                if name == TRIED_AGAIN:
                    told.add(f"{TRIED_AGAIN}: {report.nodeid}: {text}")
    for text in sorted(told):
        terminalreporter.write_line(text)
