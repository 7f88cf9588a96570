"""Asterisk's files: what they allow, what they name, and who can read them."""

import re
import stat
from pathlib import Path

import pytest

from ivr.audio.catalogue import load as load_prompts
from ivr.check import QUEUES as known
from ivr.pbx import accounts, generate
from ivr.settings import load

CONF = {path.name: path.read_text() for path in generate.CONF.glob("*.conf")}
LANGUAGES = load_prompts(Path(generate.HOME) / "ivr/prompts").languages
QUEUES = ("intake", "inquiry", "complaint")


def sections(text: str) -> dict[str, list[str]]:
    """Sections of a file, comments and templates' names left out."""
    found: dict[str, list[str]] = {"": []}
    name = ""
    for raw in text.splitlines():
        line = re.sub(r"(^|\s);.*", "", raw).strip()
        if head := re.match(r"\[([^]]+)\]", line):
            name = head[1]
            found.setdefault(name, [])
        elif line:
            found[name].append(line)
    return found


DIALPLAN = sections(CONF["extensions.conf"])
PLAN = "\n".join(line for lines in DIALPLAN.values() for line in lines)


def test_a_machine_s_own_asterisk_brings_the_descriptions_that_it_needs(tmp_path, monkeypatch):
    """And a link into packages that were taken away is set anew."""
    monkeypatch.setattr(generate, "ROOT", tmp_path / "unpacked")
    here = tmp_path / "unpacked/usr/share/asterisk/documentation"
    here.mkdir(parents=True)
    assert generate.documentation() != here, "an empty folder is none"
    (here / "core-en_US.xml").touch()
    assert generate.documentation() == here
    settings = load(tmp_path, {"IVR_DATA": str(tmp_path / "data")})
    settings.data.mkdir()
    (settings.data / "documentation").symlink_to("/nowhere")
    generate.write(settings, accounts.load(settings.data))
    assert (settings.data / "documentation/core-en_US.xml").exists()


@pytest.fixture
def written(tmp_path):
    settings = load(tmp_path, {"IVR_DATA": str(tmp_path / "data"), "IVR_SIP_PORT": "5071", "IVR_AMI_PORT": "5072"})
    made = accounts.load(settings.data)
    main = generate.write(settings, made)
    return settings, made, main


def test_a_stranger_can_dial_95585_and_nothing_else():
    dialled = [re.match(r"exten => ([^,]+),", line)[1] for line in DIALPLAN["public"] if line.startswith("exten")]
    assert dialled == ["95585", "_95585*X", "_95585*XX"], "drafts, where SIP is bound to loopback: one digit a place"
    assert not any("include" in line for line in DIALPLAN["public"])


def test_no_call_leaves_through_a_trunk():
    placed = re.findall(r"\b(Dial|Originate|FollowMe|Page|RetryDial)\(([^,)]*)", PLAN)
    assert placed == [("Dial", "PJSIP/${STRREPLACE(NUMBERS"), ("Dial", "PJSIP/${EXTEN}")]
    assert "Set(NUMBERS=${FILTER(0-9&,${ARG1})})" in PLAN, "a desk is numbers of this house"
    assert any("Dial(PJSIP/${EXTEN}" in line for line in DIALPLAN["agent"])
    assert not any("PJSIP/" in line and "@" in line for line in PLAN.splitlines())


def test_nothing_a_caller_writes_reaches_the_shell():
    assert not re.search(r"\b(System|TrySystem|SHELL|EVAL|AGI\(\$|CURL)\b", PLAN)
    assert "${CALLERID" not in PLAN


def test_the_controllers_account_cannot_run_programs_or_place_calls():
    text = sections(CONF["manager.conf"])
    values = dict(re.split(r"\s*=\s*", line, maxsplit=1) for line in text["ivr"])
    rights = {name: set(values[name].split(",")) for name in ("read", "write")}
    forbidden = {"command", "originate", "config", "system", "all", "dialplan"}
    assert not (rights["read"] | rights["write"]) & forbidden
    assert "permit=127.0.0.1/255.255.255.255" in text["ivr"]
    assert "deny=0.0.0.0/0.0.0.0" in text["ivr"]
    assert "webenabled=no" in text["general"]


def test_every_port_is_bound_to_loopback_by_default(written):
    settings, made, _ = written
    text = generate.generated(settings, made)
    assert re.findall(r"^bind(?:addr)? = (\S+)$", text, re.MULTILINE) == ["127.0.0.1:5071", "127.0.0.1"]
    assert "IVR_AGI = 127.0.0.1:" in text
    bound = re.findall(r"^\s*(?:bind\w*|tlsbindaddr|tcpbindaddr)\s*=", "\n".join(CONF.values()), re.MULTILINE)
    assert bound == [], "a port that is bound in a file of asterisk/conf is out of the settings' reach"


def test_ports_and_secrets_come_from_the_generated_include_only(written):
    _, made, main = written
    assert "port = 5072" in (main.parent / "generated.conf").read_text()
    for name, text in CONF.items():
        assert not re.search(r"^\s*(secret|password|port|rtpstart|rtpend)\s*=", text, re.MULTILINE), name
        assert made.ami_secret not in text


def test_templates_that_the_files_inherit_are_generated(written):
    settings, made, _ = written
    text = generate.generated(settings, made)
    given = set(re.findall(r"^\[([\w-]+)\]\(!\)$", text, re.MULTILINE))
    wanted = set()
    for one in CONF.values():
        wanted |= set(re.findall(r"^\[[\w-]+\]\((?:!,)?(ivr-[\w-]+)\)", one, re.MULTILINE))
    assert wanted == given


