"""The second Asterisk's files: callers without an account, agents' phones that register at the line."""

from dataclasses import dataclass
from pathlib import Path

from ivr.pbx.accounts import Accounts
from ivr.pbx.generate import CONF, folders
from ivr.settings import Settings


@dataclass(frozen=True)
class WorldPorts:
    """The second Asterisk's ports, beside the line's own."""

    sip: int
    ami: int
    agi: int
    rtp_start: int
    rtp_end: int


AMI_SECRET = "outside-world"
"""Loopback only, and nothing behind it but phones that play test audio."""


def write(folder: Path, line: Settings, accounts: Accounts, ports: WorldPorts) -> Path:
    """All files below `folder`; the path of asterisk.conf."""
    etc = folder / "etc"
    etc.mkdir(parents=True, exist_ok=True)
    files = {
        "pjsip.conf": _pjsip(line, accounts, ports),
        "extensions.conf": _extensions(folder, ports),
        "manager.conf": _manager(ports),
        "rtp.conf": f"[general]\nrtpstart={ports.rtp_start}\nrtpend={ports.rtp_end}\nstrictrtp=no\n",
        "logger.conf": "[general]\n[logfiles]\nconsole => error\nfull => notice,warning,error\n",
        "modules.conf": _modules(),
        "asterisk.conf": _main(folder, line),
    }
    for name in ("acl", "udptl", "ccss", "stasis", "pjproject", "cdr", "cel", "indications", "features", "musiconhold"):
        files[f"{name}.conf"] = (CONF / f"{name}.conf").read_text() if name in ("stasis", "cdr", "cel") else ""
    for name, text in files.items():
        (etc / name).write_text(text)
    return etc / "asterisk.conf"


def _main(folder: Path, line: Settings) -> str:
    places = {name: folder / name for name in folders(line)}
    places |= {"astetcdir": folder / "etc", "astmoddir": folders(line)["astmoddir"], "astdatadir": folder}
    for name, place in places.items():
        if name != "astmoddir":
            place.mkdir(parents=True, exist_ok=True)
    documentation = folder / "documentation"
    if not documentation.exists() and (line.data / "documentation").exists():
        documentation.symlink_to((line.data / "documentation").resolve())
    listed = "".join(f"{name} => {place}\n" for name, place in places.items())
    return f"[directories]\n{listed}\n[options]\nmindtmfduration=40\nhideconnect=yes\n"


def _modules() -> str:
    text = (CONF / "modules.conf").read_text()
    for extra in (
        "app_originate.so",
        "app_echo.so",
        "app_senddtmf.so",
        "app_playtones.so",
        "func_rand.so",
        "func_volume.so",
    ):
        text += f"load={extra}\n"
    return text


def _manager(ports: WorldPorts) -> str:
    return (
        f"[general]\nenabled=yes\nbindaddr=127.0.0.1\nport={ports.ami}\n"
        f"[world]\nsecret={AMI_SECRET}\nread=call,dtmf\nwrite=originate,call,system,reporting,command\n"
    )


def _pjsip(line: Settings, accounts: Accounts, ports: WorldPorts) -> str:
    there = f"sip:127.0.0.1:{line.sip_port}"
    text = f"""
[transport-udp]
type=transport
protocol=udp
bind=127.0.0.1:{ports.sip}

[line]
type=endpoint
context=nothing
disallow=all
allow=alaw
aors=line
direct_media=no
dtmf_mode=rfc4733

[line]
type=aor
contact={there}
"""
    for agent in accounts.agents:
        text += f"""
[{agent.number}]
type=registration
server_uri={there}
client_uri=sip:{agent.number}@127.0.0.1:{line.sip_port}
contact_user={agent.number}
outbound_auth={agent.number}
retry_interval=1
line=yes
endpoint=phone-{agent.number}

[{agent.number}]
type=auth
auth_type=digest
username={agent.number}
password={agent.secret}

[phone-{agent.number}]
type=endpoint
context=phones
disallow=all
allow=alaw
aors=phone-{agent.number}
outbound_auth={agent.number}
from_user={agent.number}
direct_media=no
dtmf_mode=rfc4733

[phone-{agent.number}]
type=aor
contact={there}
"""
    return text


def _extensions(folder: Path, ports: WorldPorts) -> str:
    """Every phone is led by the script on the FastAGI port; what it hears is kept from the first frame."""
    heard = f"{folder}/heard"
    return f"""
[caller]
exten => s,1,Set(HEARD={heard}/${{WORLD_ID}}.wav)
 same => n,MixMonitor(,r(${{HEARD}})t({heard}/${{WORLD_ID}}-said.wav))
 same => n,AGI(agi://127.0.0.1:{ports.agi}/caller)
 same => n,Hangup()

[phones]
exten => _X.,1,Set(HEARD={heard}/agent-${{EXTEN}}-${{UNIQUEID}}.wav)
 same => n,AGI(agi://127.0.0.1:{ports.agi}/agent)
 same => n,Hangup()

[nothing]
exten => h,1,NoOp()
"""
