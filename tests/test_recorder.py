"""Recordings of ended calls: finished when MixMonitor has closed the file, examined, and told where one is missing."""

import asyncio
from contextlib import closing
from datetime import date

import numpy as np
import pytest

from ivr import recorder
from ivr.call import Call
from ivr.recorder import Recorder, ended
from ivr.settings import load
from ivr.store import Store
from tests.waves import mixmonitor

START = 1_795_300_000.0
DAY = date.fromtimestamp(START)
SIDE = np.full(8000 * 8, 3000)


@pytest.fixture
def settings(tmp_path):
    return load(environment={"IVR_DATA": str(tmp_path)})


@pytest.fixture
def finished(settings, monkeypatch):
    """Records of calls, as they are once the recorder has finished them all; and what it told."""
    monkeypatch.setattr(recorder, "EVERY", 0.01)

    def run(calls, meanwhile=None):
        told = []

        async def main(store):
            one = Recorder(settings, store, lambda *words: told.append(words))
            await one.start()
            for id_, call in calls.items():
                store.save_call({"id": id_}, call.rang_at, call.ended_at)
                one.take(id_, call)
            if meanwhile:
                await asyncio.sleep(0.05)
                meanwhile()
            await one.close()

        with closing(Store(settings.database)) as store:
            asyncio.run(main(store))
            return {id_: store.call(id_) for id_ in calls}, told

    return run


def call(seconds=8.0, waits=(), **more):
    return Call(rang_at=START - 1, answered_at=START, ended_at=START + seconds, waits=list(waits), **more)


def recorded(settings, id_, day=DAY):
    return mixmonitor(settings.data / f"recordings/{day}/{id_}.wav", SIDE, SIDE)


def test_all_that_have_ended_are_finished(settings, finished):
    for id_ in ("1.1", "1.2"):
        recorded(settings, id_)
    records, told = finished({"1.1": call(), "1.2": call()})
    assert [one["recording_ok"] for one in records.values()] == [True, True]
    assert not told
    kept = sorted(path.name for path in (settings.data / "recordings").rglob("*.wav"))
    assert kept == ["1.1.wav", "1.2.wav"]
    assert records["1.1"]["recording"].endswith(f"{DAY}/1.1.wav")
    assert len(records["1.1"]["recording_sha256"]) == 64


def test_it_waits_until_mixmonitor_has_closed_its_file(settings, finished):
    path = recorded(settings, "1.1")
    whole = path.read_bytes()
    path.write_bytes(whole[:40] + bytes(4) + whole[44:])
    records, _ = finished({"1.1": call()}, meanwhile=lambda: path.write_bytes(whole))
    assert records["1.1"]["recording_ok"]


def test_a_call_without_a_recording_is_an_alarm(settings, finished, monkeypatch):
    monkeypatch.setattr(recorder, "PATIENCE", 0.02)
    records, told = finished({"1.1": call()})
    assert records["1.1"]["recording_ok"] is False
    assert records["1.1"]["recording_faults"] == ["Asterisk wrote no recording of this call"]
    assert told == [("1.1", "ALARM recording: Asterisk wrote no recording of this call")]


def test_one_that_was_never_closed_is_finished_in_the_end(settings, finished, monkeypatch):
    monkeypatch.setattr(recorder, "PATIENCE", 0.02)
    path = recorded(settings, "1.1")
    path.write_bytes(path.read_bytes()[:40] + bytes(4) + path.read_bytes()[44:])
    assert finished({"1.1": call()})[0]["1.1"]["recording_ok"]


def test_a_damaged_one_is_told(settings, finished, monkeypatch):
    monkeypatch.setattr(recorder, "PATIENCE", 0.02)
    recorded(settings, "1.1").write_bytes(b"RIFF")
    records, _ = finished({"1.1": call()})
    assert records["1.1"]["recording_faults"] == ["1.1.wav is no recording of MixMonitor's"]


def test_the_recording_of_a_call_answered_at_midnight_is_found(settings, finished):
    recorded(settings, "1.1", day="2020-01-01")
    settings.data.joinpath("recordings/2020-01-01").rename(settings.data / "recordings/2999-01-01")
    records, _ = finished({"1.1": call()})
    assert records["1.1"]["recording_ok"]
    assert "2999-01-01" in records["1.1"]["recording"]


def test_a_wait_in_which_nobody_sent_is_put_back(settings, finished):
    recorded(settings, "1.1")
    records, _ = finished({"1.1": call(12.0, [(START + 3, START + 7)])})
    assert (records["1.1"]["recording_ok"], records["1.1"]["recording_s"]) == (True, 12.0)


def test_a_caller_who_sent_all_the_time_hides_no_loss(settings, finished):
    recorded(settings, "1.1")
    records, _ = finished({"1.1": call(12.0, [(START + 3, START + 7)], rtp={"received": 600})})
    assert records["1.1"]["recording_faults"] == ["the recording is 8.0 s long, the call was 12.0 s"]


def test_pauses_and_waits_count_from_the_answer():
    made = ended("1.1", call(9.0, [(START + 1, START + 2)], pauses=[(START + 4, START + 5), (START + 7, 0.0)]))
    assert made.waits == ((1.0, 2.0),)
    assert made.wanted.pauses == ((4.0, 5.0), (7.0, 9.0))


def test_a_bug_in_one_recording_costs_no_other(settings, finished, monkeypatch):
    for id_ in ("1.1", "1.2"):
        recorded(settings, id_)
    real = recorder.completed
    monkeypatch.setattr(
        recorder, "completed", lambda path, one, **how: 1 / 0 if one.id == "1.1" else real(path, one, **how)
    )
    records, _ = finished({"1.1": call(), "1.2": call()})
    assert "ZeroDivisionError" in records["1.1"]["recording_faults"][0]
    assert records["1.2"]["recording_ok"]
