"""The pages say what the code does: tables, commands, links, names and examples are held to it."""

import argparse
import ast
import re
import tomllib
from pathlib import Path

import pytest

from ivr import settings as settings_
from ivr.__main__ import COMMANDS, parser
from ivr.audio.catalogue import load as load_catalogue
from ivr.call import Call
from ivr.check import check
from ivr.commands import Command
from ivr.demo.scenes import SCENES
from ivr.events import Event
from ivr.flow import END, NODE_TYPES, Flow
from ivr.flowfile import load, parse
from ivr.house import house_of
from ivr.native import HOME
from ivr.outcomes import OUTCOMES
from ivr.pbx import generate
from ivr.pbx.accounts import Accounts
from ivr.record import record
from ivr.settings import Settings, _Wrong
from ivr.settingtypes import convert, settings_of
from ivr.setup.__main__ import BENCH, DRAW, LINE, TEST
from ivr.store import Store
from tests.calling import HOTLINE
from tests.test_layers import KNOWS

PAGES = {path.relative_to(HOME).as_posix(): path.read_text() for path in [HOME / "README.md", *HOME.glob("docs/*.md")]}
CONF = "\n".join(path.read_text() for path in (HOME / "asterisk/conf").glob("*.conf"))
SOURCE = "\n".join(path.read_text() for path in (HOME / "ivr").rglob("*.py"))
CATALOGUE = load_catalogue(HOME / "ivr/prompts")
PROMPTS = {prompt for prompts in CATALOGUE.languages.values() for prompt in prompts}
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")

Table = list[dict[str, str]]


def page(name: str) -> str:
    return PAGES[name if name == "README.md" else f"docs/{name}.md"]


def plain(text: str) -> str:
    """A page without its fenced blocks."""
    return FENCE.sub("", text)


def fences(kind: str) -> list[tuple[str, str]]:
    return [(name, code) for name, text in PAGES.items() for lang, code in FENCE.findall(text) if lang == kind]


def tables(text: str) -> list[Table]:
    """Every table of a text; each row by its columns' names, the code signs left in."""
    found = []
    for block in re.findall(r"(?:^\|.*\n)+", plain(text) + "\n", re.MULTILINE):
        head, _, *rows = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in block.splitlines()]
        found.append([dict(zip(head, row, strict=True)) for row in rows])
    return found


def table(text: str, column: str) -> Table:
    """The only table whose first column has this name."""
    fitting = [one for one in tables(text) if next(iter(one[0])) == column]
    assert len(fitting) == 1, f"{len(fitting)} tables begin with `{column}`"
    return fitting[0]


def bare(cell: str) -> str:
    return cell.strip("`")


def coded(cell: str) -> list[str]:
    return SPAN.findall(cell)


def section(text: str, title: str) -> str:
    """The text below a heading, to the next of its rank or higher."""
    match = re.search(rf"^(#+) {re.escape(title)}\n(.*?)(?=^#{{1,2}} |^\1 |\Z)", text, re.MULTILINE | re.DOTALL)
    assert match, f"no heading {title!r}"
    return match[2]


# -- the picture of the flow ---------------------------------------------------------------------


def drawn(text: str) -> tuple[dict[str, str], set[tuple[str, str, str]]]:
    """Nodes with their labels, and edges (from, outcome, to), of a Mermaid flowchart."""
    shown = dict(re.findall(r'(\w+)[\[({]+"([^"]*)"[\])}]+', text))
    edges = set()
    for start, labels, end in re.findall(r"^\s*(\w+)\S* .*?(?:-->|-\.->)\|([^|]*)\| (\w+)$", text, re.MULTILINE):
        edges |= {(start, one.strip(), END if end == "hangup" else end) for one in labels.split(",")}
    return shown, edges


def edges_of(flow: Flow) -> set[tuple[str, str, str]]:
    """All edges but that of an agent's phrase or a hung-up message to the end, which no flow names."""
    told = {(place.name, outcome, to) for place in flow.nodes.values() for outcome, to in place.then.items()}
    told -= {(name, "ended", END) for name in flow.nodes}
    return told | {("always", outcome, to) for outcome, to in flow.always.items()}


@pytest.mark.parametrize("place", [0, 1], ids=["English", "Chinese"])
def test_the_picture_is_the_flow(place):
    drawing = [code for name, code in fences("mermaid") if name == "README.md"][place]
    flow = load(HOME / "ivr/flows/hotline.yaml")
    shown, edges = drawn(drawing)
    assert edges == edges_of(flow)
    assert f"--> {flow.start}\n" in drawing
    assert {*shown} - {"ring", "hangup", "always"} == {*flow.nodes}
    for name, one in flow.nodes.items():
        first, kind = shown[name].split("<br/>")
        played = getattr(one.node, "queue", "") or one.node.prompt
        assert (first.split()[0], kind) == (name, f"{one.node.type}: {played}")


