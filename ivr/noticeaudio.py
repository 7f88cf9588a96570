"""A notice's audio: made by the prompts' own builder, kept in the data folder, and placed where Asterisk plays it."""

import contextlib
import shutil
import tempfile
import wave
from collections.abc import Mapping
from pathlib import Path

from ivr.audio.build import RATES, build, write
from ivr.audio.catalogue import Catalogue, Prompt
from ivr.audio.synth import Synthesiser
from ivr.faults import Faults
from ivr.prompts_ready import CACHE
from ivr.settings import Settings

LONGEST = 60.0
"""Seconds a notice may take: a whole call may take 300."""


class NoAudio(Exception):
    """The notice cannot be made into sound; one sentence."""


def make(prompt: str, texts: Mapping[str, str], recording: Path | None, settings: Settings) -> float:
    """Makes a notice's audio, from texts by language or from a recording; its seconds. Raises NoAudio."""
    kept = settings.data / "notices"
    said = {
        language: {prompt: Prompt(language, prompt, text, text, "notice", 1, 1)} for language, text in texts.items()
    }
    with tempfile.TemporaryDirectory(prefix="ivr-notice-") as folder:
        if recording:
            for language in said:
                target = Path(folder) / language / f"{prompt}{recording.suffix}"
                target.parent.mkdir(parents=True)
                _copied(recording, target)
        try:
            build(Catalogue(said), kept, Path(folder), Synthesiser(settings.synthesiser or None), None, CACHE)
        except Faults as faults:
            why = faults.faults[0].text.rpartition("cannot be built: ")[2].replace("`spoken`", "--spoken")
            raise NoAudio(f"the notice cannot be made into sound: {why}") from None
    for stale in (settings.data / "sounds").glob(f"*/{prompt}.*"):
        stale.unlink()  # of a notice that was made but never switched on
    took = max(_seconds(kept / language / f"{prompt}.wav") for language in said)
    if took > LONGEST:
        raise NoAudio(f"the notice takes {took:.0f} s: at most {LONGEST:.0f} s, or nobody would hear it out")
    return took


def place(prompt: str, languages: tuple[str, ...], settings: Settings) -> bool:
    """Puts the audio into each language's sounds, another language's where it has none; whether it is there."""
    kept = settings.data / "notices"
    own = [language for language in (settings.language, *languages) if (kept / language / f"{prompt}.wav").is_file()]
    for language in languages if own else ():
        source = language if language in own else own[0]
        for kind in RATES:
            _placed(kept / source / f"{prompt}.{kind}", settings.data / "sounds" / language / f"{prompt}.{kind}")
    return all(
        (settings.data / "sounds" / language / f"{prompt}.{kind}").is_file() for language in languages for kind in RATES
    )


def _placed(source: Path, target: Path) -> None:
    if source.is_file() and not target.is_file():
        with contextlib.suppress(OSError):  # a full disk: it is told that the audio is not there
            write(target, source.read_bytes())


def _copied(source: Path, target: Path) -> None:
    try:
        shutil.copyfile(source, target)
    except OSError as error:
        raise NoAudio(f"{source} cannot be read: {error.strerror}") from None


def _seconds(path: Path) -> float:
    with wave.open(str(path)) as file:
        return float(file.getnframes() / file.getframerate())
