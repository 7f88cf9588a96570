"""The house's rules, held over the syntax tree: who imports whom, what the pure rooms keep out, what is documented."""

import ast
import re

import pytest

from ivr.native import HOME

FILES = {
    ".".join(path.relative_to(HOME).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted((HOME / "ivr").rglob("*.py"))
}
TREES = {name: ast.parse(path.read_text()) for name, path in FILES.items()}

PURE = {
    "wire", "events", "commands", "call", "outcomes", "ask", "flow", "session", "script", "settingtypes", "faults",
    "flowfile", "subflows", "flowparts", "yamlfile", "check", "checkdigit", "calendars", "calendarask", "services",
    "breaker", "masking", "checkkeys", "checkfacts", "states", "bounds",
    "prove", "vetting", "flowdiff", "merge", "flowmark", "trial", "whatif", "record", "nodes",
    "pbx.agi", "pbx.keys", "pbx.caller", "pbx.needs",
    "audio.detector", "audio.hearing", "audio.features", "audio.examine",
}  # fmt: skip
"""Modules, and packages with all that is in them, without clock, chance, sockets or tasks."""

KNOWS = {
    "wire": set(),
    "faults": set(),
    "events": {"wire"},
    "commands": {"wire"},
    "call": {"events"},
    "ask": {"call", "commands", "events"},
    "flow": {"ask", "call", "faults"},
    "nodes": {"nodes", "ask", "call", "checkdigit", "commands", "events", "flow"},
    "outcomes": {"call"},
    "checkdigit": set(),
    "breaker": set(),
    "services": set(),
    "masking": {"call", "commands", "events", "session"},
    "yamlfile": {"faults"},
    "calendars": {"faults", "yamlfile"},
    "calendarask": {"commands", "events"},
    "settingtypes": {"checkdigit", "flow"},
    "subflows": {"faults", "flow", "nodes"},
    "flowparts": set(),
    "flowfile": {"nodes", "faults", "flow", "flowmark", "flowparts", "settingtypes", "subflows", "yamlfile"},
    "promptlengths": set(),
    "check": {"call", "faults", "flow", "promptlengths", "settingtypes"},
    "checkkeys": {"check", "checkdigit", "faults", "flow", "nodes"},
    "states": {"call", "flow", "nodes", "session"},
    "bounds": {"call", "faults", "flow", "states"},
    "checkfacts": {"call", "check", "faults", "flow", "states"},
    "prove": {"bounds", "call", "check", "checkfacts", "faults", "flow", "states"},
    "vetting": {"check", "checkkeys", "faults", "flow", "prove", "states"},
    "flowdiff": {"flow", "flowparts", "settingtypes"},
    "merge": {"flowdiff"},
    "flowmark": set(),
    "trial": {"outcomes"},
    "versions": {"store"},
    "notices": {"store"},
    "session": {"outcomes", "ask", "call", "commands", "events", "flow"},
    "script": {"commands", "events", "session"},
    "whatif": {"commands", "events", "flow", "session"},
    "calltest": {"call", "flow", "script", "session"},
    "walks": {"calltest", "commands", "events", "flow", "nodes", "script", "session", "states"},
    "explore": {"call", "calltest", "commands", "events", "flow", "states", "walks"},
    "witness": {"call", "calltest", "explore", "flow", "states", "walks"},
    "drawing": {"flow", "flowdiff"},
    "palette": {"drawing", "flow"},
    "picturewords": {"flow"},
    "picture": {"call", "drawing", "flow", "palette", "picturewords"},
    "mermaid": {"call", "drawing", "flow", "palette", "picturewords"},
    "schema": {"checkdigit", "flow", "settingtypes"},
    "record": {"call", "flow"},
    "eventlog": set(),
    "database": set(),
    "store": {"database", "eventlog"},
    "ledger": {"store"},
    "channel": {"commands", "events"},
    "driver": {"calendarask", "channel", "commands", "events", "session", "store"},
}
"""Whom each may import, at most; rooms not named here are held by the rules below."""


def ours(name: str) -> str:
    """`ivr.nodes.menu` -> `nodes.menu`."""
    return name.removeprefix("ivr").removeprefix(".")


def imports(name: str) -> set[str]:
    """All modules that a module imports, by their full names."""
    found = set()
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{name} imports relatively"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                found.add(whole if whole in TREES else node.module)
    return found


def within(name: str, rooms) -> bool:
    return any(name == room or name.startswith(f"{room}.") for room in rooms)


def room(name: str) -> str:
    return ours(name).split(".")[0]


def our_imports(name: str) -> set[str]:
    return {ours(one) for one in imports(name) if one.split(".")[0] == "ivr"} - {""}


PURE_FILES = sorted(name for name in TREES if within(ours(name), PURE))


@pytest.mark.parametrize("name", sorted(KNOWS))
def test_who_may_import_whom(name):
    for one in TREES:
        if within(ours(one), {name}):
            known = {other.split(".")[0] for other in our_imports(one)}
            assert known - KNOWS[name] == set(), f"{one} imports what it should not know"


def test_the_port_on_asterisk_never_sees_flows_nodes_or_the_session():
    for name in TREES:
        if room(name) == "pbx":
            seen = {one.split(".")[0] for one in our_imports(name)}
            assert not seen & {"flow", "nodes", "flowfile", "session", "script", "check", "ask", "call", "store"}, name


def test_the_ear_knows_nothing_of_calls():
    for name in TREES:
        if room(name) == "audio":
            assert {one.split(".")[0] for one in our_imports(name)} <= {"audio", "faults", "native"}, name


def test_nobody_imports_the_command_line():
    for name in TREES:
        if room(name) not in ("cli", "__main__"):
            assert not [one for one in our_imports(name) if one.split(".")[0] in ("cli", "__main__")], name


def test_the_program_does_not_need_its_tests():
    for name in TREES:
        assert not [one for one in imports(name) if one.split(".")[0] in ("tests", "pytest", "hypothesis")], name


def test_no_circles():
    def walk(name, above):
        assert name not in above, " -> ".join([*above, name])
        if name in done:
            return
        for one in sorted(imports(name) & TREES.keys()):
            # A module may import from the package it is in.
            if not name.startswith(f"{one}."):
                walk(one, [*above, name])
        done.add(name)

    done: set[str] = set()
    for name in TREES:
        walk(name, [])


@pytest.mark.parametrize("name", PURE_FILES)
def test_pure_rooms_have_no_clock_chance_socket_or_task(name):
    roots = {one.split(".")[0] for one in imports(name)}
    forbidden = {"asyncio", "time", "random", "socket", "secrets", "threading", "subprocess", "select", "uvloop"}
    assert not roots & forbidden
    called = {ast.unparse(node) for node in ast.walk(TREES[name]) if isinstance(node, ast.Attribute)}
    assert not {one for one in called if re.search(r"\b(datetime|date)\.(now|today|utcnow)$", one)}


def test_every_room_named_pure_exists():
    assert {one for one in PURE if not any(within(ours(name), {one}) for name in TREES)} == set()
    assert {one for one in KNOWS if f"ivr.{one}" not in TREES} == set()


@pytest.mark.parametrize("name", sorted(TREES))
def test_every_module_says_what_it_is(name):
    docstring = ast.get_docstring(TREES[name])
    assert docstring
    assert docstring.splitlines()[0].rstrip().endswith((".", ":", "…", ";", ",")) or len(docstring.splitlines()) > 1


@pytest.mark.parametrize("name", sorted(name for name in TREES if room(name) not in ("cli", "__main__", "setup")))
def test_all_that_is_public_is_documented(name):
    """A method that fulfils what a base class documents (run, tick of a protocol) needs no words of its own."""
    inherited = {"run", "mistake", "longest", "connection_made", "data_received", "connection_lost"}
    for node in TREES[name].body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{name}.{node.name}"
            for one in node.body:
                if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef):
                    public = not one.name.startswith("_") and one.name not in inherited
                    assert not public or ast.get_docstring(one), f"{name}.{node.name}.{one.name}"
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{name}.{node.name}"


