"""Builds and checks the prompts before a line starts, so that no call meets a missing file."""

from collections.abc import Callable

from ivr.audio.build import build
from ivr.audio.catalogue import Catalogue, load
from ivr.audio.promptcheck import check
from ivr.audio.synth import Synthesiser
from ivr.faults import Faults
from ivr.native import HOME
from ivr.settings import Settings

CACHE = HOME / ".deps/prompts"


def make(settings: Settings, progress: Callable[[int, int], None] | None = None) -> Catalogue:
    """The catalogue, its audio built and checked; raises Faults."""
    catalogue = load(settings.prompts)
    build(
        catalogue,
        settings.data / "sounds",
        settings.prompts / "studio",
        Synthesiser(settings.synthesiser or None),
        (lambda done, total, _one: progress(done, total)) if progress else None,
        CACHE,
    )
    faults = check(catalogue, settings.data / "sounds")
    if faults:
        raise Faults(faults)
    return catalogue


def names(catalogue: Catalogue, language: str) -> frozenset[str]:
    """The prompts a flow may name."""
    return frozenset(prompt.id for prompt in catalogue.built() if prompt.language == language)
