"""Prompts as Asterisk names them, and as 8 kHz samples for AudioSocket."""

import wave
from pathlib import Path


class Sounds:
    """The compiled prompts of one line. Samples are kept in memory, 16 kB a second."""

    def __init__(self, folder: Path, language: str) -> None:
        self._folder = folder / language
        self._kept: dict[str, tuple[int, bytes]] = {}

    def pcm(self, prompts: tuple[str, ...]) -> bytes:
        """The samples of prompts in a row; raises OSError or wave.Error where one cannot be read."""
        return b"".join(self._one(prompt) for prompt in prompts)

    def has(self, prompt: str) -> bool:
        """Whether the prompt's audio is there."""
        return (self._folder / f"{prompt}.wav").exists()

    def _one(self, prompt: str) -> bytes:
        path = self._folder / f"{prompt}.wav"
        changed = path.stat().st_mtime_ns
        kept = self._kept.get(prompt)
        if kept and kept[0] == changed:
            return kept[1]
        with wave.open(str(path)) as file:
            samples: bytes = file.readframes(file.getnframes())
        self._kept[prompt] = (changed, samples)
        return samples
