"""A flow's picture as commands write it: to a file, as SVG or PNG."""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from ivr.audio.catalogue import load as load_catalogue
from ivr.cli import Sorry, _tell
from ivr.dot import FORMATS, NoDrawing, draw
from ivr.drawing import Shown
from ivr.flow import Flow
from ivr.language import LANGUAGES, of_locale
from ivr.mermaid import mermaid
from ivr.picture import dot
from ivr.picturewords import WORDS, Words
from ivr.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    """Where the picture goes, and in which language."""
    for kind in FORMATS:
        parser.add_argument(f"--{kind}", metavar="FILE", help=f"draw it as {kind.upper()} into a file (- prints it)")
    parser.add_argument("--lang", choices=LANGUAGES, help="the language of the words in it (that of the locale)")


def wanted(options: argparse.Namespace) -> bool:
    """Whether a picture was asked for."""
    return bool(options.svg or options.png)


def texts(settings: Settings) -> dict[str, str]:
    """What each prompt says, in the line's language."""
    prompts = load_catalogue(settings.prompts).languages.get(settings.language, {})
    return {name: prompt.text for name, prompt in prompts.items()}


def write(flow: Flow, shown: Shown, options: argparse.Namespace) -> None:
    """Draws it into each file that was named; raises Sorry."""
    text = dot(flow, *_spoken(shown, options))
    for kind in FORMATS:
        if file := getattr(options, kind):
            try:
                _put(file, draw(text, kind))
            except NoDrawing as error:
                raise Sorry(str(error)) from None
            except OSError as error:
                raise Sorry(f"{file} cannot be written: {error.strerror}") from None


def told(flow: Flow, shown: Shown, options: argparse.Namespace) -> str:
    """It as Mermaid."""
    return mermaid(flow, *_spoken(shown, options))


def _spoken(shown: Shown, options: argparse.Namespace) -> tuple[Words, Shown]:
    """The words of the language asked for, and what is shown with its sentences in it."""
    language = options.lang or of_locale()
    changes = tuple(replace(change, text=_tell.told(change.text, language)) for change in shown.changes)
    return WORDS[language], replace(shown, changes=changes)


def _put(file: str, picture: bytes) -> None:
    if file == "-":
        sys.stdout.buffer.write(picture)
        return
    Path(file).write_bytes(picture)
    print(_tell.told(f"{file}: written"))
