"""Settings: defaults, the file, the environment, and every mistake with its place."""

from pathlib import Path

import pytest

from ivr.faults import Faults
from ivr.native import HOME
from ivr.settings import FILE, Settings, load


def read(folder: Path, text: str = "", **environment: str) -> Settings:
    (folder / FILE).write_text(text)
    return load(folder, environment)


def faults(folder: Path, text: str = "", **environment: str) -> list[str]:
    with pytest.raises(Faults) as caught:
        read(folder, text, **environment)
    return [str(fault) for fault in caught.value]


def test_without_a_file_the_defaults_are_in_force(tmp_path):
    found = load(tmp_path, {})
    assert found == Settings()
    assert (found.bind, found.sip_port, found.flow_file) == ("127.0.0.1", 5060, HOME / "ivr/flows/hotline.yaml")
    assert found.database == HOME / "data/ivr.db"


def test_the_file_overrides_the_defaults_and_the_environment_the_file(tmp_path):
    found = read(tmp_path, 'sip_port = 5070\nagi_port = 4600\nlanguage = "en"\n', IVR_AGI_PORT="4700")
    assert (found.sip_port, found.agi_port, found.language, found.ami_port) == (5070, 4700, "en", 5038)


@pytest.mark.parametrize(
    ("variable", "name", "value", "meant"),
    [
        ("IVR_DATA", "data", "/tmp/two", Path("/tmp/two")),
        ("IVR_FLOWS", "flows", "/tmp/flows", Path("/tmp/flows")),
        ("IVR_BIND", "bind", "0.0.0.0", "0.0.0.0"),
        ("IVR_SIP_PORT", "sip_port", "5061", 5061),
        ("IVR_AGI_PORT", "agi_port", "4575", 4575),
        ("IVR_AMI_PORT", "ami_port", "5039", 5039),
        ("IVR_AUDIOSOCKET_PORT", "audiosocket_port", "4576", 4576),
        ("IVR_RTP_START", "rtp_start", "10500", 10500),
        ("IVR_RTP_END", "rtp_end", "12000", 12000),
        ("IVR_HTTP_PORT", "http_port", "8586", 8586),
        ("IVR_PUBLIC", "public", "10.0.0.0/8, 127.0.0.1", "10.0.0.0/8,127.0.0.1"),
    ],
)
def test_the_names_that_others_build_on(tmp_path, variable, name, value, meant):
    assert getattr(load(tmp_path, {variable: value}), name) == meant


BAD = [
    ('services = "crm"', "ivr.toml:1:1: `services = crm`: `crm` is no service: write its name and address, such as "
     "crm=https://10.0.0.5:8080/api"),
    ('services = "crm=http://a, crm=http://b"', "ivr.toml:1:1: `services = crm=http://a, crm=http://b`: a service is "
     "named twice: give each its own name"),
    ("sip_port = 80", "ivr.toml:1:1: `sip_port = 80`: it must be from 1024 to 65535"),
    ("sip_port = 65536", "ivr.toml:1:1: `sip_port = 65536`: it must be from 1024 to 65535"),
    ('sip_port = "many"', "ivr.toml:1:1: `sip_port = many`: write a whole number from 1024 to 65535"),
    ("sip_port = true", "ivr.toml:1:1: `sip_port = True`: write a whole number from 1024 to 65535"),
    ("sip_port = 5060.5", "ivr.toml:1:1: `sip_port = 5060.5`: write a whole number from 1024 to 65535"),
    ("sip_port = [5060]", "ivr.toml:1:1: `sip_port = [5060]`: write a whole number from 1024 to 65535"),
    ('bind = "localhost"', "ivr.toml:1:1: `bind = localhost`: write an IPv4 address such as 127.0.0.1"),
    ('bind = "127.0.0.256"', "ivr.toml:1:1: `bind = 127.0.0.256`: write an IPv4 address such as 127.0.0.1"),
    ("bind = 127", 'ivr.toml:1:1: `bind = 127`: write it in quotes: "…"'),
    ('public = "127.0.0.1,all"', "ivr.toml:1:1: `public = 127.0.0.1,all`: write an IPv4 address such as 127.0.0.1"),
    ('public = "10.0.0.0/33"', "ivr.toml:1:1: `public = 10.0.0.0/33`: write addresses such as 127.0.0.1 or "
     "10.0.0.0/8, with commas between them"),
    ("data = 5", 'ivr.toml:1:1: `data = 5`: write it in quotes: "…"'),
    ('data = ""', "ivr.toml:1:1: `data = `: write the path of a folder"),
    ('language = "fr"', "ivr.toml:1:1: `language = fr`: write zh or en"),
    ('flow = "../etc/passwd"', "ivr.toml:1:1: `flow = ../etc/passwd`: write the name of a file in the flows folder, "
     "without `.yaml`"),
    ("most_calls = 0", "ivr.toml:1:1: `most_calls = 0`: it must be from 1 to 5000"),
    ("keep_days = 9999", "ivr.toml:1:1: `keep_days = 9999`: it must be from 1 to 3650"),
    ("# a word\nsip_prot = 5061", "ivr.toml:2:1: `sip_prot` is no setting; write `sip_port`?"),
    ("[sip_port]\nx = 1", "ivr.toml:1:1: `sip_port = {'x': 1}`: write a whole number from 1024 to 65535"),
    ("\n\nagi_port = 5060", "ivr.toml:3:1: sip_port and agi_port are both 5060; give each its own"),
    ("sip_port = 10000", "ivr.toml:1:1: sip_port 10000 lies between rtp_start 10000 and rtp_end 11999; "
     "give it another"),
    ("\nrtp_end = 9000", "ivr.toml:2:1: rtp_start 10000 to rtp_end 9000 leaves no room; name at least 4 ports"),
    ("sip_port = 1\nsip_port = 2", "ivr.toml:2:1: not readable as TOML: Cannot overwrite a value; "
     "write `name = value` lines, texts in quotes"),
    ("sip_port: 5060", "ivr.toml:1:9: not readable as TOML: Expected '=' after a key in a key/value pair; "
     "write `name = value` lines, texts in quotes"),
    (f"data = {'[' * 5000}", "ivr.toml:1:1: this is nested too deep; write `name = value` lines"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "told"), BAD, ids=lambda text: text[:30])
