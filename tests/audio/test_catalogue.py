"""The prompt texts: the standard phrases word for word, and every mistake in a file told with its place."""

import re
from pathlib import Path

import pytest

import ivr
from ivr.audio.catalogue import Catalogue, load
from ivr.audio.synth import falls_back
from ivr.faults import Faults
from ivr.pbx.generate import folders
from ivr.settings import load as load_settings

PROMPTS = Path(ivr.__file__).parent / "prompts"

STANDARD = {
    "greeting": "您好!中华保险*号为您服务。",
    "greeting-line": "您好!中华保险95585为您服务。",
    "may-i-help": "您好,请问有什么可以帮您?",
    "silent-call": "对不起,您的电话没有声音,请您换一部电话再打来,再见!",
    "noisy-line": "对不起,您的电话听不清楚,请您换个电话再打来,再见!",
    "agent-busy": "对不起,他现在正在接电话,请问您找他有什么事情?我能帮您解决吗?",
    "leave-contact": "那请您留一个联系电话好吗?我会让他在第一时间与您联系。",
    "wrong-number": "对不起,这里是中华保险95585客户服务热线。",
    "long-wait": "对不起,让您久等了!请问有什么可以帮您?",
    "please-hold": "对不起,请您稍等一下。",
    "back-from-hold": "对不起,让您久等了!",
    "system-fault": "对不起,系统正在调整,我帮您手工记录一下好吗?",
    "angry-caller": "对不起,我为我们的工作给您带来的麻烦深表歉意。",
    "slow-agent": "对不起,让您久等了,我将尽快帮您处理。",
    "agent-name": "对不起,我的工号是*号。",
    "attitude-complaint": "对不起,给您添麻烦了,您是否能将详细情况告诉我?",
    "mistake-complaint": "对不起,给您添麻烦了,请您原谅!",
    "mistake-contact": "对不起,您是否可以留下您的联系方式,由我们的相关人员与您联系处理,好吗?",
    "cannot-answer-now": "对不起,请留下您的联系方式,我们查询后将尽快与您联系,好吗?",
    "ask-pardon": "对不起,请您原谅。",
    "ask-pardon-or": "对不起,很抱歉。",
    "thanks-reply": "不客气。",
    "praise-reply": "不客气,这是我们的工作,感谢您对我们工作的支持,欢迎您再次来电。",
    "suggestion-reply": "谢谢您提出的宝贵意见,我们将及时反馈给公司相关负责人员,再次感谢您对我们工作的关心和支持。",
    "check-understood": "请问我刚才的解释您是否明白?",
    "closing": "感谢来电,再见!",
}
LINE = [
    "main-menu",
    "wrong-key",
    "no-key",
    "queue-intake",
    "queue-inquiry",
    "queue-complaint",
    "all-busy",
    "offer-number",
    "confirm-number",
    "enter-number",
    "number-wrong",
    "leave-message",
    "contact-stored",
    "survey",
    "survey-thanks",
    "line-closing",
    "all-lines-busy",
    "agent-queue-intake",
    "agent-queue-inquiry",
    "agent-queue-complaint",
    "agent-waited",
    "agent-seconds",
    "agent-noisy",
    "agent-logged-in",
    "agent-logged-out",
    "agent-paused",
    "agent-unpaused",
    "agent-unknown",
    "beep",
]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load(PROMPTS)


def test_the_standard_phrases_are_there_character_for_character(catalogue):
    assert {id: catalogue.languages["zh"][id].text for id in STANDARD} == STANDARD


@pytest.mark.parametrize("id", ["greeting", "agent-name"])
def test_the_pieces_around_the_work_number_make_the_standard_phrase(catalogue, id):
    zh = catalogue.languages["zh"]
    assert zh[f"{id}-head"].text + "*" + zh[f"{id}-tail"].text == STANDARD[id]
    digits = ["work/1", "work/0", "work/9"]
    assert catalogue.sounds("zh", id, "109") == [f"{id}-head", *digits, f"{id}-tail"]


