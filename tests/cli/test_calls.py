"""`ivr calls`."""

import json
import time
from datetime import datetime

import pytest

from ivr.cli import Sorry
from ivr.cli._when import moment
from ivr.cli.calls import FIELDS, HEAD
from tests.cli.kept import GONE, LEFT, SERVED, SILENT, keep

NOW = datetime(2026, 3, 1, 14, 30, 12)


def test_without_a_database_there_are_no_calls_and_none_is_made(ivr, settings):
    assert ivr("calls").out == "0 calls offered\n"
    assert ivr("calls", "--json").out == "[]\n"
    assert not settings.database.exists()


def test_the_records_have_every_promised_field(ivr, store):
    keep(store, "100.1", SERVED, time.time())
    (record,) = json.loads(ivr("calls", "--json").out)
    assert set(FIELDS) <= set(record)
    assert record["outcome"] == "served"
    assert record["path"] == ["greet", "menu", "to_intake", "intake", "survey", "goodbye"]
    assert (record["queue"], record["agent"], record["survey"]) == ("intake", "1001", 5)
    assert (record["wait_s"], record["ring_s"], record["talk_s"]) == (4.0, 3.0, 60.0)
    moments = [record[name] for name in FIELDS if name.endswith("_at")]
    assert [datetime.fromisoformat(one) for one in moments] == sorted(map(datetime.fromisoformat, moments))
    assert all(datetime.fromisoformat(one).tzinfo for one in moments)


def test_an_old_record_gets_the_fields_it_lacks(ivr, store):
    store.save_call({"id": "1.1", "caller": "1", "outcome": "served", "rang_at": None}, 1.0, 2.0)
    (record,) = json.loads(ivr("calls", "--json").out)
    assert set(FIELDS) <= set(record)
    assert ivr("calls").code == 0


def test_the_table_ends_with_the_sum_of_outcomes(ivr, store):
    since = time.time()
    for number, words in enumerate((SERVED, SERVED, SILENT, LEFT, GONE)):
        keep(store, f"100.{number}", words, since + number)
    keep(store, "100.9", ("1",), since)
    lines = ivr("calls").out.splitlines()
    assert lines[0].split() == list(HEAD)
    assert len(lines) == 1 + 5 + 1 + 2
    assert lines[-2] == "5 calls offered = served 2 + abandoned 1 + left_contact 1 + silent 1"
    assert lines[-1] == "1 more in progress"


def test_a_faulty_recording_shows(ivr, store):
    keep(store, "100.1", SERVED, time.time())
    store.amend_call("100.1", recording_ok=False)
    assert ivr("calls").out.splitlines()[1].endswith("FAULTY")


def test_since_leaves_out_what_came_before(ivr, store):
    keep(store, "100.1", SILENT, time.time() - 3 * 3600)
    keep(store, "100.2", SILENT, time.time() - 60)
    assert [one["id"] for one in json.loads(ivr("calls", "--json", "--since", "2h").out)] == ["100.2"]
    assert [one["id"] for one in json.loads(ivr("calls", "--json", "--since", "4h").out)] == ["100.1", "100.2"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("today", datetime(2026, 3, 1)),
        ("2h", datetime(2026, 3, 1, 12, 30, 12)),
        ("30m", datetime(2026, 3, 1, 14, 0, 12)),
        ("7d", datetime(2026, 2, 22, 14, 30, 12)),
        ("2026-02-28", datetime(2026, 2, 28)),
        ("2026-02-28 09:15", datetime(2026, 2, 28, 9, 15)),
        ("2026-02-28T09:15:00+00:00", datetime.fromisoformat("2026-02-28T09:15:00+00:00")),
    ],
)
def test_moments_as_people_write_them(written, meant):
    assert moment(written, NOW) == meant.timestamp()


@pytest.mark.parametrize("written", ["", "never", "2026-13-01", "h", "-2h", "99999999999d", "2 h", "٣h", "0001-01-01"])
def test_what_is_no_moment_is_told(written):
    with pytest.raises(Sorry, match="is no moment: write today, 2h"):
        moment(written, NOW)


def test_a_file_that_is_no_database_is_told(ivr, settings):
    settings.data.mkdir()
    settings.database.write_text("no database at all, but long enough to be looked at as one" * 50)
    ran = ivr("calls")
    assert ran.code == 1
    assert "cannot be read" in ran.err
    assert "Traceback" not in ran.err
