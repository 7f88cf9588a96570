"""Callers with SIP and RTP written by hand, many in one thread: what they hear is noted with the kernel's time.

They send 20 ms of a quiet room each 20 ms from the answer on, as a phone does, and keys as RFC 4733 events.
"""

import itertools
import random
import re
import select
import socket
import struct
import time
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

PERIOD = 0.02
ALAW, EVENT = 8, 101
FAINT = bytes(random.Random(95585).choices((0x55, 0xD5), k=160))
"""What a quiet room is in A-law: the two smallest codes. Not digital silence, which the ear passes over cheaply."""
AUDIBLE = 10 ** (-45 / 20)
KEY = 5
"""Packets of one key: 100 ms."""
_numbers = itertools.count(1)
_TIMESTAMP = 35  # SO_TIMESTAMPNS, of Linux


class Caller:
    """One call. Times are those of the wall clock, as the kernel stamps packets with it."""

    def __init__(self, phones: "Phones", talks: bool) -> None:
        self._phones, self._talks = phones, talks
        self.sip, self.rtp = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
        for one in (self.sip, self.rtp):
            one.bind(("127.0.0.1", 0))
            one.setblocking(False)
            one.setsockopt(socket.SOL_SOCKET, _TIMESTAMP, 1)
        self._port = self.sip.getsockname()[1]
        self._id = f"bench-{self._port}-{next(_numbers)}"
        self._to = f"<sip:95585@127.0.0.1:{phones.port}>"
        self._there: tuple[str, int] | None = None
        self._sequence, self._stamp, self._cseq = 0, 0, 1
        self._key: tuple[int, int] | None = None
        self.dialled_at = self.answered_at = 0.0
        self.ended = False
        self.heard: list[tuple[float, bytes]] = []
        self.keyed: list[tuple[float, str]] = []
        self._due: list[tuple[float, str]] = []

    # -- SIP -------------------------------------------------------------------------------------

    def dial(self) -> None:
        """Sends the INVITE."""
        self.dialled_at = time.time()
        port = self.rtp.getsockname()[1]
        self._send("INVITE", 1, "application/sdp", (
            f"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
            f"m=audio {port} RTP/AVP {ALAW} {EVENT}\r\na=rtpmap:{EVENT} telephone-event/8000\r\n"
        ))  # fmt: skip

    def info(self, key: str) -> None:
        """Presses a key as SIP INFO."""
        self._cseq += 1
        self._send("INFO", self._cseq, "application/dtmf-relay", f"Signal={key}\r\nDuration=100\r\n")

    def press(self, key: str, at: float) -> None:
        """Will press a key as an RFC 4733 event."""
        self._due.append((at, key))

    def hang_up(self) -> None:
        """Ends the call."""
        if self.answered_at and not self.ended:
            self._cseq += 1
            self._send("BYE", self._cseq)
        self.ended = True

    def _send(self, method: str, number: int, kind: str = "", body: str = "") -> None:
        lines = [
            f"{method} sip:95585@127.0.0.1:{self._phones.port} SIP/2.0",
            f"Via: SIP/2.0/UDP 127.0.0.1:{self._port};branch=z9hG4bK{self._id}{method}{number};rport",
            "Max-Forwards: 70",
            f"From: <sip:138{self._port:08}@127.0.0.1>;tag=bench",
            f"To: {self._to}",
            f"Call-ID: {self._id}",
            f"CSeq: {number} {method}",
            f"Contact: <sip:bench@127.0.0.1:{self._port}>",
            *([f"Content-Type: {kind}"] if body else []),
            f"Content-Length: {len(body)}",
        ]
        self.sip.sendto(("\r\n".join(lines) + "\r\n\r\n" + body).encode(), ("127.0.0.1", self._phones.port))

    def told(self, data: bytes, at: float) -> None:
        """A SIP message came in."""
        text = data.decode("utf-8", "replace")
        if text.startswith("SIP/2.0 200") and "INVITE" in _header(text, "CSeq"):
            self._to = _header(text, "To")
            self._send("ACK", 1)
            if not self.answered_at:
                self.answered_at = at
                media = re.search(r"m=audio (\d+)", text)
                self._there = ("127.0.0.1", int(media[1])) if media else None
        elif not text.startswith("SIP/2.0"):
            kept = re.findall(r"(?im)^(?:Via|From|To|Call-ID|CSeq):.*$", text)
            answer = "\r\n".join(["SIP/2.0 200 OK", *(one.strip() for one in kept), "Content-Length: 0"])
            self.sip.sendto((answer + "\r\n\r\n").encode(), ("127.0.0.1", self._phones.port))
            self.ended = self.ended or text.startswith("BYE")

    # -- RTP -------------------------------------------------------------------------------------

    def tick(self, now: float) -> None:
        """20 ms have passed: a packet of silence, or of a key."""
        if not self._there or self.ended or not self._talks:
            return
        self._stamp += 160
        if self._key is None and self._due and now >= self._due[0][0]:
            self._key = (0, self._stamp)
        if self._key is None:
            self._packet(ALAW, self._stamp, FAINT)
            return
        done, began = self._key
        digit = "0123456789*#".index(self._due[0][1])
        over = done == KEY
        body = struct.pack(">BBH", digit, 0x8A if over else 0x0A, 160 * min(done + 1, KEY))
        for _ in range(3 if over else 1):
            self._packet(EVENT, began, body, marker=done == 0)
        self._key = None if over else (done + 1, began)
        if over:
            self.keyed.append((time.time(), self._due.pop(0)[1]))

    def _packet(self, kind: int, stamp: int, body: bytes, marker: bool = False) -> None:
        self._sequence = (self._sequence + 1) & 0xFFFF
        header = struct.pack(">BBHII", 0x80, kind | marker << 7, self._sequence, stamp & 0xFFFFFFFF, self._port)
        if self._there:
            self.rtp.sendto(header + body, self._there)

    def close(self) -> None:
        """Lets go of the sockets."""
        self.sip.close()
        self.rtp.close()


