"""`ivr check`: every mistake in flow files, each with its place and what to write instead."""

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import indent

from ivr.bounds import duration
from ivr.checkfile import proof_of_file
from ivr.cli import Sorry, _tell
from ivr.cli._flows import all_files, file_of
from ivr.faults import Fault
from ivr.language import LANGUAGES
from ivr.prove import Proof
from ivr.queues import names as queue_names
from ivr.schema import schema
from ivr.settings import load
from ivr.states import Route
from ivr.witness import witness

HELP = "check flow files: every mistake with file, line and what to write instead"
EXAMPLES = """examples:
  ivr check                 all flows of the flows folder
  ivr check hotline         one of them
  ivr check new.yaml        a file anywhere
  ivr check new.yaml --why  under each fault a call script that shows what happens; play it: ivr simulate --script
  ivr check --json          for an editor: file, ok, faults with line and column
  ivr check --lang zh       the sentences in Chinese, whatever the locale
  ivr check --schema        the JSON Schema of flow files, for an editor that completes while you type

exit code: 0 when all are in order, 1 when there is a fault"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", metavar="FILE", nargs="*", help="flow files, or names of flows (all)")
    parser.add_argument("--json", action="store_true", help="a JSON array, one object per file")
    parser.add_argument("--why", action="store_true", help="for each fault that a call can meet, its call script")
    parser.add_argument("--lang", choices=LANGUAGES, help="the language of the sentences (that of the locale)")
    parser.add_argument("--schema", action="store_true", help="print the JSON Schema of flow files")


def run(options: argparse.Namespace) -> int:
    if options.schema:
        print(json.dumps(schema(queue_names()), ensure_ascii=False, indent=1))
        return 0
    settings = load()
    files = [file_of(name, settings) for name in options.files] or all_files(settings)
    if not files:
        raise Sorry(f"there are no flow files in {settings.flows}: write one, or set IVR_FLOWS")
    found = {file: Checked(proof_of_file(file, settings), options.lang, options.why) for file in files}
    print(_json(found) if options.json else "\n".join(_text(*one) for one in found.items()))
    return 1 if any(one.proof.faults for one in found.values()) else 0


@dataclass(frozen=True)
class Checked:
    """What is proved of a file, told in a language, with the calls that show what is wrong, where they are wanted."""

    proof: Proof
    language: str | None
    why: bool

    def faults(self) -> Iterator[tuple[Fault, str]]:
        """Each fault, and the call script that shows it; empty where there is none."""
        for fault in self.proof.faults:
            said, route = _tell.fault(fault, self.language), self.proof.shown.get(fault)
            yield said, self._script(said, route) if route and self.why else ""

    def _script(self, said: Fault, route: Route) -> str:
        return witness(self.proof.flow, route, said.text, self.proof.length) or ""


def _text(file: Path, found: Checked) -> str:
    proof, language = found.proof, found.language
    if proof.faults:
        return "\n".join(str(fault) + (f"\n\n{indent(why, '    ')}" if why else "") for fault, why in found.faults())
    if proof.bounds is None:
        return _tell.told(f"{file}: ok", language)
    person, end = proof.bounds.person, duration(proof.bounds.end)
    reached = f"a person within {duration(person)}" if person is not None else "no person"
    ok = f"{file}: ok; {reached}, and the end within {end} once the caller does nothing more"
    return _tell.told(ok, language)


def _json(found: dict[Path, Checked]) -> str:
    listed = [
        {
            "file": str(file),
            "ok": not one.proof.faults,
            "person_s": one.proof.bounds.person if one.proof.bounds else None,
            "end_s": one.proof.bounds.end if one.proof.bounds else None,
            "faults": [
                {"line": fault.line, "column": fault.column, "text": fault.text} | ({"why": why} if why else {})
                for fault, why in one.faults()
            ],
        }
        for file, one in found.items()
    ]
    return json.dumps(listed, ensure_ascii=False, indent=1)
