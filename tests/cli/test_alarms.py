"""`ivr alarms` lists what supervisors must have seen."""

import json
import time

import pytest


@pytest.fixture
def rung(store):
    now = time.time()
    store.alarm("disk", "full", now - 7200)
    store.alarm("recording", "the recording is empty; the line's side is silent though it spoke", now, "100.1")


def test_all_are_listed_oldest_first(ivr, rung):
    head, disk, recording = ivr("alarms").out.splitlines()
    assert head.split() == ["time", "call", "kind", "alarm"]
    assert disk.split()[2:] == ["-", "disk", "full"]
    assert recording.endswith("100.1  recording  the recording is empty; the line's side is silent though it spoke")


def test_since_a_moment_and_as_json(ivr, rung):
    (one,) = json.loads(ivr("alarms", "--since", "1h", "--json").out)
    assert (one["call"], one["kind"]) == ("100.1", "recording")
    assert "T" in one["at"]


def test_in_chinese(ivr, rung, store, monkeypatch):
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert "录音是空的" in ivr("alarms").out
    store.alarm("step", "menu: the prompt main-menu is gone: run `ivr prompts build`", time.time(), "100.2")
    assert "步骤  menu:提示音 main-menu 不见了" in ivr("alarms").out
    assert "告警" in ivr("alarms").out


def test_none(ivr, store):
    assert ivr("alarms").out == "no alarms\n"
    assert json.loads(ivr("alarms", "--json").out) == []
