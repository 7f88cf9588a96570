"""Builds and checks the prompts before a line starts, so that no call meets a missing file."""

from collections.abc import Callable

from ivr.audio.build import RATES, build, target
from ivr.audio.catalogue import Catalogue, load
from ivr.audio.promptcheck import check
from ivr.audio.synth import Synthesiser
from ivr.faults import Fault, Faults
from ivr.native import HOME
from ivr.settings import Settings

CACHE = HOME / ".deps/prompts"


def make(settings: Settings, progress: Callable[[int, int], None] | None = None) -> tuple[Catalogue, list[Fault]]:
    """The catalogue, its audio built and checked, and what is not as it should be; raises Faults if any is missing."""
    catalogue = load(settings.prompts)
    build(
        catalogue,
        settings.data / "sounds",
        settings.prompts / "studio",
        Synthesiser(settings.synthesiser or None),
        (lambda done, total, _one: progress(done, total)) if progress else None,
        CACHE,
    )
    out = settings.data / "sounds"
    faults = check(catalogue, out)
    if any(not target(out, prompt, kind).exists() for prompt in catalogue.built() for kind in RATES):
        raise Faults(faults)
    return catalogue, faults
