"""The words of a simulated call: what a caller or an agent does, as it is typed."""

import re
from dataclasses import dataclass

from ivr.settingtypes import BadSetting, seconds

WORDS = (
    ("1  13912345678#", "the caller presses keys"),
    ("speech", "the caller says something"),
    ("noise", "the caller's line is too noisy to understand"),
    ("silence", "nobody does anything until the line goes on by itself"),
    ("wait 3s", "time passes: 3s, 500ms, 1m30s"),
    ("agent 1001", "an agent answers, they talk, the agent hangs up"),
    ("agent 1001 hangup", "they talk, and the caller hangs up first"),
    ("agent 1001 silent", "the agent ends the call with a phrase: silent or noisy"),
    ("agents 1001", "from now on an agent answers whoever waits, after a few seconds"),
    ("agents none", "from now on nobody answers (so it is at the beginning)"),
    ("agentlost", "an agent answers but is gone before they can talk"),
    ("noagent", "no agent answers for as long as the queue waits"),
    ("full", "the queue is full"),
    ("message", "the caller leaves a message of 10 s"),
    ("found tariff=gold", "the service that is asked answers, with these facts (no spaces in them)"),
    ("unknown", "the service knows nothing of it"),
    ("unavailable", "the service does not answer"),
    ("hangup", "the caller hangs up"),
    ("undo", "takes the last word back; again, the one before"),
    ("where", "shows where the call stands"),
    ("help", "shows these words"),
    ("quit", "leaves the simulator"),
)
"""Every word with what it does."""

MARKS = ("silent", "noisy")
ALONE = ("speech", "noise", "silence", "agentlost", "noagent", "full", "message", "unknown", "unavailable", "hangup")
TALK = ("undo", "where", "help", "quit")
"""What is said to the simulator, not to the call."""


class Unfit(Exception):
    """A word that is not known, or makes no sense where the call stands; one sentence."""


@dataclass(frozen=True)
class Word:
    """One typed word: its name, and what else was written."""

    name: str
    text: str = ""
    how: str = ""
    seconds: float = 0.0


def read(line: str) -> Word | None:
    """The word of a line, None for an empty one or a comment (`;`); raises Unfit."""
    parts = line.split(";", 1)[0].split()
    if not parts:
        return None
    name, rest = parts[0].lower(), parts[1:]
    if all(re.fullmatch(r"[0-9*#]+", part) for part in parts):
        return Word("keys", "".join(parts))
    if name in ALONE + TALK and not rest:
        return Word(name)
    if name == "found" and all(re.fullmatch(r"[\w-]+=\S+", part) for part in rest):
        return Word(name, " ".join(rest))
    if name == "wait" and len(rest) == 1:
        return Word(name, rest[0], seconds=_seconds(rest[0]))
    if name == "agents" and re.fullmatch(r"[0-9]+|none", " ".join(rest)):
        return Word(name, "" if rest[0] == "none" else rest[0])
    if name == "agent" and re.fullmatch(r"[0-9]+( (hangup|silent|noisy))?", " ".join(rest)):
        return Word(name, rest[0], how=rest[1] if len(rest) > 1 else "")
    raise Unfit(f"`{' '.join(parts)}` is no word here: {_hint(name)}")


def written(word: Word) -> str:
    """The word as it could have been typed."""
    if word.name == "keys":
        return word.text
    return " ".join(filter(None, (word.name, word.text or ("none" if word.name == "agents" else ""), word.how)))


def _seconds(text: str) -> float:
    try:
        return seconds(text)
    except BadSetting as bad:
        raise Unfit(f"`wait {text}`: {bad}") from None


def _hint(name: str) -> str:
    fitting = [written for written, _ in WORDS if written.split()[0] == name]
    if fitting:
        return f"write {' or '.join(fitting)}"
    return "write keys (such as 1), speech, noise, silence, wait 3s, agent 1001, message, hangup, or help for all"
