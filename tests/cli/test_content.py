"""`ivr check`, `ivr listen` and `ivr prompts`."""

import json
import shutil
import textwrap

import pytest

from ivr.cli import prompts
from ivr.native import HOME
from tests.waves import write_silence

BROKEN = "flow: new\nstart: nowhere\nalways: {}\nnodes:\n  a: {type: say, prompt: closing, then: {done: end}}\n"


def test_check_says_ok(ivr):
    ran = ivr("check")
    assert ran.code == 0
    assert f"{HOME / 'ivr/flows/hotline.yaml'}: ok" in ran.out


def test_check_names_every_mistake_with_its_place(ivr, tmp_path):
    file = tmp_path / "new.yaml"
    file.write_text(BROKEN)
    ran = ivr("check", file, "hotline")
    assert ran.code == 1
    assert f"{file}:2:8: `start` leads to `nowhere`" in ran.out
    assert f"{file}:3:1: `always` must name a node for `failed`" in ran.out
    assert "hotline.yaml: ok" in ran.out


def test_check_as_json(ivr, tmp_path):
    file = tmp_path / "new.yaml"
    file.write_text(BROKEN)
    ran = ivr("check", "--json", file, "hotline")
    assert ran.code == 1
    broken, fine = json.loads(ran.out)
    assert (broken["ok"], fine["ok"], fine["faults"]) == (False, True, [])
    assert (broken["faults"][0]["line"], broken["faults"][0]["column"]) == (2, 8)


def test_check_of_a_prompt_that_is_not_there(ivr, tmp_path):
    file = tmp_path / "hotline.yaml"
    file.write_text((HOME / "ivr/flows/hotline.yaml").read_text().replace("prompt: closing", "prompt: cloising"))
    assert "plays `cloising`, but ivr/prompts has no such prompt" in ivr("check", file).out


ROUND = """\
flow: round
start: hello
always: {failed: desk}
nodes:
  hello: {type: menu, prompt: main-menu, then: {1: desk, no_answer: hello}}
  desk: {type: queue, queue: intake, timeout: 1m, then: {answered: end, timeout: bye, full: bye}}
  bye: {type: say, prompt: closing, then: {done: end}}
"""


def test_why_shows_a_call_that_goes_wrong_and_it_plays(ivr, tmp_path):
    file = tmp_path / "round.yaml"
    file.write_text(ROUND)
    shown = ivr("check", file, "--why").out
    assert shown.startswith(f"{file}:5:3: the call goes round without anybody doing anything: hello → hello;")
    script = tmp_path / "why.call"
    script.write_text(textwrap.dedent(shown.split("\n", 2)[2]).rstrip() + "\n")
    assert "# path: hello hello\n" in script.read_text()
    (found,) = json.loads(ivr("check", file, "--why", "--json").out)
    assert found["faults"][0]["why"] == script.read_text()
    assert "why" not in json.loads(ivr("check", file, "--json").out)[0]["faults"][0]
    (tmp_path / "scripts").mkdir()
    script.rename(tmp_path / "scripts/why.call")
    assert "1 of 1 scripts as written" in ivr("test", file, "--scripts", tmp_path / "scripts").out


def test_check_without_flows(ivr, tmp_path, monkeypatch):
    monkeypatch.setenv("IVR_FLOWS", str(tmp_path))
    assert "there are no flow files" in ivr("check").err
    assert "there is no flow `x`" in ivr("check", "x").err


def test_listen_gives_an_object_for_one_file_and_an_array_for_more(ivr, tmp_path):
    file = write_silence(tmp_path / "silence.wav", 3.0)
    one = json.loads(ivr("listen", file).out)
    assert (one["label"], one["file"]) == ("silent", str(file))
    assert {"decided_at", "evidence"} <= set(one)
    assert json.loads(ivr("listen", "--json", file, file).out) == [one, one]
    assert json.loads(ivr("listen", file, "--far", file).out)["label"] == "silent"


def test_listen_tells_of_a_file_it_cannot_hear_and_of_the_others(ivr, tmp_path):
    ran = ivr("listen", write_silence(tmp_path / "silence.wav", 3.0), tmp_path / "none.wav")
    assert ran.code == 1
    assert [one["label"] for one in json.loads(ran.out)] == ["silent"]
    assert "none.wav cannot be read: No such file or directory." in ran.err
    assert ivr("listen", tmp_path / "none.wav").out == ""
    assert "--far belongs to one file" in ivr("listen", "a", "b", "--far", "c").err


@pytest.fixture
def few(tmp_path, monkeypatch):
    """Two prompts in two languages, and a cache of their own."""
    folder = tmp_path / "prompts"
    folder.mkdir()
    (folder / "zh.yaml").write_text("closing: 感谢来电,再见!\nwait: 请稍等。\n")
    (folder / "en.yaml").write_text("closing: Goodbye.\nwait: Please wait.\n")
    monkeypatch.setenv("IVR_PROMPTS", str(folder))
    monkeypatch.setattr(prompts, "CACHE", tmp_path / "cache")
    return folder


def test_prompts_are_built_once_and_then_fit(ivr, few):
    ran = ivr("prompts", "build")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("4 prompts (4 synthesised), 4 made just now, in ")
    assert "0 made just now" in ivr("prompts", "build").out
    assert ivr("prompts", "check").out == "4 prompts: ok\n"