def test_a_plain_prompt_is_its_own_sound(catalogue):
    assert catalogue.sounds("en", "main-menu") == ["main-menu"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_lines_own_sentences_are_there(catalogue, language):
    assert not set(LINE) - catalogue.languages[language].keys()


@pytest.mark.parametrize("kind", ["work", "number"])
def test_the_digits_of_numbers_say_yao_for_one(catalogue, kind):
    zh = catalogue.languages["zh"]
    assert "".join(zh[f"{kind}/{digit}"].text for digit in range(10)) == "零幺二三四五六七八九"


def test_both_languages_have_the_same_prompts(catalogue):
    assert catalogue.languages["zh"].keys() == catalogue.languages["en"].keys()


def as_asterisk_says(number: int, language: str) -> list[str]:
    """The files of ast_say_number for 0 to 99: its Chinese has no words for 11 to 19, its English has."""
    if number < (10 if language == "zh" else 20):
        return [f"digits/{number}"]
    rest = [f"digits/{number % 10}"] if number % 10 else []
    return [f"digits/{number // 10 * 10}", *rest]


ONES, TENS = "零一二三四五六七八九", ["十", "二十", "三十", "四十", "五十", "六十", "七十", "八十", "九十"]


@pytest.mark.parametrize("number", range(100))
def test_every_number_below_a_hundred_can_be_said(catalogue, number):
    zh, en = catalogue.languages["zh"], catalogue.languages["en"]
    said = "".join(zh[id].text for id in as_asterisk_says(number, "zh"))
    tens, ones = divmod(number, 10)
    assert said == (TENS[tens - 1] if tens else "") + (ONES[ones] if ones or not tens else "")
    assert all(id in en for id in as_asterisk_says(number, "en"))


def test_every_sound_that_app_queue_names_is_there(catalogue):
    module = folders(load_settings(environment={}))["astmoddir"] / "app_queue.so"
    named = set(re.findall(rb"(?<=\0)queue-[a-z0-9-]+(?=\0)", module.read_bytes()))
    # The compiler joins some names into one constant; queue-callerannounce is a setting without a sound of its own.
    sounds = {name.decode() for name in named if name.count(b"queue-") == 1} - {"queue-callerannounce"}
    assert len(sounds) > 8
    assert not sounds - catalogue.languages["zh"].keys()


def test_no_chinese_prompt_leaves_digits_or_letters_to_the_synthesiser(catalogue):
    spoken = {id: prompt.spoken for id, prompt in catalogue.languages["zh"].items() if prompt.built}
    assert not {id for id, text in spoken.items() if re.search("[0-9A-Za-z]", text)}


def test_the_stand_in_reads_all_chinese_prompts_as_chinese(catalogue):
    texts = {prompt.spoken for prompt in catalogue.languages["zh"].values() if prompt.built and prompt.spoken}
    assert not falls_back("\n".join(sorted(texts)), "zh")
    assert falls_back("请按hello", "zh")


def faults(tmp_path: Path, zh: str, en: str = "a: one\n") -> list[str]:
    (tmp_path / "zh.yaml").write_text(zh, encoding="utf-8")
    (tmp_path / "en.yaml").write_text(en, encoding="utf-8")
    with pytest.raises(Faults) as told:
        load(tmp_path)
    return [str(fault).removeprefix(f"{tmp_path}/") for fault in told.value]


@pytest.mark.parametrize(
    ("zh", "place", "words"),
    [
        ("a: 一\na: 二\n", "zh.yaml:2:1:", "stands in line 1 already"),
        ("a:\n  text: 一\n  text: 二\n", "zh.yaml:3:3:", "stands in line 2 already"),
        ("a:\n", "zh.yaml:1:3:", "says nothing"),
        ("a: null\n", "zh.yaml:1:4:", "says nothing"),
        ("a: '。 '\n", "zh.yaml:1:4:", "says nothing"),
        ("a:\n  text: 一\n  spoken: ''\n", "zh.yaml:3:11:", "`spoken` says nothing"),
        ("a: [一]\n", "zh.yaml:1:4:", "write `id: text`"),
        ("a:\n  txet: 一\n", "zh.yaml:2:3:", "`txet` is no part of a prompt"),
        ("a: 一\n../x: 二\n", "zh.yaml:2:1:", "is no prompt id"),
        ("a: 一*号\n", "zh.yaml:1:4:", "write `pieces`"),
        ("a:\n  text: 一*\n  pieces: [b, work/*]\n", "zh.yaml:1:1:", "the piece `b` is no prompt"),
        ("a:\n  text: 一\n  pieces: 一\n", "zh.yaml:3:11:", "a list of prompt ids"),
        ("a:\n  tone: high\n  milliseconds: 300\n", "zh.yaml:2:9:", "from 100 to 3400"),
        ("a:\n  tone: 1000\n", "zh.yaml:2:3:", "a tone needs both"),
        ("- 一\n", "zh.yaml:1:1:", "write `id: text`"),
        ("a: 'x\n", "zh.yaml:2:1:", "not YAML"),
        ("", "zh.yaml:1:1:", "has no prompts"),
        ("a: 一\nb: 二\n", "zh.yaml:2:1:", "`b` is not in en.yaml"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path, zh, place, words):
    (told,) = faults(tmp_path, zh)
    assert told.startswith(place)
    assert words in told


def test_pieces_that_do_not_make_the_text_are_told(tmp_path):
    (told,) = faults(tmp_path, "a:\n  text: 一二\n  pieces: [b]\nb: 一\n", "a: one\nb: two\n")
    assert "the pieces say “一”: they must say “一二”" in told


def test_all_mistakes_are_told_at_once(tmp_path):
    told = faults(tmp_path, "a:\nb: 二\n", "a: one\nc:\n")
    assert [line.split(" ")[0] for line in told] == ["en.yaml:2:1:", "en.yaml:2:3:", "zh.yaml:1:3:", "zh.yaml:2:1:"]


def test_a_file_that_is_not_utf8_and_an_empty_folder_are_told(tmp_path):
    with pytest.raises(Faults, match="no prompts are here"):
        load(tmp_path)
    (tmp_path / "zh.yaml").write_bytes("a: 您好".encode("gbk"))
    with pytest.raises(Faults, match="not UTF-8"):
        load(tmp_path)


def test_what_yaml_would_take_for_a_number_or_a_truth_stays_text(tmp_path):
    (tmp_path / "en.yaml").write_text("a: no\nb: 8:30\nc: 0x10\n")
    assert [prompt.text for prompt in load(tmp_path).languages["en"].values()] == ["no", "8:30", "0x10"]


def test_the_digest_tells_any_change_of_what_is_heard(tmp_path):
    def digest(text: str) -> str:
        (tmp_path / "en.yaml").write_text(text)
        return load(tmp_path).languages["en"]["a"].digest

    assert digest("a: one\n") == digest("# moved\n\na: one\n")
    variants = ["a: one\n", "a: two\n", "a:\n  text: one\n  spoken: won\n", "a: {tone: 900, milliseconds: 300}\n"]
    assert len({digest(text) for text in variants}) == 4
