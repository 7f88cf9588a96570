"""`ivr flow`: publishing, history, differences, going back, shares and drafts."""

import json
import time

import pytest

from ivr.cli._flowtexts import author
from ivr.record import iso
from ivr.versions import Versions
from tests.cli.kept import SERVED, keep
from tests.cli.publishing import change, longer, published


def test_publishing_says_what_changed_and_history_keeps_it(ivr, file, store):
    assert "version 1 of hotline is published, for new calls" in published(ivr, file, "--author", "李").out
    assert file.read_text().endswith("\n# made from version 1\n")
    longer(ivr, file)
    ran = published(ivr, file, "--author", "王", "-m", "更确定才算嘈杂")
    assert "  greet: sure 80% → 85%\n" in ran.out
    out = ivr("flow", "history", "hotline").out
    assert "      2  " in out
    assert "更确定才算嘈杂" in out
    assert "29 of 29 call scripts as written" in out
    told = json.loads(ivr("flow", "history", "hotline", "--json").out)
    assert [(one["number"], one["author"], one["base"]) for one in told["versions"]] == [(1, "李", 0), (2, "王", 1)]
    assert [one["version"] for one in told["releases"]] == [1, 2]
    assert ivr("flow", "diff", "hotline", "1", "2").out == "version 1 → version 2\n  greet: sure 80% → 85%\n"
    assert "nothing that a call would notice" in ivr("flow", "diff", "hotline").out
    assert ivr("flow", "show", "hotline", "1").out.endswith("# made from version 1\n")


def test_without_a_message_the_changes_are_one(ivr, file):
    published(ivr, file)
    longer(ivr, file)
    published(ivr, file)
    change(file, "# as the rule book says", "# three")
    published(ivr, file)
    told = json.loads(ivr("flow", "history", "hotline", "--json").out)["versions"]
    assert [one["message"] for one in told] == ["first version", "greet: sure 80% → 85%", "comments and order only"]


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("prompt: main-menu", "prompt: no-such", "ivr/prompts has no such prompt"),
        ("no_answer: intake}", "no_answer: menu}", "goes round without anybody doing anything"),
        ("tries: 3", "tries: 2", "no_key_then_wrong_keys.call: comes out otherwise"),
        ("limits: {person: 2m", "limits: {person: 2s", "may have to wait"),
    ],
)
def test_what_check_or_the_scripts_refuse_is_not_published(ivr, file, old, new, why):
    published(ivr, file)
    change(file, old, new)
    ran = ivr("flow", "publish", "hotline")
    assert ran.code == 1
    assert why in ran.err
    assert "not published" in ran.err
    assert len(json.loads(ivr("flow", "history", "hotline", "--json").out)["versions"]) == 1


def test_a_file_that_is_no_flow_is_told_with_its_faults(ivr, file):
    file.write_text("flow: [")
    ran = ivr("flow", "publish", "hotline")
    assert (ran.code, "not readable as YAML" in ran.err) == (1, True)


def test_nothing_to_publish(ivr, file):
    published(ivr, file)
    assert "there is nothing to publish" in ivr("flow", "publish", "hotline").err


# -- going back ----------------------------------------------------------------------------------


def test_going_back_takes_less_than_five_seconds(ivr, file, store):
    published(ivr, file)
    longer(ivr, file)
    published(ivr, file)
    began = time.monotonic()
    assert "version 1 of hotline runs again" in ivr("flow", "rollback", "hotline", "--author", "李").out
    assert time.monotonic() - began < 4.0, "with the second that a running line may take, five"
    last = Versions(store).running("hotline")
    assert last
    assert (last.version, last.author, last.why) == (1, "李", "back from version 2")
    assert "none to go back to" in ivr("flow", "rollback", "hotline").err
    assert "version 2 of hotline runs again" in ivr("flow", "rollback", "hotline", "2").out
    assert "is what runs" in ivr("flow", "rollback", "hotline", "2").err
    assert "has no version `7`" in ivr("flow", "rollback", "hotline", "7").err


def test_after_going_back_both_the_old_and_the_new_file_can_be_mended(ivr, file, tmp_path):
    published(ivr, file)
    longer(ivr, file)
    published(ivr, file)
    ivr("flow", "rollback", "hotline")
    mended = tmp_path / "mended.yaml"
    mended.write_text(ivr("flow", "show", "hotline").out)
    change(mended, "sure: 80%", "sure: 81%")
    assert "version 3 of hotline" in published(ivr, mended).out


def test_a_flow_that_was_never_published(ivr, file):
    for action in ("history", "rollback", "diff", "show"):
        assert "nothing was ever published of `hotline`" in ivr("flow", action, "hotline").err


# -- shares --------------------------------------------------------------------------------------