def test_each_mistake_is_told_with_its_line_and_what_to_write(tmp_path, text, told):
    assert faults(tmp_path, text) == [told]


def test_a_name_unlike_any_other_is_answered_with_all_that_are_known(tmp_path):
    (told,) = faults(tmp_path, "zzz = 1")
    assert told.startswith("ivr.toml:1:1: `zzz` is no setting; known are data, flows, ")


def test_a_mistake_in_the_environment_names_the_variable(tmp_path):
    assert faults(tmp_path, IVR_SIP_PORT="80") == ["$IVR_SIP_PORT:1:1: `sip_port = 80`: it must be from 1024 to 65535"]
    assert faults(tmp_path, "ami_port = 5070", IVR_AGI_PORT="5070") == [
        "ivr.toml:1:1: agi_port and ami_port are both 5070; give each its own"
    ]
    assert faults(tmp_path, IVR_AGI_PORT="5060") == [
        "$IVR_AGI_PORT:1:1: sip_port and agi_port are both 5060; give each its own"
    ]
    assert faults(tmp_path, IVR_DATA="")[0].startswith("$IVR_DATA:1:1: ")


def test_a_folder_of_nobody(tmp_path):
    assert faults(tmp_path, 'data = "~nobody-of-that-name/x"')[0].endswith("; write the path of a folder")


def test_every_mistake_is_told_at_once(tmp_path):
    found = faults(tmp_path, 'sip_port = 80\nlanguage = "fr"\nnonsense = 1\n', IVR_BIND="here")
    assert [one.split(":")[0:2] for one in found] == [
        ["$IVR_BIND", "1"], ["ivr.toml", "1"], ["ivr.toml", "2"], ["ivr.toml", "3"],
    ]  # fmt: skip


def test_ports_that_clash_are_all_told(tmp_path):
    found = faults(tmp_path, "sip_port = 6000\nagi_port = 6000\nami_port = 6000\nhttp_port = 4574\n")
    assert len(found) == 4


def test_nothing_in_an_address_reaches_asterisks_files_as_a_line_of_its_own(tmp_path):
    assert faults(tmp_path, IVR_PUBLIC="127.0.0.1/8\n[evil]")
    assert faults(tmp_path, IVR_BIND="127.0.0.1\n[evil]")


def test_a_file_that_cannot_be_read(tmp_path):
    (tmp_path / FILE).mkdir()
    with pytest.raises(Faults, match=r"ivr.toml:1:1: the file cannot be read: "):
        load(tmp_path, {})


def test_a_file_that_is_not_utf8(tmp_path):
    (tmp_path / FILE).write_bytes("# ok\nflow = '热线'".encode("gbk"))
    with pytest.raises(Faults, match=r"ivr.toml:2:1: this is not UTF-8 text"):
        load(tmp_path, {})


def test_services_are_names_with_addresses(tmp_path):
    found = read(tmp_path, 'services = "crm=http://10.0.0.5:8080/api/ , tariffs=https://t.example"')
    assert found.service_addresses == {"crm": "http://10.0.0.5:8080/api", "tariffs": "https://t.example"}
    assert Settings().service_addresses == {}
