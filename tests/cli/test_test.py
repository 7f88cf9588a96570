"""`ivr test`: scripts as written, what differs, and what no script has walked."""

import json

import pytest

FLOW = """
flow: small
start: hello
always: {failed: person}
nodes:
  hello: {type: menu, prompt: main-menu, then: {1: person, no_answer: bye}}
  person: {type: queue, queue: intake, then: {answered: bye, timeout: bye, full: bye}}
  bye: {type: say, prompt: closing, then: {done: end}}
"""


@pytest.fixture
def flow(tmp_path):
    file = tmp_path / "small.yaml"
    file.write_text(FLOW)
    return file


@pytest.fixture
def scripts(ivr, flow):
    """A script for every outcome."""
    ivr("test", flow, "--missing")
    return flow.with_suffix("")


def test_the_shipped_flows_are_walked_whole(ivr):
    ran = ivr("test", "hotline", "--coverage")
    assert (ran.code, ran.err) == (0, "")
    assert "39 of 39 outcomes walked" in ran.out
    assert "NOT WALKED" not in ran.out


def test_what_no_script_has_walked_is_told_and_written(ivr, flow):
    before = ivr("test", flow, "--coverage")
    assert before.code == 1
    assert "0 of 0 scripts as written; 0 of 8 outcomes walked" in before.out
    assert "hello          1 NOT WALKED, no_answer NOT WALKED" in before.out
    assert ivr("test", flow, "--missing").out.count("written; read whether") == 8
    after = ivr("test", flow, "--coverage")
    assert (after.code, "8 of 8 outcomes walked" in after.out) == (0, True)


def test_a_changed_flow_shows_as_a_difference(ivr, flow, scripts):
    flow.write_text(FLOW.replace("prompt: closing", "prompt: line-closing"))
    ran = ivr("test", flow)
    assert ran.code == 1
    assert "hello-no_answer.call: comes out otherwise (- written, + now)" in ran.out
    assert "> say closing" in ran.out
    assert "> say line-closing" in ran.out
    told = json.loads(ivr("test", flow, "--json").out)[0]
    assert (told["ok"], told["not_walked"]) == (False, [])
    assert any("line-closing" in line for one in told["scripts"] for line in one["difference"])


def test_update_writes_the_scripts_as_they_come_out(ivr, flow, scripts):
    flow.write_text(FLOW.replace("prompt: closing", "prompt: line-closing"))
    assert ivr("test", flow, "--update").code == 0
    assert ivr("test", flow).code == 0


def test_scripts_of_another_flow(ivr, tmp_path, scripts):
    changed = tmp_path / "new.yaml"
    changed.write_text(FLOW.replace("no_answer: bye", "no_answer: person"))
    ran = ivr("test", changed, "--scripts", scripts)
    assert ran.code == 1
    assert "hello-no_answer.call: comes out otherwise" in ran.out


def test_what_is_wrong_is_told_in_a_sentence(ivr, flow, scripts):
    (scripts / "bad.call").write_text("hello\n")
    ran = ivr("test", flow)
    assert ran.code == 1
    assert "bad.call: no line of a call script" in ran.out
    (scripts / "bad.call").write_bytes(b"\xff\xfe")
    assert "is not UTF-8 text" in ivr("test", flow).err
    assert "there is no folder" in ivr("test", flow, "--scripts", "nowhere").err
    flow.write_text("flow: small\n")
    assert ivr("test", flow).code == 1


def test_a_script_that_stands_is_not_written_over(ivr, flow):
    folder = flow.with_suffix("")
    folder.mkdir()
    mine = folder / "hello-1.call"
    mine.write_text("# mine\n")
    assert "hello-1.call: stands already and was left as it is" in ivr("test", flow, "--missing").out
    assert mine.read_text() == "# mine\n"
