"""Call scripts: one line per event (`<`) and command (`>`), with the seconds since the call rang."""

import json
from typing import Any

from ivr.commands import Command
from ivr.events import Event


def event_line(event: Event, start: float) -> str:
    """`  3.120 < key_pressed 1`."""
    return _line(event.at - start, "<", event.to_json(), ("at", "to", "evidence"))


def command_line(command: Command, at: float, start: float) -> str:
    """`  3.120 > say main-menu`."""
    return _line(at - start, ">", command.to_json(), ())


def _line(seconds: float, arrow: str, data: dict[str, Any], hidden: tuple[str, ...]) -> str:
    words = [str(data["type"])]
    for name, value in data.items():
        if name == "type" or name in hidden:
            continue
        words.append(_word(name, value))
    return f"{seconds:9.3f} {arrow} {' '.join(words)}"


def _word(name: str, value: object) -> str:
    if name in ("key", "sound", "status", "queue", "by"):
        return str(value)
    if name == "prompts" and isinstance(value, list):
        return " ".join(value)
    return f"{name}={json.dumps(value, ensure_ascii=False)}"
