"""Chinese for all that commands say: complete, whole, and fitting its English."""

import re
from pathlib import Path

import pytest

from ivr import bounds
from ivr.chinese import catalogue, chinese, lines
from ivr.cli._said import LEFT
from ivr.demo.scenes import SCENES
from ivr.faults import Faults
from ivr.flowfile import _WHY, parse
from ivr.native import HOME
from ivr.simulatedline import WAITS
from ivr.words import WORDS
from tests.sentences import templates
from tests.test_flowfile import ONE_FAULT, changed

CATALOGUE = catalogue()
SOURCES = sorted((HOME / "ivr").rglob("*.py"))
HOLES = re.compile(r"\{(\d+)#?\}")
CODE = re.compile(r"`[^`]*`|\([^)]*\)|\"[^\"]*\"")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(HOME / "ivr").as_posix())
def test_every_sentence_has_its_chinese(path: Path):
    """A sentence that fails here needs one line in ivr/sentences/zh.toml; until then it is said in English."""
    missing = [text for text in sorted(templates(path)) if text not in CATALOGUE]
    assert missing == [], "add to ivr/sentences/zh.toml"


def test_sentences_that_stand_in_tables_have_theirs():
    limits = [text.replace("{found}", "{1}").replace("{way}", "{2}") for text in bounds.LIMITS.values()]
    scenes = [scene.about for scene in SCENES.values()]
    for text in [*_WHY.values(), *limits, *scenes, *(meaning for _, meaning in WORDS), *WAITS.values(), *LEFT.values()]:
        assert text in CATALOGUE


@pytest.mark.parametrize("english", CATALOGUE)
def test_every_place_of_the_english_is_in_the_chinese(english):
    """But the letter of a plural, which Chinese has not."""
    there, here = set(HOLES.findall(english)), set(HOLES.findall(CATALOGUE[english]))
    assert here <= there
    assert there - here <= ({"2"} if "fault{2}" in english else set())
    assert re.search(r"[\u4e00-\u9fff]", CATALOGUE[english]) or not re.search(r"[a-z] [a-z]", HOLES.sub("", english))


@pytest.mark.parametrize(("old", "new", "told"), ONE_FAULT)
def test_every_fault_of_a_flow_file_is_chinese_all_through(old, new, told):
    with pytest.raises(Faults) as caught:
        parse(changed((old, new)), "f.yaml")
    for fault in caught.value:
        said = chinese(fault.text)
        assert re.search(r"[\u4e00-\u9fff]", said), fault.text
        left = CODE.sub("", said)
        assert not re.search(r"[a-z]{3,} [a-z]{2,} [a-z]{2,}", left), said
        assert not re.search(r"\b(node|always) `", said), said
        for quoted in set(re.findall(r"`[^`]*`", fault.text)) - {"`name: value`", "`1: node`"}:
            assert quoted in said, said


@pytest.mark.parametrize(
    ("english", "meant"),
    [
        ("a call may last 12 min 20 s after the caller has done anything (desk 740 s), and `limits` allows 5 min:"
         " shorten waits or tries, or allow more",
         "来电人不再做任何事之后,通话还可能持续 12 分 20 秒(desk 740 s),"
         "而 `limits` 只允许 5 分:请缩短等待或减少次数,或放宽限制"),
        ("greet: sure is 80% → 70% in your file and 80% → 85% in version 8: agree on one",
         "greet: sure:您的文件 里是 80% → 70%,版本 8 里是 80% → 85%:请商定一个"),
        ("`x: 1` of node `{1}`: write yes or no", "节点 `{1}` 的 `x: 1`:请写 yes 或 no"),
        ("something nobody has translated", "something nobody has translated"),
    ],
)  # fmt: skip
def test_sentences_with_parts_that_are_sentences(english, meant):
    assert chinese(english) == meant


def test_a_row_of_a_table_is_no_sentence():
    row = "     1  on     all  李      the fax machine is not here"
    assert chinese("the fax machine is not here") == "没有 the fax machine"
    assert lines(row) == row


def test_several_lines_and_one_sentence_over_several():
    assert lines("there are no notices\nnotice 1 has ended") == "没有通知\n通知 1 已结束"
    refused = "not published, because of 1 fault:\nf.yaml:1:1: write yes or no"
    assert lines(refused).startswith("没有发布,有 1 个问题:\n")