def test_events_and_commands_are_never_changed():
    """They are not frozen at run time, for speed: nobody may assign to a field of one."""
    fields = set()
    for name in ("ivr.events", "ivr.commands"):
        for kind in ast.walk(TREES[name]):
            if isinstance(kind, ast.AnnAssign) and isinstance(kind.target, ast.Name):
                fields.add(kind.target.id)
    for name in PURE_FILES:
        for node in ast.walk(TREES[name]):
            targets = node.targets if isinstance(node, ast.Assign) else []
            for target in [one for whole in targets for one in ast.walk(whole) if isinstance(one, ast.Attribute)]:
                owner = ast.unparse(target.value)
                assert owner not in ("event", "command", "answer", "left", "message"), f"{name}: {ast.unparse(node)}"
    assert {"key", "prompts", "to"} <= fields


TESTED = {
    "wire": "test_wire", "events": "test_wire", "commands": "test_wire", "script": "test_wire", "call": "test_outcomes",
    "outcomes": "test_outcomes", "record": "test_outcomes", "session": "test_outcomes", "ask": "test_ask",
    "flow": "test_flowfile", "flowfile": "test_flowfile", "yamlfile": "test_flowfile", "checkdigit": "test_checkdigit",
    "calendars": "test_calendars", "calendarask": "test_calendars", "livecalendars": "test_calendars",
    "subflows": "test_subflows", "flowparts": "test_subflows",
    "checkkeys": "test_checkkeys", "checkfacts": "test_checkfacts", "states": "test_states", "bounds": "test_prove",
    "breaker": "test_breaker", "services": "test_lookups", "lookups": "test_lookups", "masking": "test_masking",
    "check": "test_check", "settingtypes": "test_settingtypes",
    "prove": "test_prove", "vetting": "test_vetting", "whatif": "test_whatif", "flowdiff": "test_flowdiff",
    "merge": "test_merge",
    "flowmark": "test_flowmark", "trial": "test_trial", "versions": "test_versions", "liveflows": "test_liveflows",
    "notices": "test_notices", "livenotices": "test_notices",
    "faults": "test_flowfile", "settings": "test_settings", "resume": "test_resume", "driver": "test_driver",
    "store": "test_store", "database": "test_store", "eventlog": "test_eventlog", "collect": "test_collect",
    "ports": "test_ports", "flowwatch": "test_flowwatch",
    "pbx.agi": "pbx/test_agi", "pbx.keys": "pbx/test_keys", "pbx.caller": "pbx/test_caller",
    "pbx.needs": "pbx/test_needs",
    "pbx.server": "pbx/test_server", "pbx.audiosocket": "pbx/test_audiosocket", "pbx.generate": "pbx/test_generate",
    "pbx.accounts": "pbx/test_generate", "pbx.sounds": "pbx/test_sounds",
}  # fmt: skip


def test_what_is_pure_is_tested_where_one_looks_for_it():
    for name in PURE_FILES:
        where = TESTED.get(ours(name))
        if room(name) == "nodes":
            where = "nodes/test_" + (ours(name).removeprefix("nodes.") if ours(name) != "nodes" else "registry")
        if room(name) == "audio":
            continue
        assert where, f"{name} has no tests"
    for name, where in TESTED.items():
        path = HOME / f"tests/{where}.py"
        assert path.exists(), where
        told = re.sub(r"[^\w.]", " ", path.read_text() + (HOME / "tests/calling.py").read_text())
        last = name.split(".")[-1]
        assert re.search(rf"\b(ivr\.{re.escape(name)}|import {last}|{last})\b", told), f"{where} does not use {name}"
