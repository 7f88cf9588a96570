"""`ivr listen FILE`: what the detector makes of a recording, as JSON."""

import argparse
import json
import sys
from typing import Any

from ivr.audio.listen import ListenError, listen_file
from ivr.cli import Sorry

HELP = "say what the detector hears in a sound file (JSON: silent, clear or noisy)"
EXAMPLES = """examples:
  ivr listen call.wav                   one JSON object: label, decided_at, confidence, evidence
  ivr listen *.wav                      several files: a JSON array
  ivr listen caller.wav --far line.wav  with what the line was playing meanwhile

decided_at is the second at which a call would go on; a file of another kind than WAV needs ffmpeg."""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", metavar="FILE.wav", nargs="+")
    parser.add_argument("--far", metavar="FILE", help="what the line itself played at the same time (for one file)")
    parser.add_argument("--json", action="store_true", help="as always")


def run(options: argparse.Namespace) -> int:
    if options.far and len(options.files) > 1:
        raise Sorry("--far belongs to one file: listen to the others by themselves")
    heard: list[dict[str, Any]] = []
    sorry: list[str] = []
    for file in options.files:
        try:
            heard.append(listen_file(file, options.far))
        except ListenError as error:
            sorry.append(str(error))
    if heard:
        print(json.dumps(heard if len(options.files) > 1 else heard[0], ensure_ascii=False, indent=1))
    for text in sorry:
        print(f"ivr: {text}", file=sys.stderr)
    return 1 if sorry else 0
