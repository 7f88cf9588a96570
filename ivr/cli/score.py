"""`ivr score FOLDER`: how often detectors are right on labelled files, as tables or as JSON."""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ivr.audio.scoring.arithmetic import FAILED, LABELS, Heard, Interval, KindScore, Score
from ivr.audio.scoring.as_json import as_json, first_failure
from ivr.audio.scoring.clips import Clip, cut, read_clips
from ivr.audio.scoring.command import UnfitCommand, entrant
from ivr.audio.scoring.detectors import OWN, Entrant, own, references
from ivr.audio.scoring.speed import Speed, measure
from ivr.cli import Sorry
from ivr.table import table

HELP = "score detectors on a folder of labelled WAV files"
EXAMPLES = """examples:
  ivr score clips                                   the line's own detector on clips/labels.csv
  ivr score clips --seconds 2 --misses              only the first 2 s of each file; which were told wrong
  ivr score clips --reference --json                beside WebRTC's, Silero's and Asterisk's, for other programs
  ivr score clips --detector 'mine {file} {far}'    a command that prints JSON: {"label": "clear", "decided_at": 1.2}
  ivr score clips --detector ivr --detector 'new=python new.py {files}'
                                                    the line's own beside another, which gets 50 files at a time

labels.csv: file,label,kind,far - label is silent, clear or noisy; far is what the line played meanwhile, or empty;
other columns are ignored. Files are looked for in the folder. Commands run without a shell; {files}: a JSON array.
exit code: 0 when all was scored, 1 when the folder has mistakes"""

NONE = "-"
FIGURES = (
    "macro-F1",
    "its 95 %",
    "kept",
    "kept 95 %",
    "not noisy",
    "median s",
    "95th s",
    "µs/frame",
    "x FFT",
    "failed",
)
CLASSES = ("clips", *(f"said {label}" for label in LABELS), FAILED, "precision", "recall", "F1")


@dataclass(frozen=True)
class Scored:
    """A detector's figures."""

    name: str
    score: Score
    speed: Speed | None


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="FOLDER", type=Path, help="WAV files and their labels.csv")
    parser.add_argument(
        "--detector", metavar="[NAME=]COMMAND", action="append", default=[], dest="detectors",
        help="a command with {file} and {far}, or {files}; ivr: the line's own; several are set side by side",
    )  # fmt: skip
    parser.add_argument("--reference", action="store_true", help="also the reference detectors that are installed")
    parser.add_argument("--seconds", metavar="N", type=float, help="hear only the first N seconds of each file")
    parser.add_argument("--misses", action="store_true", help="list each file that was told wrong")
    parser.add_argument("--json", action="store_true", help="one JSON object with all figures")


def run(options: argparse.Namespace) -> int:
    if options.seconds is not None and not options.seconds > 0:
        raise Sorry("--seconds must be more than 0: write how many seconds of each file are heard, such as 2")
    entrants, missing = _entrants(options.detectors, options.reference)
    clips = read_clips(options.folder)
    with TemporaryDirectory(prefix="ivr-score-") as folder:
        if options.seconds is not None:
            clips = list(cut(clips, options.seconds, Path(folder)))
        scored = [_scored(one, clips) for one in entrants]
    if options.json:
        print(json.dumps(_json(options, clips, scored, missing), ensure_ascii=False, indent=1))
    else:
        print("\n".join(_text(options, clips, scored, missing)))
    return 0


def _entrants(written: Sequence[str], reference: bool) -> tuple[list[Entrant], dict[str, str]]:
    """The detectors asked for, and of the references that cannot be used, why."""
    try:
        found = [own() if one == OWN else entrant(one) for one in written or [OWN]]
    except UnfitCommand as unfit:
        raise Sorry(f"--detector {unfit}") from None
    others, missing = references() if reference else ([], {})
    found += others
    names = [one.name for one in found]
    for name in names:
        if names.count(name) > 1:
            raise Sorry(f"two detectors are called `{name}`: name them with --detector NAME=COMMAND")
    return found, missing


def _scored(one: Entrant, clips: Sequence[Clip]) -> Scored:
    heard = []
    for clip, said in zip(clips, one.listen(clips), strict=True):
        heard.append(Heard(clip.file, clip.label, clip.kind, said))
        _progress(one.name, len(heard), len(clips))
    return Scored(one.name, Score(heard), measure(one.ear, clips) if one.ear else None)


