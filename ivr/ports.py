"""Whether the ports a line wants are free, asked before anything is started."""

import errno
import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ivr.settings import Settings


class PortTaken(Exception):
    """One sentence naming the port, who wanted it, and what to do."""


class AlreadyRunning(Exception):
    """One sentence: a line runs on this data folder."""


def wanted(settings: Settings, asterisk_too: bool) -> list[tuple[str, str, int, socket.SocketKind]]:
    """Name, address, port and socket type of each port the line will open."""
    ours = [
        ("agi_port", "127.0.0.1", settings.agi_port, socket.SOCK_STREAM),
        ("audiosocket_port", "127.0.0.1", settings.audiosocket_port, socket.SOCK_STREAM),
    ]
    theirs = [
        ("sip_port", settings.bind, settings.sip_port, socket.SOCK_DGRAM),
        ("ami_port", "127.0.0.1", settings.ami_port, socket.SOCK_STREAM),
    ]
    return ours + (theirs if asterisk_too else [])


def check(settings: Settings, asterisk_too: bool = True) -> None:
    """Raises PortTaken for all ports that are in use."""
    taken = []
    for name, address, port, kind in wanted(settings, asterisk_too):
        with socket.socket(socket.AF_INET, kind) as probe:
            if kind == socket.SOCK_STREAM:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
            except OSError as error:
                if error.errno == errno.EADDRNOTAVAIL:
                    raise PortTaken(f"`bind`: this machine has no address {address}; write one of its own") from None
                taken.append(f"port {port} on {address} ({name}): {error.strerror}")
    if taken:
        raise PortTaken(
            f"{'; '.join(taken)}. End what uses it, or give this line other ports in ivr.toml or the environment."
        )


@contextmanager
def sole_owner(data: Path) -> Iterator[None]:
    """Holds the data folder for one line; raises AlreadyRunning."""
    data.mkdir(parents=True, exist_ok=True)
    with (data / "line.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            pid, _, port = file.read().partition(" ")
            raise AlreadyRunning(
                f"this line already runs (process {pid}, SIP port {port.strip()}, data folder {data}): "
                "end it first, or set IVR_DATA and other ports for a second line"
            ) from None
        yield


def note_owner(data: Path, settings: Settings) -> None:
    """Writes who holds the data folder, for the message another start prints."""
    (data / "line.lock").write_text(f"{os.getpid()} {settings.sip_port}\n")
