"""`ivr agent`, against a small AMI server of our own; the real one is dialled in tests/live."""

import json
import socket

import pytest

from tests.cli.amiserver import SECRET, AmiServer


@pytest.fixture
def agents(settings):
    """The accounts of three agents; 1003 may serve one queue only."""
    queues = ["intake", "inquiry", "complaint"]
    kept = [{"number": number, "secret": f"s{number}", "queues": queues} for number in ("1001", "1002")]
    kept.append({"number": "1003", "secret": "s1003", "queues": ["inquiry"]})
    settings.data.mkdir()
    (settings.data / "accounts.json").write_text(json.dumps({"agents": kept, "ami_secret": SECRET}))


@pytest.fixture
def pbx(agents, monkeypatch):
    server = AmiServer()
    monkeypatch.setenv("IVR_AMI_PORT", str(server.port))
    yield server
    server.close()


@pytest.fixture
def no_line(agents, monkeypatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setenv("IVR_AMI_PORT", str(free.getsockname()[1]))
        yield


def listed(ivr):
    return {one["number"]: one for one in json.loads(ivr("agent", "list", "--json").out)}


def test_the_list_works_without_the_line(ivr, no_line):
    found = listed(ivr)["1001"]
    assert found == {
        "number": "1001", "sip_user": "1001", "secret": "s1001", "sip_server": "127.0.0.1:5060", "queues": [],
        "may_serve": ["intake", "inquiry", "complaint"], "state": "unknown", "paused": False, "pause_reason": None,
    }  # fmt: skip
    out = ivr("agent", "list").out
    assert out.endswith("the line is not running: who is logged in is not known\n")
    assert "s1001" not in out


def test_what_needs_the_line_says_so(ivr, no_line):
    ran = ivr("agent", "login", "1001")
    assert ran.code == 1
    assert ran.err.startswith("ivr: the line is not running (nothing answers on AMI port ")


def test_log_in_to_all_their_queues_or_to_those_named(ivr, pbx):
    ran = ivr("agent", "login", "1001")
    assert (ran.code, ran.out) == (0, "agent 1001 is logged in to complaint, inquiry, intake\n")
    assert ivr("agent", "login", "1003").out == "agent 1003 is logged in to inquiry\n"
    ivr("agent", "login", "1002", "--queue", "inquiry", "--queue", "intake")
    found = listed(ivr)
    assert found["1002"]["queues"] == ["inquiry", "intake"]
    assert found["1001"]["state"] == "available"
    member = pbx.members["intake", "Local/1001@agent/n"]
    assert (member["Name"], member["StateInterface"]) == ("1001", "PJSIP/1001")


def test_everything_twice_does_no_harm(ivr, pbx):
    for action in ("login", "pause", "unpause", "logout"):
        first, second = (ivr("agent", action, "1001") for _ in range(2))
        if action == "logout":
            assert second.out == "agent 1001 is logged out\n"
        assert (first.code, first.out) == (second.code, second.out) == (0, second.out)


def test_log_out_of_some_or_of_all(ivr, pbx):
    ivr("agent", "login", "1001")
    ran = ivr("agent", "logout", "1001", "--queue", "intake")
    assert ran.out == "agent 1001 is still logged in to complaint, inquiry\n"
    assert ivr("agent", "logout", "1001").out == "agent 1001 is logged out\n"
    assert listed(ivr)["1001"]["state"] == "logged_out"


def test_pause_with_a_reason(ivr, pbx):
    ivr("agent", "login", "1001")
    ran = ivr("agent", "pause", "1001", "--reason", "午休")
    assert ran.out == "agent 1001 is paused in complaint, inquiry, intake\n"
    found = listed(ivr)["1001"]
    assert (found["state"], found["paused"], found["pause_reason"]) == ("paused", True, "午休")
    assert "午休" in ivr("agent", "list").out
    ivr("agent", "unpause", "1001")
    found = listed(ivr)["1001"]
    assert (found["state"], found["paused"], found["pause_reason"]) == ("available", False, None)


def test_pause_of_an_agent_who_is_not_there(ivr, pbx):
    ran = ivr("agent", "pause", "1002")
    assert ran.code == 1
    assert "agent 1002 is not logged in to any queue: write `ivr agent login 1002` first" in ran.err


@pytest.mark.parametrize(
    ("device", "state"), [("1", "available"), ("2", "busy"), ("5", "unreachable"), ("6", "ringing"), ("99", "unknown")]
)
def test_the_state_is_what_the_phone_does(ivr, pbx, device, state):
    pbx.device = device
    ran = ivr("agent", "login", "1001")
    assert ("the phone is not registered" in ran.out) == (state == "unreachable")
    assert listed(ivr)["1001"]["state"] == state


@pytest.mark.parametrize("number", ["9", "1001\r\nAction: Originate", None])
def test_an_unknown_agent_is_told_with_those_there_are(ivr, pbx, number):
    ran = ivr("agent", "login", *([number] if number else []))
    assert ran.code == 1
    assert ran.err.endswith("; there are 1001, 1002, 1003\n")


def test_wrong_queues_are_told_all_at_once(ivr, pbx):
    ran = ivr("agent", "login", "1003", "--queue", "nope", "--queue", "intake", "--queue", "inquiry")
    assert ran.code == 1
    assert ran.err == (
        "ivr: there is no queue nope; there are complaint, inquiry, intake; "
        "agent 1003 may not serve intake, only inquiry\n"
    )
    assert not pbx.members


def test_a_line_end_in_a_reason_is_not_sent(ivr, pbx):
    ivr("agent", "login", "1001")
    ran = ivr("agent", "pause", "1001", "--reason", "lunch\r\nAction: Originate")
    assert ran.code == 1
    assert "Reason carries a line end and was not sent" in ran.err


def test_another_lines_asterisk_is_told(ivr, pbx, settings):
    path = settings.data / "accounts.json"
    path.write_text(path.read_text().replace(SECRET, "another"))
    ran = ivr("agent", "list")
    assert ran.code == 1
    assert "are IVR_DATA and IVR_AMI_PORT those that the line was started with?" in ran.err


def test_before_the_first_run_there_are_no_accounts_and_none_are_made(ivr, settings):
    ran = ivr("agent", "list")
    assert ran.code == 1
    assert "the first `ivr run` makes them" in ran.err
    assert not settings.data.exists()


def test_a_damaged_accounts_file_is_told(ivr, settings):
    settings.data.mkdir()
    (settings.data / "accounts.json").write_text("{}")
    ran = ivr("agent", "list")
    assert ran.code == 1
    assert "accounts.json cannot be read" in ran.err


def test_an_agent_is_added_with_a_password_shown_once_and_removed(ivr, no_line, settings):
    ran = ivr("agent", "add", "1004", "--queue", "inquiry", "--queue", "intake")
    first, second, third = ran.out.splitlines()
    assert (ran.code, first) == (0, "agent 1004 is added, for inquiry, intake")
    assert third == "the line is not running: this holds from its next start"
    made = listed(ivr)["1004"]
    assert (made["may_serve"], second) == (["inquiry", "intake"], f"  user 1004   password {made['secret']}")
    assert len(made["secret"]) >= 16
    assert (settings.data / "accounts.json").stat().st_mode & 0o777 == 0o600
    assert ivr("agent", "remove", "1004").out.startswith("agent 1004 is removed; the records of their calls stay\n")
    assert sorted(listed(ivr)) == ["1001", "1002", "1003"]


def test_all_that_is_wrong_with_a_new_agent_is_told_and_nothing_is_made(ivr, no_line, settings):
    before = (settings.data / "accounts.json").read_bytes()
    ran = ivr("agent", "add", "95585", "--queue", "sales")
    assert ran.code == 1
    assert "`95585` is no agent's number: write 3 to 8 digits, which do not begin with 95585" in ran.err
    assert "there is no queue sales; there are complaint, inquiry, intake" in ran.err
    assert "there is an agent 1001 already" in ivr("agent", "add", "1001").err
    assert "`` is no agent's number" in ivr("agent", "add").err
    assert "there is no agent 1009; there are" in ivr("agent", "remove", "1009").err
    assert (settings.data / "accounts.json").read_bytes() == before


def test_who_is_on_a_call_is_not_removed(ivr, pbx):
    pbx.device = "2"
    ivr("agent", "login", "1001")
    ran = ivr("agent", "remove", "1001")
    assert (ran.code, "agent 1001 is on a call: remove them when it has ended" in ran.err) == (1, True)
    assert "1001" in listed(ivr)
    assert pbx.members


def test_who_is_removed_is_logged_out(ivr, pbx):
    ivr("agent", "login", "1001")
    assert ivr("agent", "remove", "1001").code == 0
    assert "1001" not in listed(ivr)
    assert not pbx.members