# -- flows ---------------------------------------------------------------------------------------


def test_every_node_type_has_its_section():
    assert sorted(re.findall(r"^### `(\w+)`$", page("flows"), re.MULTILINE)) == sorted(NODE_TYPES)


KINDS = {"prompt": "Prompt", "queue": "Queue", "duration": "Seconds", "share": "Share", "mark": "Mark",
         "whole number": "int", "yes or no": "bool", "text": "str",
         "fact": "Fact", "key": "Key", "check digit": "CheckDigit", "calendar": "CalendarName",
         "desk": "Desk", "language": "Language",
         "service": "Service", "subflow": "SubflowName", "path": "WebPath", "answered": "Answered"}  # fmt: skip


@pytest.mark.parametrize("kind", NODE_TYPES)
def test_settings_of_a_node_type_are_told(kind):
    rows = table(section(page("flows"), f"`{kind}`"), "setting")
    known = {name: one for name, one in settings_of(NODE_TYPES[kind]).items() if name != "choices"}
    assert [bare(row["setting"]) for row in rows] == [*known]
    for row, setting in zip(rows, known.values(), strict=True):
        assert KINDS[row["kind"]] == setting.type.__name__, setting.name
        if setting.required:
            assert row["default"] == "*needed*", setting.name
        elif row["default"] == "none":
            assert not setting.default, setting.name
        else:
            assert convert(setting.type, bare(row["default"])) == setting.default, setting.name


@pytest.mark.parametrize("kind", NODE_TYPES)
def test_outcomes_of_a_node_type_are_told(kind):
    rows = table(section(page("flows"), f"`{kind}`"), "outcome")
    keys = [row for row in rows if row["outcome"].startswith(("the keys", "any text"))]
    assert bool(keys) == (NODE_TYPES[kind].keys_lead or NODE_TYPES[kind].values_lead)
    assert {bare(row["outcome"]) for row in rows if row not in keys} == {*NODE_TYPES[kind].outcomes}


@pytest.mark.parametrize(("name", "code"), [one for one in fences("yaml") if one[1].startswith("flow:")])
def test_every_flow_shown_is_without_faults(name, code):
    flow = parse(code, name)
    assert check(flow, house_of(Settings(), CATALOGUE)) == []


def test_a_flow_is_shown():
    assert [name for name, code in fences("yaml") if code.startswith("flow:")]


def test_stages_are_told():
    text = section(page("flows"), "What hanging up counts as")
    for kind in NODE_TYPES.values():
        assert f"`{kind.type}`" in text, kind.type


# -- settings ------------------------------------------------------------------------------------

FIELDS = Settings.__dataclass_fields__


def test_every_setting_is_told():
    rows = table(page("settings"), "setting")
    assert sorted(bare(row["setting"]) for row in rows) == sorted(FIELDS)
    for row in rows:
        field = FIELDS[bare(row["setting"])]
        assert bare(row["variable"]) == field.metadata["env"]
        default = field.default.relative_to(HOME) if isinstance(field.default, Path) else field.default
        assert bare(row["default"]) == (str(default) or '""'), field.name


@pytest.mark.parametrize("row", [row for row in table(page("settings"), "setting") if "–" in row["range"]],
                         ids=lambda row: bare(row["setting"]))  # fmt: skip
def test_ranges_are_as_told(row):
    read = FIELDS[bare(row["setting"])].metadata["read"]
    least, most = map(int, row["range"].split("–"))
    assert (read(least), read(most)) == (least, most)
    for value in (least - 1, most + 1):
        with pytest.raises(_Wrong):
            read(value)


def test_every_number_has_its_range():
    told = {bare(row["setting"]) for row in table(page("settings"), "setting") if "–" in row["range"]}
    assert told == {name for name, field in FIELDS.items() if isinstance(field.default, int)}


@pytest.mark.parametrize(("name", "code"), fences("toml"))
def test_every_ivr_toml_shown_is_without_faults(name, code, tmp_path):
    (tmp_path / settings_.FILE).write_text(code)
    loaded = settings_.load(tmp_path, {})
    assert tomllib.loads(code).items() <= {key: getattr(loaded, key) for key in FIELDS}.items(), name


