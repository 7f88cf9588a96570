"""Flow files as commands name them, by the flow's name or by their path; and how long their prompts take."""

import wave
from collections.abc import Callable
from pathlib import Path

from ivr.cli import Sorry
from ivr.settings import Settings

UNBUILT = 3.0
"""Seconds a prompt takes whose audio was never built."""


def file_of(name: str, settings: Settings) -> Path:
    """The file of a flow; raises Sorry where neither a name nor a path fits."""
    path = Path(name)
    if path.is_file():
        return path
    named = settings.flows / f"{name}.yaml"
    if "/" not in name and named.is_file():
        return named
    known = ", ".join(one.stem for one in all_files(settings)) or "none"
    raise Sorry(f"there is no flow `{name}`: name a file, or one of {settings.flows} ({known})")


def all_files(settings: Settings) -> list[Path]:
    """Every flow file of the flows folder."""
    return sorted(settings.flows.glob("*.yaml"))


def lengths(settings: Settings, languages: frozenset[str] = frozenset()) -> Callable[[str], float]:
    """How many seconds each prompt takes, in the line's own language or the longest of several."""
    folders = [settings.data / "sounds" / language for language in languages or {settings.language}]

    def seconds(prompt: str) -> float:
        return max(_seconds(folder / f"{prompt}.wav") for folder in folders)

    return seconds


def _seconds(path: Path) -> float:
    try:
        with wave.open(str(path)) as file:
            return float(round(file.getnframes() / file.getframerate(), 3))
    except (OSError, EOFError, wave.Error):
        return UNBUILT
