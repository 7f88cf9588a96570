"""`ivr whatif`: calls of a real database under a changed flow."""

import json

from tests.calling import HOTLINE
from tests.cli.kept import GONE, SERVED, SILENT, keep


def test_calls_are_counted_and_grouped(ivr, settings, store, tmp_path):
    for number, words in enumerate((SERVED, SERVED, SILENT, GONE)):
        keep(store, f"{number}.1", words, 1000.0 + number)
    changed = tmp_path / "new.yaml"
    changed.write_text(HOTLINE.text.replace("mark: silent", "mark: noisy").replace("2: to_inquiry", "2: to_intake"))
    ran = ivr("whatif", str(changed))
    out = ran.out
    assert ran.code == 0
    assert "4 calls tried" in out
    assert "2 would have ended as they did" in out
    assert "1 would have ended otherwise" in out
    assert "1 cannot be told" in out
    assert "silent" in out.splitlines()[-1] or "silent" in out.splitlines()[-2]
    told = json.loads(ivr("whatif", str(changed), "--json", "--since", "1970-01-02").out)
    assert (told["calls"], told["groups"]) == (0, [])
    told = json.loads(ivr("whatif", str(changed), "--json").out)
    assert {(one["before"], one["after"]) for one in told["groups"]} == {("silent", "noisy"), ("abandoned", "unknown")}


def test_what_cannot_be_read_is_counted(ivr, settings, store, tmp_path):
    keep(store, "1.1", SERVED, 1000.0)
    store.append("1.1", 99, {"type": "beamed_up", "at": 1.0}, [])
    store.save_call(store.call("1.1"), 1000.0, 1001.0)
    ran = ivr("whatif", "hotline")
    assert ran.code == 0
    assert "1 do not fit this version" in ran.out


def test_without_calls_there_is_nothing_to_try(ivr, settings):
    ran = ivr("whatif", "hotline")
    assert ran.code == 1
    assert "nothing to try the flow on" in ran.err
