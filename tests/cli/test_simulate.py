"""`ivr simulate`: the terminal's side; the calls themselves are tested in tests/test_simulator.py."""

import re
import sys

import pytest

from ivr.__main__ import main
from ivr.cli import _colour
from ivr.native import HOME
from ivr.promptlengths import longest
from ivr.words import WORDS
from tests.waves import write_silence

SERVED = """; a call as it should be
speech
1
agent 1001
5
"""


def test_a_call_through_a_pipe(ivr):
    ran = ivr("simulate", "hotline", stdin=SERVED)
    assert (ran.code, ran.err) == (0, "")
    assert "line    “您好!中华保险95585为您服务。” (greeting-line), listening 2 s more" in ran.out
    assert ran.out.endswith("outcome: served\npath: greet > menu > to_intake > intake > survey > goodbye\nsurvey: 5\n")


def test_a_script_file_is_the_same(ivr, tmp_path):
    script = tmp_path / "call.txt"
    script.write_text(SERVED)
    assert ivr("simulate", "hotline", "--script", script).out == ivr("simulate", "hotline", stdin=SERVED).out


def test_where_the_words_end_the_caller_hangs_up(ivr):
    ran = ivr("simulate", "hotline", stdin="2\n")
    assert ran.code == 0
    assert "outcome: abandoned" in ran.out


def test_unbuilt_prompts_take_three_seconds_and_built_ones_their_own(ivr, settings):
    seconds = longest(settings.data / "sounds", (settings.language,))
    assert seconds("main-menu") == 3.0
    write_silence(settings.data / "sounds" / settings.language / "main-menu.wav", 1.25)
    assert seconds("main-menu") == 1.25


def test_all_unknown_words_are_told_before_the_call(ivr):
    ran = ivr("simulate", "hotline", stdin="1\nfoo\nwait long\nagent\n")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.count("standard input:") == 3
    assert "standard input:2: `foo` is no word here: write keys (such as 1), speech" in ran.err
    assert "standard input:4: `agent` is no word here: write agent 1001 or" in ran.err


def test_a_word_that_does_not_fit_is_told_and_the_call_goes_on(ivr):
    ran = ivr("simulate", "hotline", stdin="message\n1\nagent 1001\n5\n")
    assert ran.code == 1
    assert "standard input:1: a message can be left only where the line takes one" in ran.err
    assert "outcome: served" in ran.out


def test_a_flow_by_path_and_its_mistakes(ivr, tmp_path):
    file = tmp_path / "new.yaml"
    file.write_text("flow: new\nstart: nowhere\nalways: {}\nnodes:\n  a: {type: say, prompt: nope}\n")
    ran = ivr("simulate", file)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.count(f"{file}:") >= 3


def test_an_unknown_flow_is_told_with_those_there_are(ivr):
    ran = ivr("simulate", "nope")
    assert ran.code == 1
    assert ran.err.startswith("ivr: there is no flow `nope`: name a file, or one of ")
    assert "(hotline)" in ran.err


@pytest.mark.parametrize("content", [None, b"\xff\xfe1"])
def test_a_script_that_cannot_be_read_is_told(ivr, tmp_path, content):
    script = tmp_path / "call.txt"
    if content:
        script.write_bytes(content)
    ran = ivr("simulate", "hotline", "--script", script)
    assert ran.code == 1
    assert f"the script {script}" in ran.err


class Terminal:
    """A standard input that somebody sits at."""

    def __init__(self, typed: list[str]) -> None:
        self._typed, self.asked = iter(typed), []

    def isatty(self) -> bool:
        return True

    def input(self, prompt: str) -> str:
        self.asked.append(prompt)
        try:
            return next(self._typed)
        except StopIteration:
            raise EOFError from None


@pytest.fixture
def at_terminal(settings, monkeypatch, capsys):
    def talked(*typed: str) -> tuple[Terminal, str]:
        terminal = Terminal(list(typed))
        monkeypatch.setattr("builtins.input", terminal.input)
        monkeypatch.setattr(sys, "argv", ["ivr", "simulate", "hotline"])
        monkeypatch.setattr(sys, "stdin", terminal)
        assert main() == 0
        return terminal, capsys.readouterr().out

    return talked


def test_at_the_terminal_words_are_asked_for(at_terminal):
    terminal, out = at_terminal(
        "help", "where", "", "speech", "undo", "undo", "nonsense", "9", "silence", "1", "where", "quit"
    )
    assert terminal.asked[0] == "[the line listens to the caller, 5 s] > "
    assert terminal.asked[-1].startswith("[the caller waits for an agent, 300 s]")
    assert all(meaning in out for _, meaning in WORDS)
    assert "in node greet (silent_call), line " in out
    assert "there is nothing to undo" in out
    assert "`nonsense` is no word here" in out
    assert "outcome: none, the call goes on" in out


def test_after_the_end_one_may_still_look_back(at_terminal):
    terminal, out = at_terminal("hangup", "where", "1", "quit")
    assert terminal.asked[-1] == "[the call has ended] > "
    assert "the call has ended: write undo or quit" in out
    assert "outcome: hung_up_greeting" in out


def test_the_end_of_input_at_the_terminal_leaves(at_terminal):
    assert "outcome: none" in at_terminal()[1]


