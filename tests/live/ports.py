"""Ports for lines that run beside each other, in this process and in the test processes beside it."""

import itertools
import os
import socket

RTP_FIRST = 12000
RTP_EACH = 500
RTP_PROCESS = 5000
"""RTP ports of one line or world, and of all that one test process starts; all below Linux's ephemeral ports."""
_started = itertools.count()


def free_ports(count: int) -> list[int]:
    """Ports that were free a moment ago, for UDP and TCP."""
    found: list[int] = []
    while len(found) < count:
        with socket.socket() as tcp:
            tcp.bind(("127.0.0.1", 0))
            port = tcp.getsockname()[1]
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
                try:
                    udp.bind(("127.0.0.1", port))
                except OSError:
                    continue
        if port not in found:
            found.append(port)
    return found


def rtp_ports() -> tuple[int, int]:
    """The first and last RTP port of one more line or world."""
    process = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) % 4
    first = RTP_FIRST + process * RTP_PROCESS + next(_started) * RTP_EACH % RTP_PROCESS
    return first, first + RTP_EACH - 1
