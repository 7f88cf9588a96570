"""`python -m tests.corpus OUT --split test --count 600 --seed 1 [--seconds 2] [--longer]`: clips and labels.csv."""

import argparse
import csv
import sys
import wave
from collections.abc import Iterable
from pathlib import Path

from tests.corpus import SPLITS, Clip, clips
from tests.corpus.model import RATE, Shorts

HEADER = ("file", "label", "kind", "far", "speaker", "family")


def save(path: Path, samples: Shorts) -> None:
    """A mono WAV of 16 bits at 8 kHz."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.astype("<i2").tobytes())


def write(folder: Path, made: Iterable[Clip], count: int) -> None:
    """All clips as WAV files, and labels.csv; a terminal sees how far it is."""
    over = "\r\033[K" if sys.stderr.isatty() else ""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "labels.csv").open("w", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(HEADER)
        for number, clip in enumerate(made):
            name, far = f"{number:04}.wav", f"{number:04}-far.wav" if clip.far is not None else ""
            save(folder / name, clip.near)
            if clip.far is not None:
                save(folder / far, clip.far)
            rows.writerow((name, clip.label, clip.kind, far, clip.speaker, clip.family))
            if over:
                print(f"{over}{number + 1}/{count} {clip.kind}", end="", file=sys.stderr, flush=True)
    print(f"{over}{count} clips are in {folder}", file=sys.stderr)


def main() -> None:
    """Reads the command line and writes the corpus."""
    ask = argparse.ArgumentParser(prog="python -m tests.corpus", description=__doc__)
    ask.add_argument("out", type=Path)
    ask.add_argument("--split", choices=SPLITS, required=True)
    ask.add_argument("--count", type=int, default=600)
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("--seconds", type=float)
    ask.add_argument("--longer", action="store_true", help="over longer connections (connection.py)")
    told = ask.parse_args()
    write(told.out, clips(told.split, told.count, told.seed, told.seconds, told.longer), told.count)


if __name__ == "__main__":
    main()
