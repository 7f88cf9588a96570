"""Builds every prompt's audio into Asterisk's sounds folder; what was built before comes from a cache."""

import hashlib
import json
import os
import tempfile
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ivr.audio import levels
from ivr.audio.catalogue import Catalogue, Prompt
from ivr.audio.foreign import NoFfmpeg, decoded
from ivr.audio.levels import Samples
from ivr.audio.synth import Synthesiser, SynthesisError
from ivr.faults import Fault, Faults

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # pydub warns when ffmpeg is missing, which only some recordings need
    from pydub import AudioSegment

RATES = {"wav": 8000, "wav16": 16000}
MANIFEST = "manifest.json"
STUDIO = 48000
"""Samples a second that recordings in other containers are decoded to."""
_RECIPE = "1"  # raise it when the same input should give other audio
_WORKERS = 2

Progress = Callable[[int, int, "Built"], None]
Manifest = dict[str, dict[str, str]]


@dataclass(frozen=True)
class Built:
    """One prompt's audio: where it comes from and whether it was made just now."""

    language: str
    id: str
    source: str  # "synthesised", "studio" or "tone"
    fresh: bool


@dataclass(frozen=True)
class _Job:
    """All that one prompt's audio is made of."""

    prompt: Prompt
    synthesiser: Synthesiser
    recording: Path | None
    content: str  # the recording's hash

    @property
    def source(self) -> str:
        return "studio" if self.recording else "tone" if self.prompt.tone else "synthesised"

    @property
    def key(self) -> str:
        p, s = self.prompt, self.synthesiser
        made: dict[str, list[object]] = {
            "studio": [self.content],
            "tone": [p.tone, p.milliseconds],
            "synthesised": [p.text, p.spoken, s.voice(p.language), s.command or ""],
        }
        return _hash(json.dumps([_RECIPE, self.source, p.language, *made[self.source]]).encode())


def build(
    catalogue: Catalogue,
    out: Path,
    studio: Path,
    synthesiser: Synthesiser | None = None,
    progress: Progress | None = None,
    cache: Path | None = None,
) -> list[Built]:
    """Builds what is not up to date; raises Faults, after building all else, for what cannot be built."""
    cache = cache or out / ".cache"
    cache.mkdir(parents=True, exist_ok=True)
    jobs, faults = _jobs(catalogue, studio, synthesiser or Synthesiser())
    manifests = {language: read_manifest(out, language) for language in catalogue.languages}
    done: list[Built] = []
    with ThreadPoolExecutor(_WORKERS) as pool:
        futures = {pool.submit(_make, job, out, cache, manifests[job.prompt.language]): job for job in jobs}
        for future in as_completed(futures):
            job = futures[future]
            try:
                built, entry = future.result()
            except (SynthesisError, ValueError) as error:
                faults.append(job.prompt.fault(f"`{job.prompt.id}` cannot be built: {error}"))
                continue
            manifests[job.prompt.language][job.prompt.id] = entry
            done.append(built)
            if progress:
                progress(len(done), len(jobs), built)
    for language, manifest in manifests.items():
        known = {id: manifest[id] for id in sorted(manifest) if id in catalogue.languages[language]}
        write(out / language / MANIFEST, json.dumps(known, indent=1).encode() + b"\n")
    if faults:
        raise Faults(faults)
    return sorted(done, key=lambda built: (built.language, built.id))


