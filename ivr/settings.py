"""Every setting, once: defaults, then `ivr.toml`, then environment variables; all faults told at once."""

import dataclasses
import difflib
import itertools
import os
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ivr.faults import Fault, Faults
from ivr.native import HOME

FILE = "ivr.toml"
CALENDARS = "calendars"
"""The folder of calendars, in that of the flows."""


class _Wrong(Exception):
    """What is wrong with a value and what to write instead."""


def _port(value: object) -> int:
    return int(_within(1024, 65535)(value))


def _within(least: float, most: float) -> Callable[[object], Any]:
    """A number in bounds, whole where the bounds are whole."""

    def read(value: object) -> float:
        whole = isinstance(least, int)
        try:
            number = int(str(value)) if whole else float(str(value))
        except ValueError:
            raise _Wrong(f"write a {'whole ' if whole else ''}number from {least} to {most}") from None
        if not least <= number <= most:
            raise _Wrong(f"it must be from {least} to {most}")
        return number

    return read


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise _Wrong('write it in quotes: "…"')
    return value


def _address(value: object) -> str:
    text = _text(value)
    if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,3}){3}", text) or any(int(part) > 255 for part in text.split(".")):
        raise _Wrong("write an IPv4 address such as 127.0.0.1")
    return text


def _addresses(value: object) -> str:
    parts = [part.strip() for part in _text(value).split(",")]
    for part in parts:
        address, slash, bits = part.partition("/")
        _address(address)
        if slash and not re.fullmatch(r"[0-9]|[12][0-9]|3[0-2]", bits):
            raise _Wrong("write addresses such as 127.0.0.1 or 10.0.0.0/8, with commas between them")
    return ",".join(parts)


def _folder(value: object) -> Path:
    text = _text(value)
    if not text.strip() or not text.isprintable():
        raise _Wrong("write the path of a folder")
    try:
        return Path(text).expanduser().resolve()
    except (RuntimeError, OSError) as error:
        raise _Wrong(f"{error}; write the path of a folder") from None


def _name(value: object) -> str:
    if not re.fullmatch(r"[\w-]+", text := _text(value)):
        raise _Wrong("write the name of a file in the flows folder, without `.yaml`")
    return text


def _services(value: object) -> str:
    """Names and addresses: `policies=http://10.0.0.5:8080/api, crm=https://crm.example`."""
    parts = [part.strip() for part in _text(value).split(",") if part.strip()]
    for part in parts:
        if not re.fullmatch(r"[\w-]+=https?://[^\s/?#@]+(/[^\s?#]*)?", part):
            raise _Wrong(f"`{part}` is no service: write its name and address, such as crm=https://10.0.0.5:8080/api")
    names = [part.partition("=")[0] for part in parts]
    if len(set(names)) < len(names):
        raise _Wrong("a service is named twice: give each its own name")
    return ", ".join(parts)


def _language(value: object) -> str:
    if value not in ("zh", "en"):
        raise _Wrong("write zh or en")
    return str(value)


def _setting(default: object, read: Callable[[object], Any], env: str = "") -> Any:  # noqa: ANN401 - a field's default
    return dataclasses.field(default=default, metadata={"read": read, "env": env})


@dataclass(frozen=True)
class Settings:
    """What one line runs with. Times are seconds, sizes as named."""

    data: Path = _setting(HOME / "data", _folder, "IVR_DATA")
    flows: Path = _setting(HOME / "ivr/flows", _folder, "IVR_FLOWS")
    prompts: Path = _setting(HOME / "ivr/prompts", _folder, "IVR_PROMPTS")
    bind: str = _setting("127.0.0.1", _address, "IVR_BIND")
    sip_port: int = _setting(5060, _port, "IVR_SIP_PORT")
    agi_port: int = _setting(4573, _port, "IVR_AGI_PORT")
    ami_port: int = _setting(5038, _port, "IVR_AMI_PORT")
    audiosocket_port: int = _setting(4574, _port, "IVR_AUDIOSOCKET_PORT")
    http_port: int = _setting(8585, _port, "IVR_HTTP_PORT")
    rtp_start: int = _setting(10000, _port, "IVR_RTP_START")
    rtp_end: int = _setting(11999, _port, "IVR_RTP_END")
    public: str = _setting("127.0.0.1", _addresses, "IVR_PUBLIC")
    asterisk: str = _setting("", _text, "IVR_ASTERISK")
    language: str = _setting("zh", _language, "IVR_LANGUAGE")
    flow: str = _setting("hotline", _name, "IVR_FLOW")
    most_calls: int = _setting(300, _within(1, 5000), "IVR_MOST_CALLS")
    ring_seconds: int = _setting(15, _within(5, 60), "IVR_RING_SECONDS")
    longest_call: int = _setting(7200, _within(60, 86400), "IVR_LONGEST_CALL")
    controller_wait: int = _setting(5, _within(0, 60), "IVR_CONTROLLER_WAIT")
    watchdog: int = _setting(15, _within(0, 600), "IVR_WATCHDOG")
    line_noisy_sure: int = _setting(80, _within(50, 100), "IVR_LINE_NOISY_SURE")
    rtp_timeout: int = _setting(120, _within(5, 3600), "IVR_RTP_TIMEOUT")
    keep_days: int = _setting(180, _within(1, 3650), "IVR_KEEP_DAYS")
    least_free_mb: int = _setting(500, _within(1, 10_000_000), "IVR_LEAST_FREE_MB")
    services: str = _setting("", _services, "IVR_SERVICES")
    synthesiser: str = _setting("", _text, "IVR_SYNTHESISER")

    @property
    def flow_file(self) -> Path:
        """The flow that callers meet."""
        return self.flows / f"{self.flow}.yaml"

    @property
    def service_addresses(self) -> dict[str, str]:
        """The web address of each service that flows may ask."""
        parts = (part.strip().partition("=") for part in self.services.split(",") if part.strip())
        return {name: address.rstrip("/") for name, _, address in parts}

    @property
    def database(self) -> Path:
        """Calls, events, promises, alarms."""
        return self.data / "ivr.db"


