"""AMI: we get in, may do what the line needs, and nothing more. Asked by pyst2, not by the line's own client."""

import contextlib
import re
import threading
import warnings
from collections.abc import Iterator

from asterisk.manager import Manager, ManagerException

from ivr.doctor import Finding, running
from ivr.pbx.generate import CONF
from ivr.settings import Settings

NEEDED = {
    "QueueStatus": {},
    "QueueRemove": {"Queue": "none", "Interface": "Local/none@none"},
    "CoreShowChannels": {},
    "MixMonitorMute": {"Channel": "none", "Direction": "both", "State": "1"},
    "Redirect": {"Channel": "none", "Context": "none", "Exten": "s", "Priority": "1"},
}
"""What the line does, asked of things that do not exist: a refusal for want of rights is what counts."""
FORBIDDEN = {
    "Command": {"Command": "core show version"},
    "Originate": {"Channel": "Local/none@none", "Application": "NoOp"},
    "GetConfig": {"Filename": "manager.conf"},
}
"""What could run a program, place a call, or read secrets."""
DENIED = "permission denied"
DANGEROUS = ("all", "command", "originate", "config", "system")
PATIENCE = 5.0
KEEP = "in asterisk/conf/manager.conf write `write=agent,call,reporting` for [ivr], then restart the line"


class _Client(Manager):  # type: ignore[misc]
    """pyst2's client; its own close trips over its reading thread when that sees the end of the stream first."""

    def close(self) -> None:
        if self._running.is_set() and self._connected.is_set():
            with contextlib.suppress(ManagerException, ValueError, OSError):
                self.logoff()
            self._connected.clear()
        super().close()


def rights(_settings: Settings) -> Iterator[Finding]:
    """The rights as they are written."""
    written = re.findall(r"^\s*write\s*=\s*(.*)", (CONF / "manager.conf").read_text(), re.MULTILINE)
    named = {right.strip() for line in written for right in line.split(";")[0].split(",")}
    bad = sorted(named & set(DANGEROUS))
    yield Finding("ami rights", f"write={','.join(sorted(named))}", f"take out {', '.join(bad)}: {KEEP}" if bad else "")


def login(settings: Settings) -> Iterator[Finding]:
    """The rights as they are in force; only where our Asterisk runs."""
    if not running.asterisk(settings):
        dead = running.controller(settings)
        text = "the controller runs, but its Asterisk does not answer" if dead else "checked while the line runs"
        yield Finding("ami", text, "wait until `ivr run` says ready, or start the line again" if dead else "")
        return
    accounts = running.accounts(settings)
    secret = accounts.ami_secret if accounts else ""
    found: list[Finding] = []
    # pyst2 waits for ever where no answer comes; a thread of its own can be left behind.
    asking = threading.Thread(target=lambda: found.extend(asked(settings.ami_port, secret)), daemon=True)
    asking.start()
    asking.join(PATIENCE)
    mute = Finding("ami", f"port {settings.ami_port} does not answer", "restart the line")
    yield from [mute] if asking.is_alive() else found


def asked(port: int, secret: str) -> list[Finding]:
    """What a login with this secret finds."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pyst2 uses names that Python has given up
        manager = _Client()
        try:
            manager.connect("127.0.0.1", port)
            manager.login("ivr", secret)
            found = list(_refusals(manager))
        except ManagerException as error:
            mend = "restart the line, which writes the secret anew"
            found = [Finding("ami", f"login on port {port}: {error}", mend)]
        finally:
            manager.close()
            del manager  # it closes itself once more, and warns of its own names again
    return found


def _refusals(manager: Manager) -> Iterator[Finding]:
    lacking = [name for name, fields in NEEDED.items() if _denied(manager, name, fields)]
    allowed = [name for name, fields in FORBIDDEN.items() if not _denied(manager, name, fields)]
    if lacking:
        yield Finding("ami", f"the line may not {', '.join(lacking)}", KEEP)
    if allowed:
        yield Finding("ami", f"the line's account may {', '.join(allowed)}, which it must not", KEEP)
    if not lacking and not allowed:
        yield Finding("ami", f"login ok; {', '.join(FORBIDDEN)} refused, as they must be")


def _denied(manager: Manager, action: str, fields: dict[str, str]) -> bool:
    answer = manager.send_action({"Action": action, **fields})
    return DENIED in str(answer.get_header("Message", "")).lower()
