"""The short way of AMI events: what goes it, what it leaves to panoramisk, and that both tell the same."""

from collections import deque

import pytest
from panoramisk import Manager
from panoramisk.message import Message

from ivr.pbx.amiwire import Protocol, lone_event
from ivr.pbx.keypad import KEYS

KEY = (
    b"Event: DTMFEnd\r\nPrivilege: dtmf,all\r\nChannel: PJSIP/public-00000001\r\nCallerIDNum: 138\r\n"
    b"CallerIDName: \r\nExten: s\r\nUniqueid: 1795.12\r\nDigit: 5\r\nDurationMs: 100\r\nDirection: Received\r\n\r\n"
)
FORGED = KEY.replace(b"138", b"138\r\nDigit: 9")
RESPONSE = b"Response: Success\r\nActionID: 7\r\nMessage: Pong\r\n\r\n"
LISTED = b"Event: CoreShowChannel\r\nActionID: 7\r\nUniqueid: 1795.12\r\n\r\n"


@pytest.fixture
def told():
    return []


@pytest.fixture
def protocol(told):
    """As panoramisk has one after the login; what goes its own way is marked."""
    manager = Manager()
    made = Protocol({"DTMFEnd": told.append})
    made.version, made.queue, made.responses, made.factory = "1.0", deque(), {}, manager
    made.encoding, made.log = "utf8", manager.log
    manager.register_event("*", lambda _manager, event: told.append(("panoramisk", event.event, event["Digit"])))
    return made


def test_both_ways_tell_the_same():
    message = Message.from_line(KEY.decode().strip())
    assert lone_event(KEY) | {"content": ""} == dict(message.items())


@pytest.mark.parametrize(
    "data",
    [KEY + KEY, KEY[:-2], KEY[5:], b"", RESPONSE, LISTED, FORGED, b"Event: X\r\nno colon\r\n\r\n", KEY + b"Event: "],
    ids=["two", "half", "the rest", "nothing", "a response", "of a list", "forged", "no field", "and a half"],
)
def test_what_is_not_plainly_one_event_is_left_to_panoramisk(data):
    assert lone_event(data) is None


def test_a_key_comes_alone_in_pieces_and_with_others(protocol, told):
    protocol.data_received(KEY)
    assert [one["Digit"] for one in told] == ["5"]
    told.clear()
    for cut in range(1, len(KEY)):
        protocol.data_received(KEY[:cut])
        protocol.data_received(KEY[cut:])
        assert told == [("panoramisk", "DTMFEnd", "5")]
        told.clear()
    protocol.data_received(KEY + KEY)
    assert told == [("panoramisk", "DTMFEnd", "5")] * 2


def test_what_nobody_waits_for_goes_panoramisks_way(protocol, told):
    protocol.data_received(KEY.replace(b"DTMFEnd", b"DTMFBegin"))
    assert told == [("panoramisk", "DTMFBegin", "5")]


def test_a_field_that_comes_twice_is_no_key(protocol, told):
    """A caller's number with a line end in it must not say what was pressed."""
    protocol.data_received(FORGED)
    ((_, _, digit),) = told
    assert str(digit) not in KEYS
