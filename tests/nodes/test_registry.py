"""Every node type has a test file and a call script that walks it."""

import ast
import re

import ivr.nodes
from ivr import schema
from ivr.audio.catalogue import load
from ivr.check import House, check, reachable
from ivr.flow import NODE_TYPES
from ivr.native import HOME
from ivr.outcomes import STAGES
from ivr.settingtypes import settings_of
from tests.calling import flow_named

FOLDERS = [HOME / "ivr/flows/hotline", HOME / "tests/flows/policy", HOME / "tests/flows/office"]


def test_every_node_type_has_a_test_file_named_after_it():
    missing = [kind for kind in NODE_TYPES if not (HOME / f"tests/nodes/test_{kind}.py").exists()]
    assert missing == []


def test_every_node_type_is_a_file_named_after_it():
    assert {path.stem for path in (HOME / "ivr/nodes").glob("[a-z]*.py")} == {*NODE_TYPES}


def test_every_node_type_is_walked_by_a_call_script():
    walked = set()
    for script in (file for folder in FOLDERS for file in folder.glob("*.call")):
        flow = flow_named(script.parent.name)
        path = re.search(r"^# path:(.*)$", script.read_text(), re.MULTILINE)
        assert path, f"{script.name} does not say its path"
        walked |= {flow.nodes[name].node.type for name in path[1].split()}
    assert {*NODE_TYPES} - walked == set()


def test_every_stage_has_an_outcome():
    stages = {kind.stage for kind in NODE_TYPES.values()} - {""}
    assert stages <= {*STAGES}
    assert stages == {*STAGES}


def test_every_setting_has_a_type_that_a_file_can_write():
    known = {one.__name__ for one in schema.TYPES}
    for kind in NODE_TYPES.values():
        for setting in settings_of(kind).values():
            if setting.name != "choices":
                assert setting.type.__name__ in known, f"{kind.type}.{setting.name}"


def test_every_node_type_says_what_it_is_for():
    for kind in NODE_TYPES.values():
        assert kind.__doc__
        assert not kind.__doc__.startswith(kind.__name__ + "("), f"{kind.type} has no docstring"
    assert ivr.nodes.__doc__


def test_the_scripts_flows_are_well_formed():
    for folder in FOLDERS:
        flow = flow_named(folder.name)
        assert reachable(flow) == {*flow.nodes}
        assert [fault for fault in check(flow, House()) if "no path" in fault.text] == []


def test_every_prompt_that_code_names_is_in_both_languages():
    named = set()
    for path in [HOME / "ivr/session.py", *(HOME / "ivr/nodes").glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("say", "Say", "Prompt"):
                words = [one for argument in node.args for one in ast.walk(argument) if isinstance(one, ast.Constant)]
                named |= {one.value for one in words if isinstance(one.value, str) and one.value not in ("", "+")}
    assert {"line-closing", "offer-number", "number/", "wrong-key"} <= named
    named = (named - {"number/"}) | {f"number/{digit}" for digit in range(10)}
    for language, prompts in load(HOME / "ivr/prompts").languages.items():
        assert {one for one in named if one not in prompts} == set(), language