def load(folder: Path | None = None, environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings in force; raises Faults with every mistake."""
    text, written = _written((folder or HOME) / FILE)
    fields = {field.name: field for field in dataclasses.fields(Settings)}
    places = {name: Fault(FILE, _line(text, name), 1, "") for name in written}
    faults = [_told(places[name], _unknown(name, [*fields])) for name in written if name not in fields]
    values: dict[str, Any] = {}
    for name, field in fields.items():
        env = field.metadata["env"]
        if env in environment:
            places[name] = Fault(f"${env}", 1, 1, "")
        elif name not in written:
            continue
        value = environment[env] if env in environment else written[name]
        try:
            values[name] = field.metadata["read"](value)
        except _Wrong as wrong:
            faults.append(_told(places[name], f"`{name} = {value}`: {wrong}"))
    if not faults:
        faults = list(_together(Settings(**values), places))
    if faults:
        raise Faults(faults)
    return Settings(**values)


def _written(path: Path) -> tuple[str, dict[str, Any]]:
    """The text of the file, and what stands in it; nothing where there is no file."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
        return text, tomllib.loads(text)
    except FileNotFoundError:
        return "", {}
    except OSError as error:
        fault = Fault(FILE, 1, 1, f"the file cannot be read: {error.strerror}")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        fault = Fault(FILE, line, 1, "this is not UTF-8 text; save the file as UTF-8")
    except tomllib.TOMLDecodeError as error:
        where = re.search(r"line (\d+), column (\d+)", str(error))
        line, column = (int(part) for part in where.groups()) if where else (len(text.splitlines()), 1)
        why = str(error).partition(" (at ")[0]
        fault = Fault(FILE, line, column, f"not readable as TOML: {why}; write `name = value` lines, texts in quotes")
    except RecursionError:
        fault = Fault(FILE, 1, 1, "this is nested too deep; write `name = value` lines")
    raise Faults([fault])


def _told(place: Fault, text: str) -> Fault:
    return dataclasses.replace(place, text=text)


def _unknown(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, 1)
    return f"`{name}` is no setting; " + (f"write `{near[0]}`?" if near else f"known are {', '.join(known)}")


def _together(settings: Settings, places: Mapping[str, Fault]) -> Iterator[Fault]:
    """What no setting shows alone."""

    def told(names: tuple[str, ...], text: str) -> Fault:
        return _told(next((places[name] for name in reversed(names) if name in places), Fault(FILE, 1, 1, "")), text)

    first, last = settings.rtp_start, settings.rtp_end
    if last - first < 3:
        text = f"rtp_start {first} to rtp_end {last} leaves no room; name at least 4 ports"
        yield told(("rtp_start", "rtp_end"), text)
    if first <= settings.sip_port <= last:
        text = f"sip_port {settings.sip_port} lies between rtp_start {first} and rtp_end {last}; give it another"
        yield told(("rtp_start", "rtp_end", "sip_port"), text)
    ports = ("sip_port", "agi_port", "ami_port", "audiosocket_port", "http_port")
    for one, other in itertools.combinations(ports, 2):
        if getattr(settings, one) == getattr(settings, other):
            yield told((one, other), f"{one} and {other} are both {getattr(settings, one)}; give each its own")


def _line(text: str, name: str) -> int:
    for number, line in enumerate(text.splitlines(), 1):
        if re.match(rf"""\s*\[*\s*["']?{re.escape(name)}["']?\s*[=\].]""", line):
            return number
    return 1