def test_every_variable_named_exists():
    known = {field.metadata["env"] for field in FIELDS.values()} | {*re.findall(r"IVR_\w+", CONF + SOURCE)}
    for name, text in PAGES.items():
        assert {*re.findall(r"\bIVR_[A-Z_]+\b", text)} - {"IVR_"} - known == set(), name


def test_defaults_named_in_passing_are_the_defaults():
    """`name` (number): a setting with its default behind it."""
    for name, text in PAGES.items():
        for setting, number in re.findall(r"`(\w+)` \((\d+)\)", text):
            if setting in FIELDS:
                assert str(FIELDS[setting].default) == number, f"{name}: {setting}"


# -- records -------------------------------------------------------------------------------------


def amended() -> set[str]:
    """The fields that are added to a record after the call."""
    found = set()
    for path in (HOME / "ivr").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "amend_call":
                found |= {one.arg for one in node.keywords}
    return found


def test_every_field_of_a_record_is_told():
    told = [bare(row["field"]) for row in table(page("records"), "field")]
    assert sorted(told) == sorted({*record("1.1", Call(), HOTLINE)} | amended())


def test_every_outcome_is_told_in_the_order_of_its_rule():
    told = [bare(row["outcome"]) for row in table(page("records"), "outcome")]
    assert sorted(told) == sorted(OUTCOMES)
    assert told.index("served") < told.index("left_contact") < told.index("hung_up_menu") < told.index("failed")
    assert {*told[:4]} == {"busy", "fallback", "silent", "noisy"}
    short = [name for row in table(page("commands"), "outcome") for name in coded(row["outcome"])]
    assert sorted(short) == sorted(OUTCOMES)


def test_every_event_and_command_is_told():
    events = [name for row in table(page("records"), "event") for name in coded(row["event"])]
    assert sorted(events) == sorted(Event.family)
    commands = [name for row in table(page("records"), "command") for name in coded(row["command"])]
    assert sorted(commands) == sorted(Command.family)


def test_columns_of_promises_and_alarms_are_told(tmp_path):
    store = Store(tmp_path / "ivr.db")
    columns = {
        one: [row[1] for row in store._db.execute(f"pragma table_info({one})")] for one in ("promises", "alarms")
    }
    store.close()
    assert [bare(row["column"]) for row in table(page("records"), "column")] == columns["promises"]
    assert {*columns["alarms"]} <= {*coded(section(page("records"), "Alarms"))}


def test_every_kind_of_alarm_is_told():
    kinds = {*re.findall(r"alarm\(\s*[\w\"]+,\s*\"(\w+)\"", SOURCE)} | {*re.findall(r"\.alarm\(\s*\"(\w+)\"", SOURCE)}
    assert {bare(row["kind"]) for row in table(page("records"), "kind")} == kinds


# -- commands ------------------------------------------------------------------------------------


def said() -> list[tuple[str, str]]:
    """Everything in code: spans, indented lines, fenced lines."""
    found = []
    for name, text in PAGES.items():
        found += [(name, code) for code in SPAN.findall(plain(text))]
        found += [(name, line) for _, code in FENCE.findall(text) for line in code.splitlines()]
        found += [(name, line) for line in re.findall(r"^    (.*)$", plain(text), re.MULTILINE)]
    return found


INVOKED = [(name, code, *match.groups()) for name, code in said()
           for match in [re.search(r"(?:^|[/ |])ivr ([a-z]+)\b(.*)", code)] if match]  # fmt: skip


def test_every_command_named_exists_with_its_options():
    choices = next(one for one in parser()._actions if isinstance(one, argparse._SubParsersAction)).choices
    assert len(INVOKED) > 40
    for name, code, command, rest in INVOKED:
        assert command in COMMANDS, f"{name}: {code}"
        for option in re.findall(r"--[a-z-]+", rest):
            assert option in choices[command]._option_string_actions, f"{name}: {code}"


def test_every_command_is_told():
    told = {word for row in table(page("commands"), "command") for code in coded(row["command"])
            for word in code.split()[1:2]}  # fmt: skip
    assert told == {*COMMANDS}


def test_every_scene_is_told():
    rows = table(page("commands"), "scene")
    assert {bare(row["scene"]): bare(row["must end as"]) for row in rows} == {
        name: scene.outcome for name, scene in SCENES.items()
    }


def test_every_make_target_named_exists():
    targets = {*re.findall(r"^(\w+):", (HOME / "Makefile").read_text(), re.MULTILINE)}
    for name, code in said():
        for target in re.findall(r"(?:^|\s)make (\w+)", code):
            assert target in targets, f"{name}: {code}"


