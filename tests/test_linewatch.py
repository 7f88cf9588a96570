"""Noise in the middle of a call, heard from the recording as it grows."""

from datetime import date

import numpy as np
import pytest

from ivr.events import Done, LineNoisy, Offered
from ivr.linewatch import Watched
from ivr.session import Session
from tests.calling import HOTLINE
from tests.waves import mixmonitor

ANSWERED = 1_795_300_000.0
DAY = date.fromtimestamp(ANSWERED)


class Recording:
    """A recording as MixMonitor writes it: the header first, its lengths last, both sides in turn."""

    def __init__(self, folder):
        self.file = mixmonitor(folder / f"{DAY}/1.1.wav", np.zeros(0), np.zeros(0)).open("ab")

    def grow(self, caller, line=None):
        self.file.write(
            np.stack([caller, np.zeros(len(caller)) if line is None else line], axis=1).astype("<i2").tobytes()
        )
        self.file.flush()


@pytest.fixture
def recording(tmp_path):
    made = Recording(tmp_path)
    yield made
    made.file.close()


@pytest.fixture
def told():
    return []


@pytest.fixture
def watched(tmp_path, told):
    session = Session(HOTLINE)
    session.advance(Offered(ANSWERED, "1", "", "95585"))
    session.advance(Done(ANSWERED, 1))
    session.call.stage = "menu"
    made = Watched(tmp_path, "1.1", session, told.append)
    yield made
    made.rest()


def noise(seconds, level=6000):
    return np.random.default_rng(1).normal(0, level, int(seconds * 8000))


def listened(watched, recording, pieces):
    watched.look(0.8)
    for piece in pieces:
        recording.grow(piece)
        watched.look(0.8)


def test_noise_for_a_whole_window_is_told_once(watched, recording, told):
    listened(watched, recording, [noise(2.048)] * 6)
    (event,) = told
    assert isinstance(event, LineNoisy)
    assert event.sure
    assert event.confidence >= 0.8


def test_a_doubtful_verdict_is_told_as_one(watched, recording, told):
    watched.look(1.1)
    for _ in range(3):
        recording.grow(noise(2.048))
        watched.look(1.1)
    assert told
    assert not any(event.sure for event in told)


@pytest.mark.parametrize("level", [0, 5, 30])
def test_quiet_is_no_noise(watched, recording, told, level):
    listened(watched, recording, [noise(2.048, level)] * 6)
    assert told == []


def test_what_was_said_before_the_first_look_is_left_to_others(watched, recording, told):
    recording.grow(noise(20))
    listened(watched, recording, [noise(2.048, 5)] * 3)
    assert told == []


@pytest.mark.parametrize("stage", ["greeting", "queue"])
def test_where_others_hear_the_caller_it_is_silent(watched, stage):
    watched.session.call.stage = stage
    assert not watched.wanted


def test_without_a_recording_nothing_is_heard(watched, told):
    watched.look(0.8)
    assert told == []


def test_the_sure_event_leads_to_the_phrase_and_the_doubtful_one_to_a_note():
    for sure in (True, False):
        session = Session(HOTLINE)
        session.advance(Offered(ANSWERED, "1", "", "95585"))
        session.advance(Done(ANSWERED, 1))
        commands = session.advance(LineNoisy(ANSWERED + 9, 0.7, sure))
        assert [command.tag for command in commands] == (["say"] if sure else [])
        assert session.call.note == ("" if sure else "杂音? noisy?")
