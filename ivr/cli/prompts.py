"""`ivr prompts build` and `ivr prompts check`: the audio that callers hear."""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator

from ivr.audio.build import build
from ivr.audio.catalogue import load as load_catalogue
from ivr.audio.promptcheck import check
from ivr.audio.synth import Synthesiser
from ivr.cli import Sorry, _tell
from ivr.faults import Fault, Faults
from ivr.prompts_ready import CACHE
from ivr.settings import Settings, load

HELP = "build the prompts' audio, or check that all of it is there and fit for the line"
EXAMPLES = """examples:
  ivr prompts build    makes what is new or was changed; a studio recording always wins
  ivr prompts check    names what is missing, stale, too loud, too quiet or clipped

Texts are in ivr/prompts/zh.yaml and en.yaml, recordings in ivr/prompts/studio: see docs/prompts.md.
exit code: 0 when all is in order, 1 when not"""


SHOWN = 3
"""Prompts that fail for one reason and are told in full."""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("build", "check"))


def run(options: argparse.Namespace) -> int:
    settings = load()
    return _build(settings) if options.action == "build" else _check(settings)


def _build(settings: Settings) -> int:
    out = settings.data / "sounds"
    try:
        built = build(
            load_catalogue(settings.prompts), out, settings.prompts / "studio",
            Synthesiser(settings.synthesiser or None), lambda done, total, _: _progress(done, total), CACHE,
        )  # fmt: skip
    except Faults as faults:
        raise Sorry("\n".join(_grouped(faults))) from None
    except OSError as error:
        raise Sorry(f"the prompts cannot be written to {out}: {error.strerror} ({error.filename})") from None
    sources = Counter(one.source for one in built)
    listed = ", ".join(f"{count} {source}" for source, count in sorted(sources.items()))
    fresh = sum(one.fresh for one in built)
    print(_tell.told(f"{len(built)} prompts ({listed}), {fresh} made just now, in {out}"))
    return 0


def _check(settings: Settings) -> int:
    catalogue = load_catalogue(settings.prompts)
    faults = check(catalogue, settings.data / "sounds")
    if faults:
        raise Faults(faults)
    print(_tell.told(f"{len(list(catalogue.built()))} prompts: ok"))
    return 0


def _grouped(faults: Faults) -> Iterator[str]:
    """What cannot be built; many prompts that fail for one reason (no synthesiser) are told once."""
    counts = Counter(_reason(fault) for fault in faults)
    yield f"{sum(counts.values())} of the prompts cannot be built; all others are"
    seen = Counter[str]()
    for fault in faults:
        reason = _reason(fault)
        seen[reason] += 1
        if seen[reason] <= SHOWN:
            yield str(fault)
        elif seen[reason] == counts[reason]:
            yield f"and {counts[reason] - SHOWN} more for this reason: {reason}"


def _reason(fault: Fault) -> str:
    return fault.text.rpartition("cannot be built: ")[2]


def _progress(done: int, total: int) -> None:
    if sys.stdout.isatty():
        print(f"\rprompts: {done}/{total}", end="\n" if done == total else "", flush=True)
