"""Detectors that can be scored: the line's own, and the references of the tests, all in this process."""

import importlib
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from ivr.audio.listen import ListenError, listen_file
from ivr.audio.scoring.arithmetic import LABELS, Said
from ivr.audio.scoring.clips import Clip, frames_of
from ivr.audio.scoring.speed import Ear, Unresting
from ivr.native import HOME

OWN = "ivr"
"""The name of the line's own detector."""
REFERENCES = {
    "webrtc": "pip install webrtcvad-wheels",
    "silero": "pip install onnxruntime && pip install --no-deps silero-vad",
    "talkdetect": "keep the folder tests/references beside ivr",
}
"""The modules of tests/references, each with what to do where it cannot be used."""


@dataclass(frozen=True)
class Entrant:
    """A detector with its name: what it says of clips, in their order, and an ear to time where it has one."""

    name: str
    listen: Callable[[Sequence[Clip]], Iterable[Said]]
    ear: Callable[[], Ear] | None = None


def own() -> Entrant:
    """The line's own detector, as `ivr listen` runs it."""
    return Entrant(OWN, lambda clips: map(_listened, clips), Unresting)


def references() -> tuple[list[Entrant], dict[str, str]]:
    """The reference detectors that can be used here; of the others, why not and what to do."""
    if str(HOME) not in sys.path:
        sys.path.append(str(HOME))
    found, missing = [], {}
    for name, mend in REFERENCES.items():
        try:
            found.append(_reference(name, importlib.import_module(f"tests.references.{name}").Ear))
        except ImportError as error:
            missing[name] = f"{error}: {mend}"
    return found, missing


def said_of(told: Any) -> Said:  # noqa: ANN401 - whatever a program printed
    """What an answer comes to; a failure if it is not an object with a label."""
    if not isinstance(told, dict):
        return Said(None, error="it printed no JSON object")
    label = told.get("label")
    if label not in LABELS:
        return Said(None, error=f"it said {label!r}, which is not a label")
    return Said(label, _number(told.get("decided_at")), _number(told.get("confidence")))


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and isfinite(value) else None


def _listened(clip: Clip) -> Said:
    try:
        return said_of(listen_file(clip.near, clip.far))
    except ListenError as error:
        return Said(None, error=str(error))


def _reference(name: str, ear: Callable[[], Ear]) -> Entrant:
    def said(clip: Clip) -> Said:
        one = ear()
        try:
            for frame in frames_of(clip.near):
                one.hear(frame)
        except ListenError as error:
            return Said(None, error=str(error))
        return said_of(one.finish())

    return Entrant(name, lambda clips: map(said, clips), ear)
