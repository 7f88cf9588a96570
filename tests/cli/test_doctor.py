"""`ivr doctor`: each check with things as they should be, and as they should not."""

import fcntl
import json
import os
import socket

import pytest

from ivr.cli.doctor import lines
from ivr.doctor import Finding, asterisk, content, examine, machine, manager, running
from ivr.pbx import accounts
from ivr.settings import load
from tests.cli.amiserver import SECRET, AmiServer


@pytest.fixture
def free(settings, monkeypatch):
    """Ports of our own, so that a line beside the tests is not in the way."""
    with socket.socket() as one, socket.socket() as two, socket.socket() as three:
        for name, sock in (("AMI", one), ("AGI", two), ("AUDIOSOCKET", three)):
            sock.bind(("127.0.0.1", 0))
            monkeypatch.setenv(f"IVR_{name}_PORT", str(sock.getsockname()[1]))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", 0))
        monkeypatch.setenv("IVR_SIP_PORT", str(udp.getsockname()[1]))
    return load()


def faults(found):
    return [one for one in found if not one.ok]


def test_it_tells_each_check_and_the_sum(ivr, free):
    ran = ivr("doctor")
    assert ran.code == 1
    out = ran.out.splitlines()
    assert "FAULT  prompts      none are built yet. Mend: run `ivr prompts build` (`ivr run` does it by itself)" in out
    assert "ok     ports        free" in out
    named = {line.split()[1] for line in out if line.startswith("FAULT")}
    assert named - {"calendars"} == {"prompts"}  # these from December on, until next year is in
    assert out[-1] == ("1 fault" if len(named) == 1 else "2 faults")


def test_as_json_every_fault_has_its_mend(ivr, free):
    listed = json.loads(ivr("doctor", "--json").out)
    assert {"python", "disk", "recordings", "ports", "asterisk", "modules", "ami", "ami rights", "synthesiser",
            "prompts", "flow", "queues"} <= {one["check"] for one in listed}  # fmt: skip
    assert all(bool(one["mend"]) != one["ok"] for one in listed)


def test_without_a_fault_all_is_in_order():
    assert lines([Finding("disk", "much")]) == ["ok     disk  much", "all in order"]
    assert lines([Finding("disk", "none", "make room")])[0] == "FAULT  disk  none. Mend: make room"


def test_it_makes_nothing(ivr, free):
    ivr("doctor")
    assert not free.data.exists()


def test_a_full_disk(settings, monkeypatch):
    monkeypatch.setenv("IVR_LEAST_FREE_MB", "10000000")
    (fault,) = faults(machine.disk(load()))
    assert "10000000 wanted" in fault.text


def test_a_taken_port(free, monkeypatch):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        monkeypatch.setenv("IVR_AGI_PORT", str(other.getsockname()[1]))
        (fault,) = faults(machine.ports(load()))
    assert "(agi_port): Address already in use" in fault.text
    assert fault.mend.startswith("End what uses it")


def test_ports_held_by_the_line_itself(settings):
    settings.data.mkdir()
    with (settings.data / "line.lock").open("w") as lock:
        lock.write(f"{os.getpid()} 5060\n")
        lock.flush()
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert running.controller(settings) == os.getpid()
        assert not faults(machine.ports(settings))
        (fault,) = manager.login(settings)
        assert "its Asterisk does not answer" in fault.text
    assert running.controller(settings) == 0


def test_secrets_that_others_can_read(settings):
    accounts.load(settings.data)
    assert not faults(machine.folders(settings))
    (settings.data / "accounts.json").chmod(0o644)
    (fault,) = faults(machine.folders(settings))
    assert fault.mend.startswith("chmod 600")


def test_a_damaged_accounts_file(settings):
    settings.data.mkdir()
    (settings.data / "accounts.json").write_text('{"agents": 1}')
    (fault,) = faults(machine.folders(settings))
    assert "cannot be read" in fault.text
    assert not faults(content.queues(settings))


def test_recordings_that_cannot_be_written(settings):
    settings.data.mkdir()
    (settings.data / "recordings").write_text("a file where a folder should be")
    (fault,) = faults(machine.folders(settings))
    assert fault.check == "recordings"


def test_a_package_that_does_not_import(settings, monkeypatch):
    monkeypatch.setattr(machine, "PACKAGES", ("json", "no_such_package"))
    (fault,) = faults(machine.packages(settings))
    assert "cannot import no_such_package" in fault.text
    assert len(list(examine(settings))) == 1


def program(tmp_path, said: str) -> str:
    path = tmp_path / "asterisk"
    path.write_text(f"#!/bin/sh\necho '{said}'\n")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("Asterisk 20.6.0~dfsg", "is 20.6, 22.10 is the reference"),
        ("Asterisk 22.9.1", "is 22.9, 22.10 is the reference"),
        ("no idea", "does not tell its version"),
    ],
)
def test_an_asterisk_that_is_too_old(settings, tmp_path, monkeypatch, said, text):
    monkeypatch.setenv("IVR_ASTERISK", program(tmp_path, said))
    (fault,) = asterisk.version(load())
    assert fault.text.endswith(text)
    assert "`make run`" in fault.mend


