"""The synthesiser that stands in until a studio recording is there: espeak-ng, or any command the admin names."""

import shlex
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ivr.native import ROOT, program

VOICES = {"zh": "cmn-latn-pinyin", "en": "en"}
DEADLINE = 60.0  # seconds one sentence may take
_WORDS_A_MINUTE = {"zh": "170", "en": "150"}
# espeak-ng makes no pause at ASCII punctuation between Chinese characters.
_CHINESE_PAUSES = str.maketrans(",!?:;", "，！？：；")


class SynthesisError(Exception):
    """The synthesiser gave no usable sound; the message says what to do."""


@dataclass(frozen=True)
class Synthesiser:
    """Which program reads prompts aloud; without a command it is espeak-ng.

    In `command`, {text}, {voice} and {out} (a WAV file to write) are filled in after it is split into words,
    so a text can never become a part of a shell's command.
    """

    command: str | None = None
    voices: Mapping[str, str] = field(default_factory=lambda: dict(VOICES))

    def voice(self, language: str) -> str:
        """The voice for a language: its own name where none was chosen."""
        return self.voices.get(language, language)

    def speak(self, text: str, language: str, out: Path) -> None:
        """Writes `text`, read aloud, to the WAV file `out`; raises SynthesisError where that cannot be."""
        if self.command is None:
            phonemes = _espeak(["-x", "-w", str(out)], text, language, self.voice(language))
            if _fell_back(phonemes, language):
                raise SynthesisError("espeak-ng would read a part of it as English: write `spoken` in plain characters")
        else:
            _run(self._filled(text, language, out), "")
        if not out.is_file() or out.stat().st_size <= 44:
            raise SynthesisError("the synthesiser wrote no sound: try its command by hand")

    def _filled(self, text: str, language: str, out: Path) -> list[str]:
        given = {"{text}": text, "{voice}": self.voice(language), "{out}": str(out)}
        words = _split(self.command or "")
        for name in ("{text}", "{out}"):
            if not any(name in word for word in words):
                raise SynthesisError(f"the synthesiser's command has no {name}: add it")
        return [_fill(word, given) for word in words]


def falls_back(text: str, language: str, voice: str | None = None) -> bool:
    """Whether espeak-ng would read a part of a Chinese text as English (its phonemes then show `(en)`)."""
    phonemes = _espeak(["-q", "-x"], text, language, voice or VOICES.get(language, language))
    return _fell_back(phonemes, language)


def _fell_back(phonemes: str, language: str) -> bool:
    return language != "en" and "(en)" in phonemes


def _espeak(options: list[str], text: str, language: str, voice: str) -> str:
    prefix = program("espeak-ng")
    if prefix is None:
        raise SynthesisError("espeak-ng is not installed: run the set-up, or name another synthesiser")
    data = sorted((ROOT / "usr").glob("lib/*/espeak-ng-data")) + sorted((ROOT / "usr/share").glob("espeak-ng-data"))
    path = [f"--path={data[0].parent}"] if data and str(ROOT) in prefix[-1] else []
    speed = ["-s", _WORDS_A_MINUTE.get(language, "150")]
    pauses = text.translate(_CHINESE_PAUSES) if language == "zh" else text
    return _run([*prefix, *path, "-b", "1", "-v", voice, *speed, *options, "--stdin"], pauses)


def _run(command: list[str], text: str) -> str:
    try:
        done = subprocess.run(command, input=text.encode(), capture_output=True, timeout=DEADLINE, check=False)
    except subprocess.TimeoutExpired:
        raise SynthesisError(f"the synthesiser took longer than {DEADLINE:.0f} s") from None
    except OSError as error:
        raise SynthesisError(f"the synthesiser cannot be started: {error.strerror} ({command[0]})") from None
    if done.returncode:
        told = done.stderr.decode(errors="replace").strip().splitlines()
        raise SynthesisError(
            f"the synthesiser failed with code {done.returncode}: {told[-1] if told else 'no reason told'}"
        )
    return done.stdout.decode(errors="replace")


def _split(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError as error:
        raise SynthesisError(f"the synthesiser's command cannot be read: {error}") from None


def _fill(word: str, given: Mapping[str, str]) -> str:
    """Fills the names in one pass, so that a text that holds `{out}` stays a text."""
    for name, value in given.items():
        head, found, tail = word.partition(name)
        if found:
            return _fill(head, given) + value + _fill(tail, given)
    return word
