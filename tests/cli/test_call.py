"""`ivr call ID`."""

import json
import time

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