def test_secrets_can_be_read_by_their_owner_only(written):
    settings, _, main = written
    for path in (settings.data / "accounts.json", main.parent / "generated.conf", main.parent / "agents.conf"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


def test_secrets_are_made_once_and_differ(written):
    settings, made, _ = written
    again = accounts.load(settings.data)
    assert made.fresh
    assert not again.fresh
    assert (again.agents, again.ami_secret) == (made.agents, made.ami_secret)
    secrets = [agent.secret for agent in made.agents] + [made.ami_secret]
    assert len(set(secrets)) == 4
    assert min(map(len, secrets)) >= 16
    assert [agent.number for agent in made.agents] == ["1001", "1002", "1003"]


def test_the_admins_files_are_linked_so_that_an_edit_counts(written):
    _, _, main = written
    for name in CONF:
        assert (main.parent / name).resolve() == generate.CONF / name


def test_writing_again_changes_nothing_but_is_allowed(written):
    settings, made, main = written
    before = {path.name: path.read_text() for path in main.parent.iterdir()}
    assert generate.write(settings, made) == main
    assert {path.name: path.read_text() for path in main.parent.iterdir()} == before


def test_every_agent_has_an_endpoint_an_auth_and_an_aor(written):
    _, made, main = written
    text = (main.parent / "agents.conf").read_text()
    for agent in made.agents:
        assert f"[{agent.number}](agent)" in text
        assert f"[{agent.number}-auth](agent-auth)" in text
        assert f"password = {agent.secret}" in text
        assert f"[{agent.number}](agent-aor)" in text


def test_every_prompt_the_dialplan_plays_is_in_both_languages():
    played = set()
    for names in re.findall(r"Playback\(((?:[^()]|\([^()]*\))*)\)", PLAN) + re.findall(r"Set\(WORDS=([^)]*)\)", PLAN):
        names = names.replace("${WORDS}", "").replace("${IVR_AGENT:${I}:1}", "#")
        for one in filter(None, names.split("&")):
            if "${IVR_QUEUE}" in one:
                played |= {one.replace("${IVR_QUEUE}", queue) for queue in QUEUES}
            elif "#" in one:
                played |= {one.replace("#", digit) for digit in "0123456789"}
            else:
                played.add(one)
    assert len(played) > 20
    for language in ("zh", "en"):
        assert {one for one in played if one not in LANGUAGES[language]} == set(), language
        assert all(LANGUAGES[language][one].built for one in played)


def test_every_module_is_there(written):
    folder = generate.folders(written[0])["astmoddir"]
    listed = re.findall(r"^load\s*=\s*(\S+)$", CONF["modules.conf"], re.MULTILINE)
    assert len(listed) > 30
    assert len(listed) == len(set(listed))
    assert [name for name in listed if not (folder / name).exists()] == []


def test_every_application_and_function_of_the_dialplan_has_its_module():
    """The names that app_*.so and func_*.so bear are those of what is in them."""
    loaded = set(re.findall(r"^load\s*=\s*(?:app|res|func)_(\w+)\.so$", CONF["modules.conf"], re.MULTILINE))
    apps = {"Playback": "playback", "Queue": "queue", "Dial": "dial", "MixMonitor": "mixmonitor", "AGI": "agi",
            "SoftHangup": "softhangup", "While": "while", "ExecIf": "exec", "Gosub": "stack"}  # fmt: skip
    for name, module in apps.items():
        if re.search(rf"\b{name}\(", PLAN):
            assert module in loaded, name


def test_the_queues_are_those_that_a_flow_may_name():
    named = set(sections(CONF["queues.conf"])) - {"", "general", "line"}
    assert named == set(known) == set(accounts.QUEUES)


def test_ring_cadence_is_chinas():
    assert "ringcadence=1000,4000" in CONF["indications.conf"]


@pytest.mark.parametrize(
    ("bind", "may"), [("127.0.0.1", "yes"), ("127.0.0.2", "yes"), ("10.0.0.5", "no"), ("0.0.0.0", "no")]
)
def test_the_public_dials_drafts_only_where_it_is_on_this_machine(bind, may):
    made = generate.generated(load(environment={"IVR_BIND": bind}), accounts.Accounts((), ""))
    assert f"IVR_DRAFTS = {may}\n" in made


def test_every_ami_action_of_ours_is_one_that_a_loaded_module_brings(written):
    """One that nobody brings is refused only when a call needs it."""
    settings, *_ = written
    places = (settings.data / "documentation", Path("/usr/share/asterisk/documentation"))
    described = next(place / "core-en_US.xml" for place in places if place.is_dir()).read_text()
    brought = dict(re.findall(r'<manager name="(\w+)" language="en_US" module="(\w+)"', described))
    sources = "".join(path.read_text() for path in (generate.HOME / "ivr").rglob("*.py") if "demo" not in path.parts)
    used = set(re.findall(r'\b(?:act|rows)\(\s*"(\w+)"', sources))
    assert {"Redirect", "MixMonitorMute", "QueueAdd"} <= used
    loaded = set(re.findall(r"^load=(\w+)\.so", CONF["modules.conf"], re.MULTILINE)) | {"builtin", "core"}
    assert {action: brought[action] for action in used if brought[action] not in loaded} == {}