def test_where_tells_the_clock_the_ways_on_and_who_answers(ivr):
    out = ivr("simulate", "hotline", "--at", "2026-10-01 09:00", stdin="speech\nagents 1001\nwhere\nhangup\n").out
    assert "the clock shows 2026-10-01 09:00:04" in out
    assert "from here: 1 → to_intake, 2 → to_inquiry" in out
    assert "agents: 1001" in out


def test_undo_says_what_was_taken_back(ivr):
    assert "taken back: wait 3s\n" in ivr("simulate", "hotline", stdin="speech\nwait 3s\nundo\nhangup\n").out


def test_colours_where_the_terminal_has_them_and_nowhere_else(ivr, monkeypatch):
    plain = ivr("simulate", "hotline", stdin=SERVED).out
    assert "\033[" not in plain
    monkeypatch.setattr("ivr.cli._colour.wanted", lambda: True)
    coloured = ivr("simulate", "hotline", stdin=SERVED).out
    assert "\033[36mcaller\033[0m" in coloured
    assert re.sub(r"\033\[\d+m", "", coloured) == plain


@pytest.mark.parametrize(
    ("terminal", "environment", "colours"),
    [(True, {"TERM": "xterm"}, True), (False, {"TERM": "xterm"}, False), (True, {"TERM": "dumb"}, False),
     (True, {}, False), (True, {"TERM": "xterm", "NO_COLOR": "1"}, False)],
)  # fmt: skip
def test_when_there_are_colours(monkeypatch, terminal, environment, colours):
    for name in ("TERM", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal, raising=False)
    assert _colour.wanted() is colours


def test_a_call_in_chinese(ivr, monkeypatch):
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    out = ivr("simulate", "hotline", stdin="1\nagent 1001\n5\n").out
    assert "来电人  按 1" in out
    assert "座席    1001 与来电人通话" in out
    assert "结果:served" in out


def test_a_call_is_kept_as_a_test_of_its_flow(ivr, tmp_path):
    flow, folder = tmp_path / "hotline.yaml", tmp_path / "hotline"
    flow.write_text((HOME / "ivr/flows/hotline.yaml").read_text())
    folder.mkdir()
    ran = ivr("simulate", flow, "--keep", folder / "served.call", "--at", "2026-10-01 09:00", stdin=SERVED)
    assert ran.out.endswith(f"{folder / 'served.call'}: written\n")
    assert "# outcome: served\n" in (folder / "served.call").read_text()
    assert "1 of 1 scripts as written" in ivr("test", flow).out
    flow.write_text(flow.read_text().replace("1: to_intake", "1: to_inquiry"))
    assert ivr("test", flow).code == 1
    assert "cannot be written" in ivr("simulate", "hotline", "--keep", tmp_path / "no/x.call", stdin="hangup\n").err
    assert "has not ended" not in ivr("simulate", "hotline", "--keep", tmp_path / "x.call", stdin="hangup\n").err


@pytest.mark.parametrize(
    ("at", "node"),
    [("2026-10-01T10:00+08:00", "feast"), ("2026-10-10T10:00+08:00", "open"), ("2026-10-11T10:00+08:00", "shut")],
)
def test_the_office_hours_are_those_of_the_calendars(ivr, tmp_path, at, node):
    ends = "".join(f"  {name}: {{type: end}}\n" for name in ("open", "shut", "feast"))
    hours = "  hours: {type: hours, then: {open: open, closed: shut, holiday: feast}}\n"
    (tmp_path / "f.yaml").write_text(f"flow: f\nstart: hours\nalways: {{failed: shut}}\nnodes:\n{hours}{ends}")
    assert f"path: hours > {node}" in ivr("simulate", str(tmp_path / "f.yaml"), "--at", at, stdin="").out


def test_a_call_script_is_shown_in_words_and_what_comes_out_otherwise(ivr, tmp_path):
    kept = HOME / "ivr/flows/hotline/agent_lost.call"
    ran = ivr("simulate", "hotline", "--script", kept)
    assert ran.code == 0
    assert "     9.0  queue   the agent is gone before they can talk\n" in ran.out
    assert ran.out.endswith("agent_lost.call: as written\n")
    changed = tmp_path / "changed.call"
    changed.write_text(kept.read_text().replace("> join_queue intake\n", "> join_queue inquiry\n", 1))
    ran = ivr("simulate", "hotline", "--script", changed)
    assert ran.code == 1
    assert "changed.call: otherwise than written" in ran.out
    assert "-    3.000 > join_queue inquiry\n+    3.000 > join_queue intake\n" in ran.out
    changed.write_text("    0.000 < offered\n    0.100 < sneezed\n")
    ran = ivr("simulate", "hotline", "--script", changed)
    assert (ran.code, "`sneezed` is no event; known are" in ran.out) == (1, True)


def test_a_call_is_printed_as_a_call_script(ivr, tmp_path):
    out = ivr("simulate", "hotline", "--keep", "-", stdin="1\nhangup\n").out
    script = tmp_path / "again.call"
    script.write_text(out[out.index("# outcome: abandoned") :])
    assert ivr("simulate", "hotline", "--script", script).out.endswith("again.call: as written\n")
