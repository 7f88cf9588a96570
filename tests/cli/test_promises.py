"""`ivr promises` lists what was promised and takes note of what was kept."""

import json

from ivr.__main__ import main
from ivr.store import Store


def ivr(monkeypatch, capsys, *words):
    monkeypatch.setattr("sys.argv", ["ivr", "promises", *words])
    code = main()
    return code, capsys.readouterr()


def test_open_promises_are_listed_until_they_are_kept(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("IVR_DATA", str(tmp_path))
    assert ivr(monkeypatch, capsys)[1].out == "no promise waits to be kept\n"
    store = Store(tmp_path / "ivr.db")
    store.promise("1700000000.1", "13800000001", "intake", "/m.wav", True, 1700000000.0)
    store.close()
    assert "13800000001" in ivr(monkeypatch, capsys)[1].out
    assert ivr(monkeypatch, capsys, "kept", "1700000000.1")[0] == 0
    assert "13800000001" not in ivr(monkeypatch, capsys)[1].out
    kept = json.loads(ivr(monkeypatch, capsys, "--all", "--json")[1].out)[0]
    assert (kept["number"], kept["queue"]) == ("13800000001", "intake")
    assert kept["kept_at"]


def test_a_promise_that_is_not_there(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("IVR_DATA", str(tmp_path))
    code, said = ivr(monkeypatch, capsys, "kept", "7")
    assert code == 1
    assert said.err == "ivr: no promise of the call `7` waits to be kept: `ivr promises` lists them\n"
    code, said = ivr(monkeypatch, capsys, "kept")
    assert code == 1
    assert "say which call's promise" in said.err
