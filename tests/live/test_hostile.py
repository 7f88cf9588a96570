"""Callers whose names and numbers are attacks: real SIP from a raw socket, since no phone would send them."""

import itertools
import json
import re
import socket
import sqlite3
from contextlib import closing

import pytest

from ivr.pbx.caller import MOST_NAME
from tests.live.lines import LiveLine

_branches = itertools.count(1)


class RawCaller:
    """A caller who writes SIP by hand: INVITE, ACK, BYE; sends no audio."""

    def __init__(self, line: LiveLine, from_: str, dialled: str = "95585") -> None:
        self._there = ("127.0.0.1", int(line.environment["IVR_SIP_PORT"]))
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(10)
        self._port = self._socket.getsockname()[1]
        self._from, self._id = from_, f"raw-{self._port}-{next(_branches)}"
        self._dialled, self._to = dialled, f"<sip:{dialled}@127.0.0.1>"

    def _send(self, method: str, number: int, body: str = "") -> None:
        lines = [
            f"{method} sip:{self._dialled}@127.0.0.1:{self._there[1]} SIP/2.0",
            f"Via: SIP/2.0/UDP 127.0.0.1:{self._port};branch=z9hG4bK{self._id}{method}{number};rport",
            "Max-Forwards: 70",
            f"From: {self._from};tag=raw",
            f"To: {self._to}",
            f"Call-ID: {self._id}",
            f"CSeq: {number} {method}",
            f"Contact: <sip:raw@127.0.0.1:{self._port}>",
            *(["Content-Type: application/sdp"] if body else []),
            f"Content-Length: {len(body.encode())}",
        ]
        self._socket.sendto(("\r\n".join(lines) + "\r\n\r\n" + body).encode(), self._there)

    def call(self) -> int:
        """Dials; the final status code. An answered call is acknowledged."""
        sdp = (
            f"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
            f"m=audio {self._port + 1} RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\n"
        )
        self._send("INVITE", 1, sdp)
        while True:
            answer = self._socket.recv(65535).decode("utf-8", "replace")
            status = int(answer.split()[1]) if answer.startswith("SIP/2.0") else 0
            if status >= 200:
                to = re.search(r"(?im)^(?:To|t):\s*(.*)$", answer)
                self._to = to[1].strip() if to else self._to
                self._send("ACK", 1)
                if status != 200:
                    self._socket.close()
                return status

    def hang_up(self) -> None:
        """Ends the call."""
        self._send("BYE", 2)
        self.close()

    def close(self) -> None:
        """Is not there any more: no BYE, no answer to anything."""
        self._socket.close()


def greeted_and_gone(line: LiveLine, from_: str) -> dict[str, object]:
    """The record of a call from this From, hung up while it is greeted."""
    since = len(line.printed)
    caller = RawCaller(line, from_)
    assert caller.call() == 200
    id_ = line.until_printed(r"\[([\d.]+)\] .* < offered", since=since)[1]
    line.until_printed(rf"\[{re.escape(id_)}\] .* > listen greeting-line", since=since)
    caller.hang_up()
    line.until_printed(rf"\[{re.escape(id_)}\] ended: hung_up_greeting", since=since)
    record: dict[str, object] = json.loads(line.ivr("call", id_, "--json"))
    return record


FORGED_EVENT = "138%0d%0a%0d%0aEvent%3a%20Hangup%0d%0aUniqueid%3a%201%0d%0a%0d%0a"
FORGED_REPLY = "138%0a%0a200%20result=1%20(x)%0a"


@pytest.mark.parametrize(
    ("from_", "number", "name"),
    [
        ('"张三 (车主)" <sip:13700000001@127.0.0.1>', "13700000001", "张三 (车主)"),
        (r'"a \"quoted\" name, | and ;" <sip:13700000002@127.0.0.1>', "13700000002", 'a "quoted" name, | and ;'),
        ('"${SHELL(touch OWNED)}" <sip:13700000003@127.0.0.1>', "13700000003", "${SHELL(touch OWNED)}"),
        (f"<sip:{FORGED_EVENT}@127.0.0.1>", "138", ""),
        (f"<sip:{FORGED_REPLY}@127.0.0.1>", "138", ""),
        ('"`id` $(id) {id}" <sip:anonymous@anonymous.invalid>', "", "`id` $(id) {id}"),
    ],
)  # fmt: skip
def test_caller_text_is_text(line: LiveLine, from_: str, number: str, name: str) -> None:
    owned = line.data / "owned-by-a-caller"
    record = greeted_and_gone(line, from_.replace("OWNED", str(owned)))
    assert (record["caller"], record["caller_name"]) == (number, name.replace("OWNED", str(owned)))
    assert not owned.exists()
    assert not any("Event: Hangup" in text for text in line.printed)


def test_a_name_of_ten_thousand_characters(line: LiveLine) -> None:
    """Asterisk hands on a From header of up to 4 kB; of a longer one the line knows nothing, and serves the call."""
    record = greeted_and_gone(line, f'"{"长" * 1000}" <sip:13700000008@127.0.0.1>')
    assert (record["caller"], record["caller_name"]) == ("13700000008", "长" * MOST_NAME)
    record = greeted_and_gone(line, f'"{"长" * 3400}" <sip:13700000009@127.0.0.1>')
    assert (record["caller"], record["caller_name"]) == ("", "")


@pytest.mark.parametrize("dialled", ["1001", "*45", "10086", "95585%0d%0aEvent", "95585x", "s", "hotline"])
def test_other_numbers_cannot_be_dialled(line: LiveLine, dialled: str) -> None:
    """The public can dial 95585 only: no agent, no feature code, no trunk."""
    assert RawCaller(line, "<sip:13700000011@127.0.0.1>", dialled).call() in (400, 403, 404, 484)


def test_an_agi_call_of_another_dialplan_is_refused_and_told(line: LiveLine) -> None:
    """As when asterisk/conf/ was copied elsewhere and not copied again: the caller gets the dialplan's own queue."""
    with socket.create_connection(("127.0.0.1", int(line.environment["IVR_AGI_PORT"])), 10) as agi:
        agi.sendall(b"agi_network: yes\nagi_channel: PJSIP/x\nagi_uniqueid: 1700000000.99\n\n")
        assert agi.recv(100) == b""
    line.until_printed(r"1700000000\.99.*ALARM dialplan: .*copy asterisk/conf/extensions.conf again")
    with closing(sqlite3.connect(line.data / "ivr.db")) as database:
        assert database.execute("select kind from alarms where call='1700000000.99'").fetchall() == [("dialplan",)]