def test_every_check_of_the_doctor_is_told():
    known = set()
    for path in (HOME / "ivr/doctor").glob("*.py"):
        known |= {*re.findall(r"(?:Finding|_told)\(\s*\"([\w ]+)\"", path.read_text())}
    assert {bare(row["check"]) for row in table(section(page("operation"), "Is all in order?"), "check")} == known


# -- Asterisk ------------------------------------------------------------------------------------


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
    assert conf.count("eventfilter(action(include)") == 8


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


# -- architecture and dependencies ---------------------------------------------------------------


def test_who_may_import_whom_is_told():
    rows = table(page("architecture"), "module")
    assert {bare(row["module"]): {*coded(row["may import, of `ivr`"])} for row in rows} == KNOWS


def test_every_room_is_told():
    told = {name for row in table(page("architecture"), "room") for name in coded(row["room"])}
    there = {path.stem for path in (HOME / "ivr").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    rest = {"__init__", "__main__", "settings", "faults", "native", "ports", "prompts_ready", "table", "queues"}
    assert told <= there
    assert there - told <= rest, "a room that the page does not tell"


def test_pinned_versions_are_told():
    project = tomllib.loads((HOME / "pyproject.toml").read_text())["project"]
    pins = [*project["dependencies"], *(pin for extra in project["optional-dependencies"].values() for pin in extra)]
    told = {bare(row["package"]): row["version"] for one in tables(page("dependencies")) for row in one
            if "version" in row}  # fmt: skip
    assert told == dict(pin.partition(";")[0].strip().split("==") for pin in pins)
    for row in (row for one in tables(page("dependencies")) for row in one):
        assert all(row.values()), row["package"]


def test_debian_packages_are_told():
    rows = next(one for one in tables(page("dependencies")) if "tried with" in one[0])
    assert [bare(row["package"]) for row in rows] == [*LINE, *DRAW, *TEST, *BENCH]


# -- all pages -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAGES)
def test_every_link_resolves(name):
    for target in re.findall(r"\]\(([^)\s]+)\)", plain(PAGES[name])):
        path, _, anchor = target.partition("#")
        assert not re.match(r"\w+:", target), f"{target}: pages link within the project only"
        if path:
            assert (HOME / name).parent.joinpath(path).exists(), target
        if anchor and not path:
            assert f"# {anchor}\n" in PAGES[name]


def test_every_page_is_linked_from_the_readme_in_both_languages():
    halves = PAGES["README.md"].split("\n# 中文说明\n")
    assert len(halves) == 2
    for name in PAGES:
        if name != "README.md":
            assert all(f"]({name})" in half for half in halves), name


def test_every_file_named_exists():
    for name, code in said():
        if re.fullmatch(r"(ivr|tests|asterisk|docs)/[\w./-]+", code) and not re.search(r"[A-Z]{4}", code):
            assert (HOME / code).exists(), f"{name}: {code}"


OTHERS = {
    # Debian packages of the machine, and the context of the sample trunk
    "python3-venv",
    "python3-pip-whl",
    "from-carrier",
}


def test_every_prompt_named_exists():
    """What looks like a prompt's id, `two-words`, is one, or a name of asterisk/conf, a package, or a scene."""
    known = PROMPTS | {*SCENES} | OTHERS | {*LINE, *DRAW, *TEST, *BENCH} | {*re.findall(r"\[([\w-]+)\]", CONF)}
    known |= {*re.findall(r"\[([\w-]+)\]\(!\)", generate.generated(settings_.load(environment={}), Accounts((), "")))}
    known |= {bare(row["package"]) for one in tables(page("dependencies")) for row in one}
    for name, code in said():
        if re.fullmatch(r"[a-z]+(-[a-z]+)+", code):
            assert code in known, f"{name}: {code}"


def test_prompts_of_tables_exist():
    heard = {name for row in table(page("agents"), "dial") for name in coded(row["the agent hears"])}
    assert heard <= PROMPTS
    assert {name for name in heard if name.startswith("agent-")} == heard


def test_codes_are_those_of_the_dialplan():
    dialplan = CONF + "\n"
    for row in table(page("agents"), "dial"):
        first = coded(row["dial"])[0]
        assert f"exten => {first[:3]}," in dialplan
    for row in table(page("agents"), "key"):
        assert f"=> {bare(row['key'])},peer" in dialplan


@pytest.mark.parametrize("name", PAGES)
def test_pages_name_no_place_of_one_machine(name):
    assert not re.search(r"(?<![\w.])/(home|root|tmp|work|Users|mnt)/", PAGES[name])
