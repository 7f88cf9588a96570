"""`ivr check`: every mistake in flow files, each with its place and what to write instead."""

import argparse
import json
from pathlib import Path

from ivr.audio.catalogue import load as load_catalogue
from ivr.check import check
from ivr.cli import Sorry
from ivr.cli._flows import all_files, file_of
from ivr.faults import Fault, Faults
from ivr.flowfile import load as load_flow
from ivr.prompts_ready import names
from ivr.queues import names as queue_names
from ivr.settings import load

HELP = "check flow files: every mistake with file, line and what to write instead"
EXAMPLES = """examples:
  ivr check                 all flows of the flows folder
  ivr check hotline         one of them
  ivr check new.yaml        a file anywhere
  ivr check --json          for an editor: file, ok, faults with line and column

exit code: 0 when all are in order, 1 when there is a fault"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", metavar="FILE", nargs="*", help="flow files, or names of flows (all)")
    parser.add_argument("--json", action="store_true", help="a JSON array, one object per file")


def run(options: argparse.Namespace) -> int:
    settings = load()
    prompts = names(load_catalogue(settings.prompts), settings.language)
    files = [file_of(name, settings) for name in options.files] or all_files(settings)
    if not files:
        raise Sorry(f"there are no flow files in {settings.flows}: write one, or set IVR_FLOWS")
    found = {file: faults_of(file, prompts) for file in files}
    print(_json(found) if options.json else _text(found))
    return 1 if any(found.values()) else 0


def faults_of(file: Path, prompts: frozenset[str]) -> list[Fault]:
    """Every mistake of one file."""
    try:
        return check(load_flow(file), prompts, queue_names())
    except Faults as faults:
        return faults.faults


def _text(found: dict[Path, list[Fault]]) -> str:
    return "\n".join("\n".join(map(str, faults)) if faults else f"{file}: ok" for file, faults in found.items())


def _json(found: dict[Path, list[Fault]]) -> str:
    listed = [
        {
            "file": str(file),
            "ok": not faults,
            "faults": [{"line": fault.line, "column": fault.column, "text": fault.text} for fault in faults],
        }
        for file, faults in found.items()
    ]
    return json.dumps(listed, ensure_ascii=False, indent=1)