def test_the_check_names_what_is_missing_and_stale(ivr, few):
    assert ivr("prompts", "check").err.count("is missing: build the prompts") == 8
    ivr("prompts", "build")
    (few / "zh.yaml").write_text("closing: 再见!\nwait: 请稍等。\n")
    ran = ivr("prompts", "check")
    assert ran.code == 1
    assert f"{few}/zh.yaml:1:1: `closing` is stale" in ran.err


def test_a_broken_studio_recording_is_told_and_all_else_is_built(ivr, few, settings):
    (few / "studio/zh").mkdir(parents=True)
    (few / "studio/zh/closing.wav").write_text("rubbish")
    ran = ivr("prompts", "build")
    assert ran.code == 1
    assert ran.err.startswith("ivr: 1 of the prompts cannot be built; all others are\n")
    assert "`closing` cannot be built: closing.wav" in ran.err
    assert (settings.data / "sounds/zh/wait.wav").exists()


def test_a_missing_synthesiser_is_told_once(ivr, few, monkeypatch):
    monkeypatch.setenv("IVR_SYNTHESISER", "no-such-program {text} {out}")
    ran = ivr("prompts", "build")
    assert ran.code == 1
    assert ran.err.startswith("ivr: 4 of the prompts cannot be built")
    assert "and 1 more for this reason: the synthesiser cannot be started" in ran.err


def test_a_folder_that_cannot_be_written_is_told(ivr, few, settings):
    settings.data.parent.mkdir(exist_ok=True)
    settings.data.write_text("a file where a folder should be")
    ran = ivr("prompts", "build")
    assert ran.code == 1
    assert ran.err.startswith(f"ivr: the prompts cannot be written to {settings.data / 'sounds'}: ")


def test_a_mistake_in_the_texts_is_told(ivr, few):
    shutil.copy(few / "zh.yaml", few / "en.yaml")
    (few / "zh.yaml").write_text("closing: \n")
    for command in (("prompts", "build"), ("prompts", "check"), ("check",), ("simulate", "hotline")):
        ran = ivr(*command)
        assert ran.code == 1
        assert f"{few}/zh.yaml:1:" in ran.err


def test_check_in_chinese_by_option_and_by_locale(ivr, tmp_path, monkeypatch):
    file = tmp_path / "new.yaml"
    file.write_text(BROKEN)
    asked = ivr("check", file, "--lang", "zh").out
    assert f"{file}:2:8: `start` 通到 `nowhere`,但没有这个节点;请写一个节点名\n" in asked
    assert "没有问题" in ivr("check", "hotline", "--lang", "zh").out
    told = json.loads(ivr("check", file, "--lang", "zh", "--json").out)[0]["faults"]
    assert any("没有这个节点" in fault["text"] for fault in told)
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert ivr("check", file).out == asked
    assert "没有流程 `x`" in ivr("check", "x").err
    assert "`start` leads to" in ivr("check", file, "--lang", "en").out
    monkeypatch.setenv("IVR_SIP_PORT", "1")
    assert ivr("calls").err == "$IVR_SIP_PORT:1:1: `sip_port = 1`:必须在 1024 到 65535 之间\n"


def test_why_is_shown_of_a_flow_that_cannot_be_read_whole(ivr, tmp_path):
    file = tmp_path / "round.yaml"
    file.write_text(ROUND.replace("full: bye", "full: by"))
    shown = ivr("check", file, "--why").out
    assert f"{file}:6:93: node `desk`: `full` leads to `by`" in shown
    assert "    # path: hello hello\n" in shown
    file.write_text(ROUND.replace("start: hello", "start: helo"))
    assert "# path" not in ivr("check", file, "--why").out


PART = """\
subflow: card
start: ask
nodes:
  ask: {type: gather, prompt: enter-number, fact: card, check: luhn, then: {done: return, no_answer: bye}}
  bye: {type: say, prompt: clossing, then: {done: retrun}}
  lost: {type: say, prompt: closing, then: {done: end}}
"""


def test_a_subflow_is_checked_by_itself(ivr, tmp_path):
    file = tmp_path / "card.yaml"
    file.write_text(PART)
    assert [line.split(":", 1)[1].split(",")[0].split(";")[0] for line in ivr("check", file).out.split("\n")[:-1]] == [
        "4:64: node `ask` takes a card's number while the call is recorded",
        "5:28: node `bye` plays `clossing`",
        "5:51: node `bye`: `done` leads to `retrun`",
        "6:3: no path leads to node `lost`",
    ]
    file.write_text(PART.split("  lost")[0].replace("retrun", "return.none").replace("luhn,", "luhn, private: yes,"))
    file.write_text(file.read_text().replace("closs", "clos"))
    assert ivr("check", file).out == f"{file}: ok\n"


def test_a_subflow_is_no_flow(ivr, tmp_path):
    file = tmp_path / "card.yaml"
    file.write_text(PART)
    told = f"{file}:1:1: this is a subflow, and no flow by itself: name the flow that uses it\n"
    assert ivr("graph", file).err == told
    assert ivr("test", file).err == told
