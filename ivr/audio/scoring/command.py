"""A detector that is a command: run once per file or per batch of files, without a shell; it prints JSON."""

import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ivr.audio.scoring.arithmetic import Said
from ivr.audio.scoring.clips import Clip
from ivr.audio.scoring.detectors import Entrant, said_of

_NAMED = re.compile(r"([\w.-]+)=(.+)", re.DOTALL)
_FILES = "{files}"
_BATCH = 50  # files given to one run
_PATIENCE = 60  # seconds for a file


class UnfitCommand(Exception):
    """Why a command cannot be a detector, and what to write instead; one sentence."""


class _Failed(Exception):
    """Why a run gave no answer."""


def entrant(written: str) -> Entrant:
    """The detector of `COMMAND {file} {far}` or `NAME=COMMAND …`; raises UnfitCommand."""
    named = _NAMED.fullmatch(written.strip())
    words = _words(named[2] if named else written)
    command = _Command(words)
    return Entrant(named[1] if named else Path(words[0]).name, command.batches if _FILES in words else command.each)


def _words(text: str) -> list[str]:
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise UnfitCommand(f"`{text}` cannot be split into words ({error}): close every quote") from None
    if _FILES not in words and not any("{file}" in word for word in words):
        raise UnfitCommand(f"`{text}` takes no file: write {{file}} where its path goes, or {{files}} for many at once")
    if _FILES in words and any("{file}" in word or "{far}" in word for word in words):
        raise UnfitCommand(
            f"`{text}` mixes {{files}} with {{file}} or {{far}}: write either {{files}} or {{file}} {{far}}"
        )
    if shutil.which(words[0]) is None:
        raise UnfitCommand(f"the program `{words[0]}` cannot be found: install it, or write its path")
    return words


class _Command:
    def __init__(self, words: Sequence[str]) -> None:
        self._words = words

    def each(self, clips: Sequence[Clip]) -> Iterator[Said]:
        """One run for each clip."""
        for clip in clips:
            yield self._one(clip)

    def batches(self, clips: Sequence[Clip]) -> Iterator[Said]:
        """One run for many clips; where that fails, one for each, to find those that are to blame."""
        for at in range(0, len(clips), _BATCH):
            batch = clips[at : at + _BATCH]
            try:
                yield from map(said_of, _answers(self._filled(batch), len(batch)))
            except _Failed:
                yield from self.each(batch)

    def _one(self, clip: Clip) -> Said:
        try:
            return said_of(_answers(self._filled([clip]), 1)[0])
        except _Failed as failed:
            return Said(None, error=str(failed))

    def _filled(self, clips: Sequence[Clip]) -> list[str]:
        """The words with the places of files in them."""
        paths = {"file": str(clips[0].near), "far": str(clips[0].far or "")}
        filled: list[str] = []
        for word in self._words:
            if word == _FILES:
                filled += [str(clip.near) for clip in clips]
            else:
                filled.append(re.sub(r"\{(file|far)\}", lambda found: paths[str(found[1])], word))
        return filled


def _answers(words: Sequence[str], count: int) -> list[Any]:
    """As many JSON values as there are files; raises _Failed."""
    try:
        done = subprocess.run(
            words, stdin=subprocess.DEVNULL, capture_output=True, timeout=_PATIENCE * count, check=False
        )
    except subprocess.TimeoutExpired:
        raise _Failed(f"it took more than {_PATIENCE * count} s") from None
    except OSError as error:
        raise _Failed(f"it cannot be started ({error.strerror})") from None
    if done.returncode:
        raise _Failed(_last_line(done.stderr) or f"it ended with exit code {done.returncode}")
    try:
        told = json.loads(done.stdout)
    except ValueError:
        raise _Failed("it printed no JSON") from None
    answers = told if isinstance(told, list) else [told]
    if len(answers) != count:
        raise _Failed(f"it printed {len(answers)} answers for {count} files")
    return answers


def _last_line(errors: bytes) -> str:
    """Where programs tell what went wrong, under any traceback."""
    return next((line for line in reversed(errors.decode(errors="replace").splitlines()) if line.strip()), "")