def test_a_share_is_tried_watched_and_given_all(ivr, file, store):
    published(ivr, file)
    longer(ivr, file)
    assert "version 2 of hotline is published, for 10% of the new calls" in published(ivr, file, "--share", "10%").out
    versions = {one.number: one.hash for one in Versions(store).all("hotline")}
    for number in range(40):
        store.save_call(
            {"id": f"{number}.1", "flow_hash": versions[1 + (number % 4 == 0)], "dialled": "95585", "failures": [],
             "outcome": "served" if number % 3 else "abandoned", "rang_at": iso(time.time())},
            time.time(), time.time(),
        )  # fmt: skip
    out = ivr("flow", "history", "hotline").out
    assert [line.split() for line in out.splitlines()[-3:-1]] == [
        ["2", "10", "0", "(0%)", "4", "(40%)"], ["1", "30", "0", "(0%)", "10", "(33%)"],
    ]  # fmt: skip
    assert "the new version has not been shown to be worse" in out
    assert "version 2 of hotline is being tried" in ivr("flow", "publish", "hotline").err
    assert "has 50% of the new calls" in ivr("flow", "share", "hotline", "50%").out
    assert "has 100% of the new calls" in ivr("flow", "share", "hotline", "100%").out
    assert "no version of hotline is being tried" in ivr("flow", "share", "hotline", "20%").err
    assert "has 20% of the new calls" in ivr("flow", "share", "hotline", "1", "20%").out
    assert "version 2 of hotline runs again" in ivr("flow", "rollback", "hotline").out


@pytest.mark.parametrize("share", ["0%", "101%", "ten", "10"])
def test_a_share_that_is_none(ivr, file, share):
    published(ivr, file)
    longer(ivr, file)
    assert ivr("flow", "publish", "hotline", "--share", share).code == 1
    assert "share" in ivr("flow", "share", "hotline", share).err


def test_the_first_version_cannot_be_tried(ivr, file):
    assert "there is none beside it" in ivr("flow", "publish", "hotline", "--share", "10%").err


# -- drafts --------------------------------------------------------------------------------------


def test_drafts_are_numbered_listed_and_discarded(ivr, file, store):
    change(file, "tries: 3", "tries: 2")
    ran = ivr("flow", "draft", "hotline", "--author", "李", "-m", "试试")
    assert "draft 1 of hotline can be dialled: 95585*1" in ran.out
    assert "not ready to be published: " in ran.out
    assert "draft 1" in ivr("flow", "draft", "hotline", "--author", "李").out, "one's own draft is replaced"
    assert "draft 2" in ivr("flow", "draft", "hotline", "--author", "王").out
    assert "draft 1 is 李's" in ivr("flow", "draft", "hotline", "--author", "王", "--number", "1").err
    assert "draft 7" in ivr("flow", "draft", "hotline", "--author", "王", "--number", "7").out
    out = ivr("flow", "drafts").out
    assert [line.split()[0] for line in out.splitlines()] == ["dial", "95585*1", "95585*2", "95585*7"]
    assert len(json.loads(ivr("flow", "drafts", "--json").out)) == 3
    assert ivr("flow", "discard", "7").out == "draft 7 is gone\n"
    assert "there is no draft `7`" in ivr("flow", "discard", "7").err
    published_ = ivr("flow", "diff", "hotline", "draft:1", "file")
    assert "nothing that a call would notice" in published_.out


def test_a_draft_that_could_not_run_is_refused(ivr, file):
    change(file, "queue: intake", "queue: sales")
    ran = ivr("flow", "draft", "hotline")
    assert (ran.code, "no such queue" in ran.err) == (1, True)
    assert ivr("flow", "drafts").out == "there are no drafts: `ivr flow draft FILE` keeps one\n"
    assert "1 to 99" in ivr("flow", "draft", "hotline", "--number", "100").err


# -- what is written wrongly ---------------------------------------------------------------------


@pytest.mark.parametrize("action", ["publish", "history", "diff", "show", "rollback", "share", "draft", "discard"])
def test_too_few_words_are_told_with_the_form(ivr, file, action):
    ran = ivr("flow", action)
    assert ran.code == 1
    assert ran.err.startswith(f"ivr: write `ivr flow {action} ")


def test_who_does_it(monkeypatch):
    monkeypatch.setenv("SUDO_USER", "li")
    assert author(None) == "li"
    assert author(" 王 ") == "王"


def test_the_doctor_looks_at_what_is_published(ivr, file):
    published(ivr, file)
    file.write_text("flow: [")
    assert "version 1 of hotline: " in ivr("doctor").out


def test_in_chinese(ivr, file, monkeypatch):
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert "hotline 的版本 1 已发布,用于新来电" in published(ivr, file).out
    longer(ivr, file)
    assert "hotline 的版本 2 已发布" in published(ivr, file).out
    assert "hotline 的版本 1 重新运行,用于全部新来电" in ivr("flow", "rollback", "hotline").out
    assert "没有可以退回的" in ivr("flow", "rollback", "hotline").err


def test_a_call_is_replayed_with_what_is_published_or_named_not_with_what_is_being_edited(ivr, file, store):
    keep(store, "100.1", SERVED, 1_770_000_000.0)
    published(ivr, file)
    change(file, "1: to_intake", "1: to_inquiry")
    assert ivr("replay", "100.1").out.splitlines()[-1] == "call 100.1: the same"
    assert "+    4.200 > say queue-inquiry" in ivr("replay", "100.1", "--with", "file").out
    assert ivr("replay", "100.1", "--with", "1").code == 0
    assert "has no version `2`: there are 1 to 1" in ivr("replay", "100.1", "--with", "2").err
    assert "there is no draft `draft:3`" in ivr("replay", "100.1", "--with", "draft:3").err
