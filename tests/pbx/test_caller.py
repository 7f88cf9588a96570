"""Who calls, out of a From header that anybody can write anything into."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.pbx.caller import MOST_NAME, decode, name, number


def encoded(header: str | bytes) -> str:
    return base64.b64encode(header.encode() if isinstance(header, str) else header).decode()


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ('"李雷" <sip:13800138000@10.0.0.1>;tag=x', ("13800138000", "李雷")),
        ("Li Lei <sip:13800138000@10.0.0.1>", ("13800138000", "Li Lei")),
        ("<sip:13800138000@10.0.0.1>", ("13800138000", "")),
        ("sip:13800138000@10.0.0.1", ("13800138000", "")),
        ("sip:13800138000@10.0.0.1;user=phone", ("13800138000", "")),
        ('"" <sips:+8613800138000@x>', ("+8613800138000", "")),
        ("<tel:+86-138-0013-8000;phone-context=x>", ("+8613800138000", "")),
        ("tel:95585", ("95585", "")),
        ('"A \\"quoted\\" name" <sip:1@x>', ("1", 'A "quoted" name')),
        ('"back\\\\slash" <sip:1@x>', ("1", "back\\slash")),
        ('"${SHELL(touch /tmp/x)}" <sip:138@x>', ("138", "${SHELL(touch /tmp/x)}")),
        ('"name <sip:999@evil>" <sip:138@x>', ("138", "name <sip:999@evil>")),
        ('"a\\" <sip:999@evil>" <sip:138@x>', ("138", 'a" <sip:999@evil>')),
        ("<sip:138%0d%0a%0d%0aEvent%3a%20Hangup%0d%0aUniqueid:%2017.1@x>", ("138", "")),
        ("<sip:138%0a200%20result=1@x>", ("138", "")),
        ("<sip:%31%33%38@x>", ("138", "")),
        ("<sip:${SHELL(x)}138@x>", ("138", "")),
        ("<sip:anonymous@anonymous.invalid>", ("", "")),
        ('"line\r\nEvent: Hangup" <sip:1@x>', ("1", "line  Event: Hangup")),
        ('"tab\tand\0nul\u2028" <sip:1@x>', ("1", "tab and nul")),
        (f"<sip:{'1' * 500}@x>", ("1" * 20, "")),
        ('"no end <sip:138@x>', ("138", "")),
        ("", ("", "")),
        ("<>", ("", "")),
        ("sip:999@evil <sip:138@x>", ("138", "sip:999@evil")),
        ("garbage", ("", "")),
        ("<mailto:138@x>", ("", "")),
    ],
)
def test_number_and_name(header, found):
    assert decode(encoded(header)) == found


def test_a_name_of_ten_kilobytes_is_cut_and_the_call_unharmed():
    found = decode(encoded(f'"{"李" * 10_000}" <sip:138@x>'))
    assert found == ("138", "李" * MOST_NAME)


@pytest.mark.parametrize("length", range(3000, 3012))
def test_base64_that_asterisk_cut_short_gives_what_is_there(length):
    found = decode(encoded(f'"{"李" * 10_000}" <sip:138@x>')[:length])
    assert found[0] == ""
    assert set(found[1]) <= {"李", "\ufffd"}


@pytest.mark.parametrize("text", ["!!!!", "a", "ab", "abc", "=", "====", "李", "\n\n\n\n", "YQ==YQ=="])
def test_what_is_no_base64_is_nobody(text):
    assert decode(text) in (("", ""), decode(""))


@pytest.mark.parametrize("header", [b'"\xff\xfe" <sip:138@x>', '"李" <sip:138@x>'.encode("gbk")])
def test_a_name_in_another_encoding_does_not_hide_the_number(header):
    assert decode(encoded(header))[0] == "138"


@given(st.one_of(st.text(), st.text('"<>\\ :;@%0123sipadtel\r\n', max_size=60)))
def test_whatever_is_written_stays_text_of_one_line(header):
    found = number(header)
    assert found == "" or found.removeprefix("+") == "" or found.removeprefix("+").isdecimal()
    assert found.isascii()
    assert len(found) <= 21
    assert name(header).isprintable()
    assert len(name(header)) <= MOST_NAME
    assert decode(encoded(header.encode("utf-8", "replace"))) is not None


@given(st.text())
def test_no_text_in_place_of_base64_raises(text):
    found = decode(text)
    assert found[1].isprintable()
