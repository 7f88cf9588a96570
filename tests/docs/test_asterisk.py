"""asterisk.md is what Asterisk's own files are."""

import re

from ivr import settings as settings_
from ivr.native import HOME
from ivr.pbx import generate
from ivr.pbx.accounts import Accounts
from tests.docs.pages import (
    CONF,
    bare,
    coded,
    page,
    table,
)


def test_every_file_of_asterisk_is_told():
    told = [bare(row["file"]) for row in table(page("asterisk"), "file")]
    assert sorted(told) == sorted(path.name for path in (HOME / "asterisk/conf").iterdir())


def test_every_template_is_told():
    made = generate.generated(settings_.load(environment={}), Accounts((), "secret"))
    told = {bare(row["template"]): bare(row["used by"]) for row in table(page("asterisk"), "template")}
    assert {*told} == {*re.findall(r"^\[([\w-]+)\]\(!\)", made, re.MULTILINE)}
    for name, file in told.items():
        assert name in (HOME / "asterisk/conf" / file).read_text(), name


def test_every_context_is_told():
    dialplan = (HOME / "asterisk/conf/extensions.conf").read_text()
    contexts = {*re.findall(r"^\[([\w-]+)\]", dialplan, re.MULTILINE)} - {"globals"}
    assert {name for row in table(page("asterisk"), "context") for name in coded(row["context"])} == contexts


def test_ami_rights_are_as_told():
    conf = (HOME / "asterisk/conf/manager.conf").read_text()
    for right in re.findall(r"^(?:read|write)=.*$", conf, re.MULTILINE):
        assert f"`{right}`" in page("asterisk")
    assert conf.count("eventfilter(action(include)") == 10


def test_what_else_is_said_of_asterisk():
    assert "strategy=leastrecent" in CONF
    assert {"maxlen=100", "ringinuse=no", "timers_sess_expires=180", "rtp_timeout_hold=600"} <= {*CONF.split("\n")}
    assert "autoload=no" in CONF
    assert not re.search(r"^load=bridge_(simple|native_rtp)", CONF, re.MULTILINE)
    assert re.search(r"IVR_LAPS}\s*> 30", CONF)
    assert {"IVR_QUEUE_WAIT = 300", "IVR_MOST_RESUMES = 5"} <= {
        *generate.generated(settings_.load(environment={}), Accounts((), "")).split("\n")
    }


def test_audio_is_bound_where_sip_is():
    """Without its `transport` an endpoint opens its RTP ports on every address of the machine."""
    pjsip = (HOME / "asterisk/conf/pjsip.conf").read_text()
    for name in ("public", "agent"):
        body = re.search(rf"^\[{name}\].*\n((?:(?!\[).*\n)*)", pjsip, re.MULTILINE)
        assert body
        assert "type=endpoint" in body[1]
        assert "transport=transport-udp" in body[1], name