def read_manifest(out: Path, language: str) -> Manifest:
    """What each file in `out` was made from; empty where that cannot be read, so that all is built again."""
    try:
        read = json.loads((out / language / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return {}
    entries = read.items() if isinstance(read, dict) else ()
    return {str(id): {k: str(v) for k, v in entry.items()} for id, entry in entries if isinstance(entry, dict)}


def write(path: Path, content: bytes) -> None:
    """Writes a file so that a reader sees the old one or the new one, never a half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def target(out: Path, prompt: Prompt, kind: str) -> Path:
    """Where Asterisk looks for a prompt's audio; `kind` is one of RATES."""
    return out / prompt.language / f"{prompt.id}.{kind}"


def recordings(studio: Path, language: str) -> dict[str, list[Path]]:
    """The studio's recordings by prompt id; more than one file for an id is a mistake."""
    found: dict[str, list[Path]] = {}
    folder = studio / language
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.startswith(".") and path.name != "README":
            found.setdefault(path.relative_to(folder).with_suffix("").as_posix(), []).append(path)
    return found


def _jobs(catalogue: Catalogue, studio: Path, synthesiser: Synthesiser) -> tuple[list[_Job], list[Fault]]:
    faults: list[Fault] = []
    jobs: list[_Job] = []
    for language, prompts in catalogue.languages.items():
        found = recordings(studio, language)
        faults += _stray(found, set(prompts), {id for id, prompt in prompts.items() if not prompt.built})
        for id, prompt in prompts.items():
            if prompt.built:
                path = found.get(id, [None])[0]
                jobs.append(_Job(prompt, synthesiser, path, _hash(path.read_bytes()) if path else ""))
    return jobs, faults


def _stray(found: dict[str, list[Path]], ids: set[str], pieced: set[str]) -> list[Fault]:
    faults = []
    for id, paths in found.items():
        if id not in ids:
            faults.append(Fault(str(paths[0]), 1, 1, f"no prompt is called `{id}`: name the recording after a prompt"))
        elif id in pieced:
            faults.append(Fault(str(paths[0]), 1, 1, f"`{id}` is played in pieces: record each of them instead"))
        elif len(paths) > 1:
            faults.append(Fault(str(paths[1]), 1, 1, f"`{id}` is recorded twice ({paths[0].name} too): keep one"))
    return faults


def _make(job: _Job, out: Path, cache: Path, manifest: Manifest) -> tuple[Built, dict[str, str]]:
    prompt, key = job.prompt, job.key
    stored = {kind: cache / f"{key}.{kind}" for kind in RATES}
    fresh = not all(path.is_file() for path in stored.values())
    if fresh:
        samples, rate = _raw(job)
        for kind, wanted in RATES.items():
            write(stored[kind], _wav(levels.master(samples, rate, wanted), wanted))
    old = manifest.get(prompt.id, {})
    entry = {"text": _text_hash(job, old), "source": job.source, "key": key}
    for kind, path in stored.items():
        entry[kind] = _place(path, target(out, prompt, kind))
    return Built(prompt.language, prompt.id, job.source, fresh), entry


def _text_hash(job: _Job, old: dict[str, str]) -> str:
    """A recording that was there before its text changed still says the old text: its hash stays."""
    kept = job.recording and old.get("source") == "studio" and old.get("key") == job.key
    return old.get("text", "") if kept else job.prompt.digest


def _place(stored: Path, path: Path) -> str:
    content = stored.read_bytes()
    if not path.is_file() or path.read_bytes() != content:
        write(path, content)
    return _hash(content)


def _raw(job: _Job) -> tuple[Samples, int]:
    prompt = job.prompt
    if job.recording:
        return _read(job.recording)
    if prompt.tone:
        return _tone(prompt.tone, prompt.milliseconds), 48000
    with tempfile.TemporaryDirectory(prefix="ivr-prompt-") as folder:
        wav = Path(folder) / "spoken.wav"
        job.synthesiser.speak(prompt.spoken, prompt.language, wav)
        return _read(wav)


def _tone(pitch: int, milliseconds: int) -> Samples:
    samples = np.sin(2 * np.pi * pitch * np.arange(48 * milliseconds) / 48000)
    ramp = np.sin(np.linspace(0, np.pi / 2, 240)) ** 2  # 5 ms, so that it does not click
    samples[:240] *= ramp
    samples[-240:] *= ramp[::-1]
    return samples


def _read(path: Path) -> tuple[Samples, int]:
    """Any audio file as one channel of floats; raises ValueError with what to do."""
    try:
        sound = _segment(path).set_channels(1)
    except NoFfmpeg:
        raise ValueError(f"{path.name} needs ffmpeg to be read: install it, or save it as a 16-bit PCM WAV") from None
    except Exception as error:  # noqa: BLE001 - a spoiled file trips pydub and audioop up in many ways
        raise ValueError(f"{path.name} is no audio that can be read ({type(error).__name__}): save it again") from None
    return np.asarray(sound.get_array_of_samples(), float) / (1 << (8 * sound.sample_width - 1)), int(sound.frame_rate)


def _segment(path: Path) -> AudioSegment:
    try:
        if path.suffix.lower() == ".wav":
            return AudioSegment(data=path.read_bytes())
    except Exception:  # noqa: BLE001 - as above
        pass  # an uncommon WAV, such as floats: ffmpeg may know it
    return AudioSegment(data=decoded(path, STUDIO), sample_width=2, frame_rate=STUDIO, channels=1)


def _wav(samples: Samples, rate: int) -> bytes:
    data = np.clip(np.rint(samples * 32768), -32768, 32767).astype("<i2").tobytes()
    sound = AudioSegment(data=data, sample_width=2, frame_rate=rate, channels=1)
    with tempfile.TemporaryFile() as file:
        sound.export(file, format="wav")
        file.seek(0)
        return file.read()


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
