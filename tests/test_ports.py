"""A port taken or a line started twice: one clear sentence, nothing half-started."""

import os
import re
import socket

import pytest

from ivr import ports
from ivr.ports import AlreadyRunning, PortTaken
from ivr.settings import load


@pytest.fixture
def settings(tmp_path):
    """Settings on ports that are free now."""
    held = [socket.socket() for _ in range(5)]
    for one in held:
        one.bind(("127.0.0.1", 0))
    numbers = [str(one.getsockname()[1]) for one in held]
    for one in held:
        one.close()
    names = ("SIP", "AGI", "AMI", "AUDIOSOCKET", "HTTP")
    rtp = {"IVR_RTP_START": "1024", "IVR_RTP_END": "1100"}
    return load(tmp_path, {f"IVR_{name}_PORT": number for name, number in zip(names, numbers, strict=True)} | rtp)


def test_free_ports_are_free(settings):
    ports.check(settings)
    ports.check(settings)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("agi_port", socket.SOCK_STREAM), ("audiosocket_port", socket.SOCK_STREAM), ("ami_port", socket.SOCK_STREAM),
     ("sip_port", socket.SOCK_DGRAM)],
)  # fmt: skip
def test_a_taken_port_is_named(settings, name, kind):
    with socket.socket(socket.AF_INET, kind) as taken:
        taken.bind(("127.0.0.1", getattr(settings, name)))
        if kind == socket.SOCK_STREAM:
            taken.listen()
        with pytest.raises(PortTaken, match=rf"port {getattr(settings, name)} on 127.0.0.1 \({name}\)") as caught:
            ports.check(settings)
    assert len(re.findall(r"port \d+ on", str(caught.value))) == 1
    assert "\n" not in str(caught.value)


def test_asterisks_own_ports_are_its_own_while_it_runs_on(settings):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", settings.ami_port))
        taken.listen()
        ports.check(settings, asterisk_too=False)


def test_one_line_per_data_folder(tmp_path, settings):
    with ports.sole_owner(tmp_path / "data"):
        ports.note_owner(tmp_path / "data", settings)
        words = rf"process {os.getpid()}, SIP port {settings.sip_port}, data folder"
        with pytest.raises(AlreadyRunning, match=words), ports.sole_owner(tmp_path / "data"):
            pytest.fail("let in twice")
        with ports.sole_owner(tmp_path / "other"):
            pass
    with ports.sole_owner(tmp_path / "data"):
        pass
