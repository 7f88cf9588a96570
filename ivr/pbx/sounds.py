"""Prompts as Asterisk names them, and as 8 kHz samples for AudioSocket."""

import os
import wave
from pathlib import Path


class Sounds:
    """The compiled prompts of one line; `language` is its own. Samples are kept in memory, 16 kB a second."""

    def __init__(self, folder: Path, language: str) -> None:
        self._folder, self._language = folder, language
        self._kept: dict[Path, tuple[int, bytes]] = {}

    def pcm(self, prompts: tuple[str, ...], language: str = "") -> bytes:
        """The samples of prompts in a row; raises OSError or wave.Error where one cannot be read."""
        return b"".join(self._one(self._path(prompt, language)) for prompt in prompts)

    def has(self, prompt: str, language: str = "") -> bool:
        """Whether a prompt is there in that language itself; Asterisk would quietly play the English one."""
        # no Path: every prompt of every call comes by here
        return os.path.isfile(f"{self._folder}/{language or self._language}/{prompt}.wav")

    def speaks(self, language: str) -> bool:
        """Whether there are prompts in a language."""
        return (self._folder / language).is_dir()

    def _path(self, prompt: str, language: str) -> Path:
        return self._folder / (language or self._language) / f"{prompt}.wav"

    def _one(self, path: Path) -> bytes:
        changed = path.stat().st_mtime_ns
        kept = self._kept.get(path)
        if kept and kept[0] == changed:
            return kept[1]
        try:
            with wave.open(str(path)) as file:
                samples: bytes = file.readframes(file.getnframes())
        except EOFError:
            raise wave.Error("it ends before its sound begins") from None
        self._kept[path] = (changed, samples)
        return samples