@pytest.mark.parametrize("said", ["Asterisk 22.10.1", "Asterisk 23.0.0", "Asterisk certified/22.10-cert1"])
def test_an_asterisk_that_will_do(settings, tmp_path, monkeypatch, said):
    monkeypatch.setenv("IVR_ASTERISK", program(tmp_path, said))
    assert not faults(asterisk.version(load()))


def test_an_asterisk_that_is_not_there(settings, monkeypatch):
    monkeypatch.setenv("IVR_ASTERISK", "/no/such/asterisk")
    (fault,) = asterisk.version(load())
    assert "cannot be started: No such file or directory" in fault.text


def test_modules_that_are_missing_or_not_running(settings, tmp_path, monkeypatch):
    monkeypatch.setattr(asterisk, "folders", lambda _settings: {"astmoddir": tmp_path})
    (fault,) = asterisk.modules(settings)
    assert "chan_pjsip.so" in fault.text
    wanted = asterisk.named((asterisk.CONF / "modules.conf").read_text())
    for name in wanted:
        (tmp_path / name).touch()
    assert not faults(asterisk.modules(settings))
    shown = [f"{name:30} what it is   0   {'Not Running' if name == 'chan_pjsip.so' else 'Running'}  core"
             for name in wanted[:-1]]  # fmt: skip
    monkeypatch.setattr(running, "cli", lambda _settings, _text: "\n".join(shown))
    (fault,) = asterisk.modules(settings)
    assert fault.text == f"not running: chan_pjsip.so, {wanted[-1]}"


def test_the_modules_a_file_loads():
    text = "[modules]\nautoload=no\nload=a.so\n ; load=b.so\n;load=c.so\nload => d.so\nnoload=e.so\nrequire = f.so\n"
    assert asterisk.named(text) == ["a.so", "d.so", "f.so"]


@pytest.fixture
def ami(settings):
    servers: list[AmiServer] = []

    def start(*denied: str) -> int:
        servers.append(AmiServer(denied))
        return servers[-1].port

    yield start
    for server in servers:
        server.close()


def test_ami_rights_as_they_should_be(ami):
    (found,) = manager.asked(ami(*manager.FORBIDDEN), SECRET)
    assert found.ok
    assert "Originate" in found.text


def test_ami_rights_too_wide(ami):
    (fault,) = manager.asked(ami("Command"), SECRET)
    assert fault.text == "the line's account may Originate, GetConfig, which it must not"


def test_ami_rights_too_narrow(ami):
    (fault,) = manager.asked(ami(*manager.FORBIDDEN, "QueueStatus"), SECRET)
    assert fault.text == "the line may not QueueStatus"


def test_ami_with_a_wrong_secret(ami):
    (fault,) = manager.asked(ami(*manager.FORBIDDEN), "wrong")
    assert "Authentication failed" in fault.text


def test_rights_as_written(settings, tmp_path, monkeypatch):
    assert not faults(manager.rights(settings))
    (tmp_path / "manager.conf").write_text("[ivr]\nread=call\nwrite=agent,command,originate ; all of it\n")
    monkeypatch.setattr(manager, "CONF", tmp_path)
    (fault,) = manager.rights(settings)
    assert fault.mend.startswith("take out command, originate")


@pytest.mark.parametrize(
    ("command", "text"),
    [
        ("no-such-program {text} {out}", "no-such-program is not here"),
        ("cat {text}", "the command has no {out}"),
        ("cat", "the command has no {text} and no {out}"),
        ('cat "', "the command cannot be read"),
    ],
)
def test_a_synthesiser_that_cannot_work(settings, monkeypatch, command, text):
    monkeypatch.setenv("IVR_SYNTHESISER", command)
    (fault,) = content.synthesiser(load())
    assert text in fault.text


def test_no_synthesiser_at_all(settings, monkeypatch):
    monkeypatch.setattr(content, "program", lambda _name: None)
    (fault,) = content.synthesiser(settings)
    assert fault.text == "espeak-ng is not here"


def test_a_broken_flow(settings, tmp_path, monkeypatch):
    assert not faults(content.flows(settings))
    (tmp_path / "hotline.yaml").write_text("flow: hotline\n")
    monkeypatch.setenv("IVR_FLOWS", str(tmp_path))
    found = faults(content.flows(load()))
    assert len(found) >= 3
    assert "hotline.yaml:1:1: `start:` is missing" in found[-1].text + found[0].text + found[1].text


def test_queues_that_are_not_there(settings, monkeypatch):
    assert not faults(content.queues(settings))
    monkeypatch.setattr(content, "queue_names", lambda: frozenset({"intake", "complaint"}))
    (fault,) = content.queues(settings)
    assert fault.text == "queues.conf has no inquiry"


def test_many_faults_of_one_kind_are_counted(settings):
    (settings.data / "sounds").mkdir(parents=True)
    found = faults(content.prompts(settings))
    assert len([one for one in found if one.check == "prompts"]) == content.SHOWN + 1
    assert "more like these" in found[content.SHOWN].text
