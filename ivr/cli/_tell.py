"""What commands say, in the language of the locale or the one that was asked for."""

from dataclasses import replace

from ivr.chinese import chinese, lines
from ivr.faults import Fault
from ivr.language import of_locale


def told(text: str, language: str | None = None) -> str:
    """A sentence, or several, one a line."""
    return lines(text) if (language or of_locale()) == "zh" else text


def fault(one: Fault, language: str | None = None) -> Fault:
    """A fault with its sentence in that language; its place stays as it is."""
    return replace(one, text=chinese(one.text)) if (language or of_locale()) == "zh" else one
