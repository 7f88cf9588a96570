"""How long prompts take, from their audio."""

import wave
from collections.abc import Callable, Iterable
from pathlib import Path

UNBUILT = 3.0
"""Seconds a prompt takes whose audio was never built."""


def longest(sounds: Path, languages: Iterable[str]) -> Callable[[str], float]:
    """How many seconds each prompt takes, the longest of these languages; `sounds` has a folder for each."""
    folders = [sounds / language for language in languages]

    def seconds(prompt: str) -> float:
        return max(_seconds(folder / f"{prompt}.wav") for folder in folders)

    return seconds


def _seconds(path: Path) -> float:
    try:
        with wave.open(str(path)) as file:
            return float(round(file.getnframes() / file.getframerate(), 3))
    except (OSError, EOFError, wave.Error):
        return UNBUILT
