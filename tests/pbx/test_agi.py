"""The AGI protocol, bytes in and out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.pbx.agi import MOST_HEADER, MOST_LINE, Hangup, PeerError, Reader, Reply, line, quote, usual

HEADER = b"agi_network: yes\nagi_uniqueid: 17.1\nagi_callerid: \n\n"


def reader() -> Reader:
    made = Reader()
    assert made.feed(HEADER) == [{"agi_network": "yes", "agi_uniqueid": "17.1", "agi_callerid": ""}]
    return made


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("200 result=0", Reply(200, "0")),
        ("200 result=49", Reply(200, "49")),
        ("200 result=-1", Reply(200, "-1")),
        ("200 result=1 (a value)", Reply(200, "1", "a value")),
        ("200 result=1 (a (nested) value)", Reply(200, "1", "a (nested) value")),
        ("200 result=1 ()", Reply(200, "1", "")),
        ("200 result=", Reply(200, "")),
        ("200 result=0 endpos=16000", Reply(200, "0", "", " endpos=16000")),
        ("200 result=35 (dtmf) endpos=80", Reply(200, "35", "dtmf", " endpos=80")),
        ("200 result=1 (您好|李|1)", Reply(200, "1", "您好|李|1")),
        ("511 Command Not Permitted on a dead channel or intercept routine", Reply(511, "", "", "Command Not "
         "Permitted on a dead channel or intercept routine")),
        ("510 Invalid or unknown command", Reply(510, "", "", "Invalid or unknown command")),
        ("503", Reply(503)),
    ],
)  # fmt: skip
def test_replies(text, reply):
    assert [*reader().feed(f"{text}\n".encode())] == [reply]
    assert [*reader().feed(f"{text}\r\n".encode())] == [reply]


def test_a_dead_channel_and_named_fields():
    assert Reply(511).dead
    assert not Reply(200).dead


def test_a_usage_text_is_one_reply():
    usage = (
        b"520-Invalid command syntax.  Proper usage follows:\n Usage: ANSWER\n 200 result=1\n520 End of proper usage.\n"
    )
    (found,) = reader().feed(usage)
    assert found.code == 520
    assert "Usage: ANSWER" in found.text


def test_a_hang_up_stands_between_replies_and_is_none():
    found = reader().feed(b"200 result=0\nHANGUP\n200 result=1\n")
    assert [type(one) for one in found] == [Reply, Hangup, Reply]
    made = reader()
    first, second = made.feed(b"520-Usage\nHANGUP\n"), made.feed(b"520 End.\n")
    assert [type(one) for one in first + second] == [Hangup, Reply]


def test_trying_is_no_reply():
    assert reader().feed(b"100 result=0 Trying...\n200 result=0\n") == [Reply(200, "0")]


@pytest.mark.parametrize(
    "data",
    [
        b"200 result=0\n",
        b"200 result=-1\n",
        b"200 result=49 endpos=480\n",
        b"200 result=0 Gosub complete\n",
        b"100 result=0 Trying...\n200 result=0\n",
        b"100 result=0 Trying...\n200 result=0 Gosub complete\n",
        "200 result=1 (您好|李|1)\n".encode(),
    ],
)
def test_the_short_way_finds_the_same(data):
    assert [usual(data)] == [*reader().feed(data)]


@pytest.mark.parametrize(
    "data",
    [
        b"100 result=0 Trying...\n",
        b"200 result=0",
        b"200 result=0\nHANGUP\n",
        b"HANGUP\n200 result=0\n",
        b"200 result=1 (a)\n200 result=0\n",
        b"511 Command Not Permitted on a dead channel or intercept routine\n",
    ],
)
def test_what_is_more_or_less_than_a_usual_reply_goes_the_long_way(data):
    assert usual(data) is None


@pytest.mark.parametrize("garbage", [b"hello\n", b"20 result=1\n", b"\n", b"result=1\n", b"2000 x\n", b"hangup\n",
                                     b"\xff\xfe\n", b"200result=1\n"])  # fmt: skip
def test_garbage_is_the_peers_fault(garbage):
    with pytest.raises(PeerError):
        reader().feed(garbage)


@pytest.mark.parametrize(
    "header",
    [
        b"no colon here\n",
        b"GET / HTTP/1.1\r\n",
        b"x" * (MOST_LINE + 1),
        b"agi_name: " + b"x" * MOST_HEADER + b"\n",
        b"agi_arg_1: x\n" * (MOST_HEADER // 11),
    ],
)
def test_a_header_without_measure_is_the_peers_fault(header):
    with pytest.raises(PeerError):
        Reader().feed(header)


def test_a_usage_text_without_an_end_is_the_peers_fault():
    with pytest.raises(PeerError):
        reader().feed(b"520-Usage\n" + b"x\n" * 300)


def test_a_reply_line_without_an_end_is_the_peers_fault():
    made = reader()
    assert made.feed(b"2" * MOST_LINE) == []
    with pytest.raises(PeerError):
        made.feed(b"2")


@given(st.lists(st.integers(1, 9), max_size=30))
def test_where_the_bytes_are_cut_makes_no_difference(cuts):
    stream = HEADER + "200 result=1 (李)\nHANGUP\n520-a\n520 b\n200 result=0 endpos=5\n".encode()
    whole = Reader().feed(stream)
    made, found, place = Reader(), [], 0
    for cut in cuts:
        found += made.feed(stream[place : place + cut])
        place += cut
    found += made.feed(stream[place:])
    assert [type(one) for one in found] == [dict, Reply, Hangup, Reply, Reply]
    assert [one for one in found if not isinstance(one, Hangup)] == [
        one for one in whole if not isinstance(one, Hangup)
    ]


@given(st.binary(max_size=300))
def test_no_bytes_raise_anything_but_the_peers_fault(data):
    for made in (Reader(), reader()):
        try:
            made.feed(data)
        except PeerError:
            continue


@given(st.text())
def test_no_argument_ends_its_command_or_its_quotes(text):
    quoted = quote(text)
    assert "\n" not in quoted
    assert "\r" not in quoted
    assert "\0" not in quoted
    inner = quoted[1:-1].replace("\\\\", "").replace('\\"', "")
    assert '"' not in inner
    assert "\\" not in inner


def test_command_lines():
    assert line("ANSWER") == b"ANSWER\n"
    assert line("EXEC Queue", "intake,c", 5) == b'EXEC Queue "intake,c" "5"\n'
    assert line("SET VARIABLE", 'a"b\\c', "x\n200 result=1") == b'SET VARIABLE "a\\"b\\\\c" "x 200 result=1"\n'
    assert line("X", "李").decode() == 'X "李"\n'
