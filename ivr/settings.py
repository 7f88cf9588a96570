"""Every setting, once: defaults, then `ivr.toml`, then environment variables; all faults told at once."""

import dataclasses
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ivr.faults import Fault, Faults
from ivr.native import HOME

FILE = "ivr.toml"


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
    if not re.fullmatch(r"\d{1,3}(\.\d{1,3}){3}", text) or any(int(part) > 255 for part in text.split(".")):
        raise _Wrong("write an IPv4 address such as 127.0.0.1")
    return text


def _addresses(value: object) -> str:
    parts = str(value).split(",")
    for part in parts:
        _address(part.strip().split("/")[0])
    return ",".join(part.strip() for part in parts)


def _folder(value: object) -> Path:
    return Path(_text(str(value))).expanduser().resolve()


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
    flow: str = _setting("hotline", _text, "IVR_FLOW")
    most_calls: int = _setting(300, _within(1, 5000), "IVR_MOST_CALLS")
    ring_seconds: int = _setting(15, _within(5, 60), "IVR_RING_SECONDS")
    longest_call: int = _setting(7200, _within(60, 86400), "IVR_LONGEST_CALL")
    keep_days: int = _setting(180, _within(1, 3650), "IVR_KEEP_DAYS")
    least_free_mb: int = _setting(500, _within(1, 10_000_000), "IVR_LEAST_FREE_MB")
    synthesiser: str = _setting("", _text, "IVR_SYNTHESISER")

    @property
    def flow_file(self) -> Path:
        """The flow that callers meet."""
        return self.flows / f"{self.flow}.yaml"

    @property
    def database(self) -> Path:
        """Calls, events, promises, alarms."""
        return self.data / "ivr.db"


def load(folder: Path | None = None, environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings in force; raises Faults with every mistake."""
    path = (folder or HOME) / FILE
    text = path.read_text() if path.exists() else ""
    faults: list[Fault] = []
    try:
        written = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        where = re.search(r"line (\d+), column (\d+)", str(error))
        line, column = (int(part) for part in where.groups()) if where else (1, 1)
        raise Faults([Fault(FILE, line, column, f"not readable as TOML: {error}")]) from None
    fields = {field.name: field for field in dataclasses.fields(Settings)}
    values: dict[str, Any] = {}
    for name in written:
        if name not in fields:
            faults.append(Fault(FILE, _line(text, name), 1, f"`{name}` is no setting; known are {', '.join(fields)}"))
    for name, field in fields.items():
        env = field.metadata["env"]
        if env in environment:
            _take(values, faults, field, environment[env], Fault(f"${env}", 1, 1, ""))
        elif name in written:
            _take(values, faults, field, written[name], Fault(FILE, _line(text, name), 1, ""))
    if not faults:
        settings = Settings(**values)
        faults = _together(settings)
    if faults:
        raise Faults(faults)
    return settings


def _take(
    values: dict[str, Any], faults: list[Fault], field: "dataclasses.Field[Any]", value: object, at: Fault
) -> None:
    try:
        values[field.name] = field.metadata["read"](value)
    except _Wrong as wrong:
        faults.append(dataclasses.replace(at, text=f"`{field.name} = {value}`: {wrong}"))


def _together(settings: Settings) -> list[Fault]:
    """What no setting shows alone."""
    faults = []
    if settings.rtp_end - settings.rtp_start < 3:
        text = f"rtp_start {settings.rtp_start} to rtp_end {settings.rtp_end} leaves no room: name at least 4 ports"
        faults.append(Fault(FILE, 1, 1, text))
    ports = ("sip_port", "agi_port", "ami_port", "audiosocket_port", "http_port")
    for index, one in enumerate(ports):
        for other in ports[index + 1 :]:
            if getattr(settings, one) == getattr(settings, other):
                faults.append(
                    Fault(FILE, 1, 1, f"{one} and {other} are both {getattr(settings, one)}: give each its own")
                )
    return faults


def _line(text: str, name: str) -> int:
    for number, line in enumerate(text.splitlines(), 1):
        if re.match(rf"\s*{re.escape(name)}\s*=", line):
            return number
    return 1