def _progress(name: str, done: int, total: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{name}: {done}/{total}", end="\n" if done == total else "", file=sys.stderr, flush=True)


# -- for a terminal ------------------------------------------------------------------------------


def _text(
    options: argparse.Namespace, clips: Sequence[Clip], scored: Sequence[Scored], missing: dict[str, str]
) -> Iterator[str]:
    sums = ", ".join(f"{label} {sum(clip.label == label for clip in clips)}" for label in LABELS)
    first = f", the first {options.seconds:g} s of each" if options.seconds is not None else ""
    yield f"{options.folder}: {len(clips)} clips ({sums}){first}"
    yield ""
    yield from table(("detector", *FIGURES), [_figures(one) for one in scored], FIGURES)
    yield ""
    yield from table(("detector", "label", *CLASSES), [row for one in scored for row in _classes(one)], CLASSES)
    yield ""
    yield from _kinds(scored)
    if options.misses:
        yield from _misses(scored)
    yield from _notes(scored, missing)


def _figures(one: Scored) -> list[str]:
    score, speed = one.score, one.speed
    return [
        one.name,
        f"{score.macro_f1:.3f}",
        _range(score.macro_f1_interval),
        _figure(score.kept),
        _range(score.kept_interval),
        _figure(score.not_called_noisy),
        *(f"{seconds:.2f}" for seconds in score.latency or ()),
        *([] if score.latency else [NONE, NONE]),
        *((f"{speed.frame:.1f}", f"{speed.ratio:.2f}") if speed else (NONE, NONE)),
        str(len(score.failures)),
    ]


def _classes(one: Scored) -> Iterator[list[str]]:
    for at, label in enumerate(LABELS):
        told = one.score.of(label)
        counts = [str(count) for count in one.score.confusion[at].tolist()]
        yield [one.name, label, str(told.clips), *counts, *map(_figure, (told.precision, told.recall, told.f1))]


def _kinds(scored: Sequence[Scored]) -> list[str]:
    """One line per label and kind; the detectors beside each other."""
    if len(scored) == 1:
        head = ("label", "kind", "right", "share", "median s")
        return table(head, [[one.label, one.kind, *_kind(one)] for one in scored[0].score.kinds()], head[2:])
    names = [one.name for one in scored]
    beside = zip(*(one.score.kinds() for one in scored), strict=True)
    rows = [[same[0].label, same[0].kind, *(" ".join(_kind(one)) for one in same)] for same in beside]
    return ["right, share, median s:", *table(("label", "kind", *names), rows, names)]


def _kind(one: KindScore) -> list[str]:
    return [f"{one.right}/{one.clips}", _figure(one.right / one.clips), _figure(one.median, 2)]


def _misses(scored: Sequence[Scored]) -> Iterator[str]:
    head = ("detector", "file", "label", "said", "kind", "decided_at", "confidence")
    rows = [[one.name, *_miss(miss)] for one in scored for miss in one.score.misses]
    if rows:
        yield ""
        yield from table(head, rows, head[-2:])


def _miss(miss: Heard) -> list[str]:
    said = miss.said
    figures = (_figure(said.decided_at, 2), _figure(said.confidence))
    return [miss.file, miss.label, said.label or FAILED, miss.kind, *figures]


def _notes(scored: Sequence[Scored], missing: dict[str, str]) -> Iterator[str]:
    if any(one.score.failures for one in scored) or missing:
        yield ""
    for one in scored:
        if first := first_failure(one.score):
            yield f"{one.name} failed on {len(one.score.failures)} of {len(one.score.heard)} files; the first: {first}"
    for name, why in missing.items():
        yield f"{name} is left out ({why})"


def _figure(value: float | None, places: int = 3) -> str:
    return NONE if value is None else f"{value:.{places}f}"


def _range(interval: Interval | None) -> str:
    return f"{interval[0]:.3f}–{interval[1]:.3f}" if interval else NONE


# -- for other programs --------------------------------------------------------------------------


def _json(
    options: argparse.Namespace, clips: Sequence[Clip], scored: Sequence[Scored], missing: dict[str, str]
) -> dict[str, Any]:
    return {
        "folder": str(options.folder),
        "clips": len(clips),
        "seconds": options.seconds,
        "detectors": [as_json(one.name, one.score, one.speed, options.misses) for one in scored],
        "left_out": missing,
    }