class Phones:
    """All callers of one bench, and the loop that leads them."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.callers: list[Caller] = []
        self._poll = select.epoll()
        self._reading: dict[int, tuple[Caller, bool]] = {}
        self._next = time.monotonic()

    def caller(self, talks: bool = True, listens: bool = True) -> Caller:
        """A new caller, not yet dialling; who talks listens, too."""
        made = Caller(self, talks)
        self.callers.append(made)
        for one, media in ((made.sip, False), (made.rtp, True)):
            if talks or listens or not media:
                self._reading[one.fileno()] = (made, media)
                self._poll.register(one.fileno(), select.EPOLLIN)
        return made

    def lead(self, done: Callable[[], bool], limit: float) -> bool:
        """Carries all calls on until `done`, at most `limit` seconds; whether it came to be done."""
        deadline = time.monotonic() + limit
        while not done():
            now = time.monotonic()
            if now > deadline:
                return False
            if now >= self._next:
                self._next = max(self._next + PERIOD, now - PERIOD)
                wall = time.time()
                for caller in self.callers:
                    caller.tick(wall)
            for number, _ in self._poll.poll(max(0.0, self._next - time.monotonic())):
                self._read(*self._reading[number])
        return True

    def _read(self, caller: Caller, media: bool) -> None:
        one = caller.rtp if media else caller.sip
        while True:
            try:
                data, notes, _, _ = one.recvmsg(65535, 64)
            except BlockingIOError:
                return
            seconds, nanoseconds = struct.unpack("qq", notes[0][2])
            at = seconds + nanoseconds / 1e9
            if not media:
                caller.told(data, at)
            elif data[1] & 0x7F == ALAW:
                caller.heard.append((at, data[12:]))

    def hang_up(self) -> None:
        """Ends all calls."""
        for caller in self.callers:
            caller.hang_up()
        self.lead(lambda: False, 0.3)

    def close(self) -> None:
        """Lets go of everything."""
        for caller in self.callers:
            caller.close()
        self._poll.close()


def _header(text: str, name: str) -> str:
    found = re.search(rf"(?im)^{name}:\s*(.*?)\s*$", text)
    return found[1] if found else ""


def _expand(code: int) -> int:
    """One A-law code as 16 bits (G.711)."""
    code ^= 0x55
    exponent, mantissa = code >> 4 & 7, code & 15
    size = (mantissa << 4) + 8 if exponent == 0 else (mantissa << 4) + 0x108 << exponent - 1
    return size if code & 0x80 else -size


_LINEAR = np.array([_expand(code) / 32768 for code in range(256)], np.float32)


def samples(payload: bytes) -> npt.NDArray[np.float32]:
    """A packet's sound, full scale 1."""
    return _LINEAR[np.frombuffer(payload, np.uint8)]


def level(sound: npt.NDArray[np.float32]) -> float:
    """RMS."""
    return float(np.sqrt(np.mean(sound**2))) if len(sound) else 0.0


def audible(payload: bytes) -> bool:
    """Whether somebody would hear it."""
    return level(samples(payload)) > AUDIBLE
