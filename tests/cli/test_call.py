"""`ivr call ID`."""

import json
import time

import pytest

from tests.cli.kept import GONE, LEFT, SERVED, SILENT, keep

SINCE = 1_770_000_000.0


def test_the_timeline_merges_events_commands_nodes_and_the_agent(ivr, store):
    keep(store, "100.1", SERVED, SINCE)
    told = json.loads(ivr("call", "100.1", "--json").out)
    kinds = {one["kind"] for one in told["timeline"]}
    assert kinds == {"event", "command", "node", "agent"}
    seconds = [one["seconds"] for one in told["timeline"]]
    assert seconds == sorted(seconds)
    nodes = [one["node"] for one in told["timeline"] if one["kind"] == "node"]
    assert nodes == told["path"]
    agent = [one["text"] for one in told["timeline"] if one["kind"] == "agent"]
    assert agent == ["agent 1001 phone rings", "agent 1001 answered, the caller hears the number",
                     "agent 1001 and the caller talk"]  # fmt: skip


def test_the_readable_form_has_milliseconds(ivr, store):
    keep(store, "100.1", SERVED, SINCE)
    out = ivr("call", "100.1").out
    assert out.startswith("call 100.1: served\n")
    assert "survey     5" in out
    assert ".000     1.000 < heard speech" in out
    assert "    1.000 @ node menu (menu)" in out


def test_the_promise_is_shown(ivr, store):
    keep(store, "100.1", LEFT, SINCE)
    assert "promise    call back 13800138000 for complaint, made 20" in ivr("call", "100.1").out
    promise = json.loads(ivr("call", "100.1", "--json").out)["promise"]
    assert (promise["number"], promise["queue"], promise["kept_at"]) == ("13800138000", "complaint", None)


def test_the_recordings_check_and_alarms_are_shown(ivr, store, tmp_path):
    keep(store, "100.1", SERVED, SINCE)
    faults = ["the caller's side is silent though it spoke"]
    file = tmp_path / "call.wav"
    file.write_bytes(b"changed")
    store.amend_call(
        "100.1", recording=str(file), recording_ok=False, recording_faults=faults, recording_sha256="0" * 64
    )
    store.alarm("recording", faults[0], time.time(), "100.1")
    out = ivr("call", "100.1").out
    assert f"{file} (FAULTY: {faults[0]}; the file was CHANGED since)" in out
    assert f"ALARM      recording: {faults[0]}" in out
    file.unlink()
    assert "the file is gone" in ivr("call", "100.1").out


def test_the_step_of_its_sides_is_shown_where_it_was_measured(ivr, store):
    keep(store, "100.1", SERVED, SINCE)
    store.amend_call("100.1", recording="a.wav", recording_ok=True, recording_s=12.0, recording_behind_s=0.02)
    assert "a.wav (ok, 12.0 s, caller's side +0.02 s to the line's)" in ivr("call", "100.1").out


def test_where_nothing_was_to_be_heard_of_the_caller_it_says_so(ivr, store, monkeypatch):
    keep(store, "100.1", SERVED, SINCE)
    store.amend_call("100.1", recording="a.wav", recording_ok=True, recording_s=12.0, recording_caller_s=0.0)
    assert "a.wav (ok, 12.0 s, nothing to be heard of the caller)" in ivr("call", "100.1").out
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert "a.wav(正常,12.0 秒,来电者一侧没有声音)" in ivr("call", "100.1").out


FAULTS = (
    "Asterisk wrote no recording of this call", "the recording could not be finished: OSError: disk",
    "1.1.wav is no recording of MixMonitor's", "the recording is empty",
    "the recording is 8.0 s long, the call was 12.0 s",
    "the caller's side is silent though it spoke", "the line's side is silent though it spoke",
    "the sides are out of step: the caller's is +0.25 s behind the line's",
    "the sound is clipped: 2.0% of the samples are at full scale",
)  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_of_a_recording_are_told_in_chinese(ivr, store, monkeypatch, fault):
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    keep(store, "100.1", SERVED, SINCE)
    store.amend_call("100.1", recording="a.wav", recording_ok=False, recording_faults=[fault, FAULTS[3]])
    store.alarm("recording", f"{fault}; {FAULTS[3]}", time.time(), "100.1")
    told = [one for one in ivr("call", "100.1").out.splitlines() if "录音是空的" in one]
    assert len(told) == 2
    assert not any(word in one for one in told for word in ("the ", "recording", "FAULTY")), told


def test_a_part_of_the_id_is_enough_where_it_fits_one_call(ivr, store):
    keep(store, "1770000000.1", SERVED, SINCE)
    keep(store, "1770000000.12", SILENT, SINCE)
    assert ivr("call", "1770000000.1").out.startswith("call 1770000000.1: served")
    assert ivr("call", "00.12").out.startswith("call 1770000000.12: silent")
    ran = ivr("call", "1770")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == "ivr: `1770` fits 2 calls (1770000000.1, 1770000000.12): write more of the id\n"


def test_an_unknown_id_is_a_sentence(ivr, store):
    for id_ in ("9.9", "", "%", "_"):
        ran = ivr("call", id_)
        assert ran.code == 1
        assert ran.err.startswith(f"ivr: no call has the id `{id_}`")


def test_without_a_database_too(ivr):
    assert ivr("call", "1").code == 1


def test_a_call_in_progress(ivr, store):
    keep(store, "100.1", ("1",), SINCE)
    assert ivr("call", "100.1").out.startswith("call 100.1: in progress\n")
    assert json.loads(ivr("call", "100.1", "--json").out)["in_progress"]


def test_a_call_without_events_and_without_its_flow(ivr, store):
    record = keep(store, "100.1", GONE, SINCE)
    store.save_call(record | {"id": "100.2", "outcome": "fallback", "flow_hash": ""}, SINCE, SINCE)
    assert ivr("call", "100.2").out.endswith("no events: the dialplan served this call alone\n")
    store.amend_call("100.1", flow_hash="gone")
    assert "@ node" not in ivr("call", "100.1").out


def test_a_name_is_shown_as_it_is(ivr, store):
    keep(store, "100.1", SILENT, SINCE)
    store.amend_call("100.1", caller_name='王"小明 ${SHELL(x)}')
    assert 'from       13800138000 王"小明 ${SHELL(x)} to 95585' in ivr("call", "100.1").out
