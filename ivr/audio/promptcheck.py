"""Compares the built audio with the catalogue: what is missing, stale, or not fit for the line."""

import hashlib
import io
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ivr.audio import levels
from ivr.audio.build import RATES, Manifest, read_manifest, target
from ivr.audio.catalogue import Catalogue, Prompt
from ivr.audio.synth import SynthesisError, falls_back
from ivr.faults import Fault

_FULL = 32767 / 32768


def check(catalogue: Catalogue, out: Path) -> list[Fault]:
    """Every finding, at the line of the prompt it concerns; an empty list where all is well."""
    manifests = {language: read_manifest(out, language) for language in catalogue.languages}
    return sorted(fault for prompt in catalogue.built() for fault in _check(prompt, out, manifests[prompt.language]))


def outdated(catalogue: Catalogue, out: Path, used: frozenset[str]) -> list[Fault]:
    """Of the prompts used, in every language, those without audio, or with that of an older text.

    Nothing is told of a language of which nothing was ever built: the line does that when it starts.
    """
    faults = []
    for language, prompts in catalogue.languages.items():
        manifest = read_manifest(out, language)
        for prompt in [prompts[id] for id in sorted(used & prompts.keys()) if manifest and prompts[id].built]:
            entry = manifest.get(prompt.id, {})
            if not all(target(out, prompt, kind).exists() for kind in RATES):
                faults.append(prompt.fault(f"`{prompt.id}` has no audio: build the prompts"))
            elif entry.get("text") != prompt.digest:
                faults.append(prompt.fault(_stale(prompt, entry)))
    return sorted(faults)


def unreadable(catalogue: Catalogue) -> list[Fault]:
    """The Chinese prompts of which espeak-ng would read a part as English."""
    faults = []
    for prompt in catalogue.built():
        if prompt.language != "zh" or not prompt.spoken:
            continue
        try:
            if falls_back(prompt.spoken, prompt.language):
                faults.append(prompt.fault(f"`{prompt.id}` is partly read as English: write its `spoken` otherwise"))
        except SynthesisError as error:
            return [prompt.fault(str(error))]
    return faults


def _check(prompt: Prompt, out: Path, manifest: Manifest) -> Iterator[Fault]:
    entry = manifest.get(prompt.id, {})
    for kind, rate in RATES.items():
        path = target(out, prompt, kind)
        try:
            content = path.read_bytes()
        except OSError:
            yield prompt.fault(f"{prompt.id}.{kind} is missing: build the prompts")
            continue
        if hashlib.sha256(content).hexdigest() != entry.get(kind):
            yield prompt.fault(f"{prompt.id}.{kind} is not the file that was built: build the prompts again")
        for finding in _findings(content, rate):
            yield prompt.fault(f"{prompt.id}.{kind} {finding}")
    if entry and entry.get("text") != prompt.digest:
        yield prompt.fault(_stale(prompt, entry))


def _stale(prompt: Prompt, entry: dict[str, str]) -> str:
    if entry.get("source") == "studio":
        return f"`{prompt.id}` has a new text, its studio recording says the old one: record it again or remove it"
    return f"`{prompt.id}` is stale: its text was changed after it was built; build the prompts"


def _findings(content: bytes, rate: int) -> Iterator[str]:
    try:
        samples = _samples(content, rate)
    except (wave.Error, EOFError, ValueError, RuntimeError) as error:
        yield f"cannot be played ({str(error) or 'cut short'}): build the prompts again"
        return
    found = levels.measure(samples, rate)
    if found.active < levels.TARGET - levels.TOLERANCE:
        yield f"is too quiet: {found.active:.1f} dBFS, wanted {levels.TARGET:.0f} ± {levels.TOLERANCE}"
    if found.active > levels.TARGET + levels.TOLERANCE:
        yield f"is too loud: {found.active:.1f} dBFS, wanted {levels.TARGET:.0f} ± {levels.TOLERANCE}"
    if np.any(np.abs(samples) >= _FULL):
        yield "is clipped: it holds samples at full scale"
    elif found.peak >= levels.PEAK:
        yield f"has peaks of {found.peak:.1f} dBFS: they must stay under {levels.PEAK:.0f}"
    low, high = levels.ENDS
    for name, silence in (("begins", found.head), ("ends", found.tail)):
        if not low <= silence <= high:
            yield f"{name} with {silence * 1000:.0f} ms of silence, wanted {low * 1000:.0f} to {high * 1000:.0f}"


def _samples(content: bytes, rate: int) -> levels.Samples:
    with wave.open(io.BytesIO(content)) as file:
        form = (file.getframerate(), file.getsampwidth(), file.getnchannels())
        if form != (rate, 2, 1):
            raise ValueError(f"{form[0]} Hz, {8 * form[1]} bits, {form[2]} channels instead of {rate} Hz, 16 bits, one")
        data = file.readframes(file.getnframes())
    if len(data) < 2:
        raise ValueError("it holds no sound")
    return np.frombuffer(data, "<i2").astype(float) / 32768
