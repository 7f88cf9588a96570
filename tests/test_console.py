"""The console of a serving line: every line in order, and nobody waits for a reader."""

import os
import threading
from contextlib import suppress

import pytest

from ivr import console
from ivr.console import Console


@pytest.fixture
def pipe():
    reading, writing = os.pipe()
    yield reading, writing
    for file in (reading, writing):
        with suppress(OSError):  # the test has closed it
            os.close(file)


def read(file: int) -> str:
    with os.fdopen(file, closefd=False) as stream:
        return stream.read()


def test_every_line_comes_in_order_and_closing_waits_for_them(pipe):
    reading, writing = pipe
    out = Console(writing)
    for number in range(500):
        out.say(f"{number} 李")
    out.close(30)
    os.close(writing)
    assert read(reading).splitlines() == [f"{number} 李" for number in range(500)]


def test_a_reader_that_stands_still_stops_nobody_and_is_told_what_was_left_out(pipe, monkeypatch):
    monkeypatch.setattr(console, "MOST", 50)
    reading, writing = pipe
    out = Console(writing)
    text = "x" * 4096
    for number in range(1000):
        out.say(f"{number} {text}")
    out.close(0.01)
    told = []
    reader = threading.Thread(target=lambda: told.append(read(reading)))
    reader.start()
    out.close(30)
    os.close(writing)
    reader.join(30)
    lines = told[0].splitlines()
    assert lines[-1].startswith("999 ")
    left_out = [line for line in lines if "lines left out: nobody read them" in line]
    assert len(left_out) == 1
    assert len(lines) - 1 + int(left_out[0].split()[0].strip("(")) == 1000


def test_a_reader_that_is_gone_stops_nobody(pipe):
    reading, writing = pipe
    os.close(reading)
    out = Console(writing)
    for number in range(1000):
        out.say(f"{number}")
    out.close(30)


def test_closing_does_not_wait_for_ever(pipe):
    out = Console(pipe[1])
    out.say("x" * 1_000_000)
    out.close(0.01)
