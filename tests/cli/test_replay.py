"""`ivr replay ID`."""

import sqlite3
from contextlib import closing

import pytest

from ivr.native import HOME
from tests.cli.kept import GONE, LEFT, SERVED, SILENT, keep

SINCE = 1_770_000_000.0
ALL = (SERVED, SILENT, LEFT, GONE, ("1", "agentlost", "agent 1002 hangup"), ("noise",), ("7", "wait 60s", "hangup"))


def change(settings, statement: str) -> None:
    with closing(sqlite3.connect(settings.database)) as database, database:
        database.execute(statement)


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_a_call_replays_the_same(ivr, store, words):
    keep(store, "100.1", words, SINCE)
    for options in ([], ["--as-called"]):
        ran = ivr("replay", "100.1", *options)
        assert (ran.code, ran.err) == (0, "")
        assert ran.out.splitlines()[-1] == "call 100.1: the same"


def test_the_transcript_is_a_call_script(ivr, store):
    keep(store, "100.1", SERVED, SINCE)
    lines = ivr("replay", "100.1").out.splitlines()
    assert lines[0] == '    0.000 < offered caller="13800138000" dialled="95585"'
    assert "    4.200 < key_pressed 1" in lines
    assert "    4.200 > say queue-intake" in lines


def test_a_changed_event_shows(ivr, store, settings):
    keep(store, "100.1", SERVED, SINCE)
    change(settings, """update events set event=replace(event,'"key":"1"','"key":"3"')""")
    ran = ivr("replay", "100.1")
    assert ran.code == 1
    assert "difference: event 4 was changed after it was written" in ran.out
    assert "-    4.200 > say queue-intake" in ran.out
    assert "+    4.200 > say queue-complaint" in ran.out
    assert 'difference: queue is "complaint", the record has "intake"' in ran.out


def test_a_changed_event_shows_even_where_it_changes_nothing(ivr, store, settings):
    keep(store, "100.1", SILENT, SINCE)
    change(settings, "update events set event=replace(event,'13800138000','13800138001') where seq=0")
    ran = ivr("replay", "100.1")
    assert ran.code == 1
    assert "event 0 was changed after it was written" in ran.out


@pytest.mark.parametrize("event", ["no json", '{"type":"sneezed","at":1}', '{"type":"done","at":"x"}', "[]"])
def test_an_event_changed_beyond_reading_is_told(ivr, store, settings, event):
    keep(store, "100.1", SILENT, SINCE)
    change(settings, f"update events set event='{event}' where seq=2")
    ran = ivr("replay", "100.1")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == "ivr: call 100.1 cannot be read: event 2 was changed after it was written\n"


def test_a_removed_event_shows(ivr, store, settings):
    keep(store, "100.1", SERVED, SINCE)
    change(settings, "delete from events where seq=2")
    assert "difference: event 3 was changed after it was written" in ivr("replay", "100.1").out


def test_a_removed_end_shows(ivr, store, settings):
    keep(store, "100.1", SERVED, SINCE)
    change(settings, "delete from events where seq=(select max(seq) from events)")
    ran = ivr("replay", "100.1")
    assert ran.code == 1
    assert "difference: the call has ended, but its last event is missing" in ran.out


def test_a_changed_record_shows(ivr, store):
    keep(store, "100.1", SILENT, SINCE)
    store.amend_call("100.1", outcome="served")
    ran = ivr("replay", "100.1")
    assert ran.code == 1
    assert 'difference: outcome is "silent", the record has "served"' in ran.out


def test_a_changed_flow_shows_even_where_the_call_runs_the_same(ivr, store, tmp_path, monkeypatch):
    keep(store, "100.1", SERVED, SINCE)
    text = (HOME / "ivr/flows/hotline.yaml").read_text()
    (tmp_path / "hotline.yaml").write_text(text + "# a remark\n")
    monkeypatch.setenv("IVR_FLOWS", str(tmp_path))
    ran = ivr("replay", "100.1")
    assert ran.code == 1
    assert "difference: the flow hotline was changed since (" in ran.out
    assert "+# a remark" in ran.out
    assert ivr("replay", "100.1", "--as-called").code == 0


def test_a_flow_that_leads_elsewhere_shows_as_a_diff(ivr, store, tmp_path, monkeypatch):
    keep(store, "100.1", SERVED, SINCE)
    text = (HOME / "ivr/flows/hotline.yaml").read_text()
    (tmp_path / "hotline.yaml").write_text(text.replace("1: to_intake", "1: to_inquiry"))
    monkeypatch.setenv("IVR_FLOWS", str(tmp_path))
    ran = ivr("replay", "100.1")
    assert ran.code == 1
    assert "+    4.200 > say queue-inquiry" in ran.out


def test_a_flow_that_is_gone_or_broken_is_told(ivr, store, tmp_path, monkeypatch):
    keep(store, "100.1", SERVED, SINCE)
    monkeypatch.setenv("IVR_FLOWS", str(tmp_path))
    assert "any more: use --as-called" in ivr("replay", "100.1").err
    (tmp_path / "hotline.yaml").write_text("flow: hotline\n")
    ran = ivr("replay", "100.1")
    assert ran.code == 1
    assert ran.err.count("hotline.yaml:") >= 3


def test_a_call_of_the_dialplan_alone_cannot_be_replayed(ivr, store):
    record = keep(store, "100.1", SERVED, SINCE)
    store.save_call(record | {"id": "100.2"}, SINCE, SINCE)
    ran = ivr("replay", "100.2")
    assert ran.code == 1
    assert "there is nothing to replay" in ran.err
