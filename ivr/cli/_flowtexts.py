"""Flows as commands name them beside each other: a version's number, a draft, the file; and who names them."""

import getpass
import os
from dataclasses import dataclass
from datetime import datetime

from ivr import flowmark
from ivr.cli import Sorry
from ivr.cli._flows import file_of
from ivr.flowfile import load
from ivr.settings import Settings
from ivr.versions import Release, Version, Versions

FILE, DRAFT = "file", "draft:"


@dataclass(frozen=True)
class Named:
    """A flow's text, and what to call it in a sentence."""

    label: str
    text: str


def text_of(word: str, flow: str, versions: Versions, settings: Settings) -> Named:
    """What `7`, `draft:3`, `file` or a path stands for; raises Sorry."""
    if word.isdecimal():
        return Named(f"version {word}", versions.text(version_of(word, flow, versions).hash))
    if word.startswith(DRAFT):
        for draft in versions.drafts():
            if str(draft.number) == word.removeprefix(DRAFT):
                return Named(f"draft {draft.number}", versions.text(draft.hash))
        raise Sorry(f"there is no draft `{word}`: `ivr flow drafts` lists them")
    path = file_of(flow if word == FILE else word, settings)
    return Named(path.name, flowmark.unmarked(load(path).text))


def version_of(word: str, flow: str, versions: Versions) -> Version:
    """The version with this number; raises Sorry."""
    found = versions.get(flow, int(word)) if word.isdecimal() else None
    if found is None:
        there = versions.newest(flow)
        known = f"there are 1 to {there}" if there else "nothing was ever published"
        raise Sorry(f"flow `{flow}` has no version `{word}`: {known}")
    return found


def running(flow: str, versions: Versions) -> Release:
    """What runs; raises Sorry where nothing was ever published."""
    found = versions.running(flow)
    if found is None:
        raise Sorry(f"nothing was ever published of `{flow}`: its file runs; `ivr flow publish {flow}` begins")
    return found


def author(named: str | None) -> str:
    """Who does it: as named, else whoever is logged in, also behind sudo."""
    try:
        found = named or os.environ.get("SUDO_USER") or getpass.getuser()
    except (KeyError, OSError):
        found = str(os.getuid())
    if not found.strip() or not found.isprintable():
        raise Sorry("--author must be a name: write it on one line")
    return found.strip()


def when(at: float) -> str:
    """A moment as lists show it."""
    return datetime.fromtimestamp(at).strftime("%Y-%m-%d %H:%M")
