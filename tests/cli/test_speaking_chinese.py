"""A line, the demonstration and the set-up speak the language of the locale too; steps of a call are in no language."""

import re

import pytest

from ivr.cli import _tell
from ivr.cli.run import _banner, step
from ivr.native import HOME
from ivr.pbx.accounts import load as load_accounts
from ivr.setup import __main__ as setup

CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture
def chinese(monkeypatch):
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("     0.530 > say main-menu", "     0.530 > say main-menu"),
        ("ended: served, by agent", "结束:已接通,由 座席"),
        ("agent 1001 rings", "座席 1001 振铃"),
        ("ALARM disk: 12 MB free, 500 wanted: calls go on, make room",
         "告警 磁盘:剩余 12 MB,需要 500 MB:通话照常,请腾出空间"),
        ("hotline.yaml was changed but has mistakes; the running flow stays:\n"
         "flows/hotline.yaml:3:9: no path leads to node `a`; lead an outcome to it or take it out",
         "hotline.yaml 已改动但有错误;仍用正在运行的流程:\n"
         "flows/hotline.yaml:3:9: 没有路径通到节点 `a`;请把某个结果引到它,或删去它"),
        ("what nobody has put into Chinese", "what nobody has put into Chinese"),
    ],
)  # fmt: skip
def test_what_a_running_line_tells(chinese, text, told):
    assert _tell.step(text) == told
    assert step("1.1", text).endswith(f" [1.1] {told}")


def test_every_kind_of_alarm_has_its_word(chinese):
    section = (HOME / "docs/records.md").read_text().partition("## Alarms")[2].partition("\n## ")[0]
    kinds = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
    assert len(kinds) > 9
    for kind in kinds:
        assert _tell.told(kind) != kind


def test_in_english_nothing_is_changed():
    for text in ("ended: served, by agent", "ALARM disk: 12 MB free, 500 wanted: calls go on, make room"):
        assert _tell.step(text) == text


def test_what_a_line_says_of_itself_at_its_start(chinese, settings):
    accounts = load_accounts(settings.data)
    for adopted in (True, False):
        for line in _tell.told(_banner(settings, accounts, adopted)).splitlines():
            assert CHINESE.search(line) or re.match(r" +(SIP \(UDP\)|FastAGI|AMI) +[\d.]+:\d+", line), line


def test_the_set_up(chinese, capsys):
    setup.tell("fetching asterisk, espeak-ng")
    setup.tell("unpacking 1/179 adduser")
    setup.tell("unpacking 2/179 apt")
    setup.tell("root: ready after 30 s\n")
    setup.stopped("set-up stopped: apt-get failed (exit 100): no network")
    told = capsys.readouterr()
    assert told.out == "获取 asterisk, espeak-ng\n解包 1/179 adduser\nroot:30 秒后就绪\n\n"
    assert told.err == "\n安装中止:apt-get 失败(退出码 100):no network\n"
