"""`ivr test`: a flow's call scripts played again, what differs, and what no script has walked."""

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ivr.call import Edge
from ivr.calltest import Tried, edges, tried, unwalked
from ivr.cli import Sorry, _drawing, _tell
from ivr.cli._flows import all_files, file_of
from ivr.drawing import Shown
from ivr.flow import Flow
from ivr.flowfile import load as load_flow
from ivr.settings import Settings, load
from ivr.witness import missing

HELP = "play a flow's call scripts again: what differs, and what no script has walked"
EXAMPLES = """examples:
  ivr test                       all flows of the flows folder
  ivr test hotline               one of them, with the scripts in its folder hotline/
  ivr test new.yaml --scripts hotline/   a changed flow, with the scripts of another
  ivr test hotline --update      write the scripts as they come out now; read the difference before you keep it
  ivr test hotline --coverage    every outcome that no script has walked
  ivr test hotline --coverage --png c.png   the same, drawn on the flow in red
  ivr test hotline --missing     write a script for each of these

exit code: 0 when every script comes out as written (with --coverage: and every outcome was walked)"""
SUFFIX = ".call"


@dataclass(frozen=True)
class Tested:
    """A flow with its scripts, by their files."""

    file: Path
    flow: Flow
    folder: Path
    scripts: dict[Path, Tried]

    @property
    def unwalked(self) -> list[Edge]:
        """What no script has walked."""
        return unwalked(self.flow, self.scripts.values())


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("flows", metavar="FLOW", nargs="*", help="flows' names, or paths of flow files (all)")
    parser.add_argument("--scripts", metavar="FOLDER", help="the folder of the scripts (beside the flow, by its name)")
    parser.add_argument("--update", action="store_true", help="write the scripts as they come out now")
    parser.add_argument("--coverage", action="store_true", help="show what no script has walked")
    parser.add_argument("--missing", action="store_true", help="write a script for each outcome that none has walked")
    _drawing.arguments(parser)
    parser.add_argument("--json", action="store_true", help="a JSON array, one object per flow")


def run(options: argparse.Namespace) -> int:
    settings = load()
    files = [file_of(name, settings) for name in options.flows] or all_files(settings)
    if not files:
        raise Sorry(f"there are no flow files in {settings.flows}: write one, or set IVR_FLOWS")
    found = [tested(file, options.scripts) for file in files]
    if _drawing.wanted(options):
        _draw(found, options, settings)
    told = [_done(one, options) for one in found]
    if options.json:
        print(json.dumps([_json(one) for one in found], ensure_ascii=False, indent=1))
    else:
        print("\n".join(_tell.told(line) for lines in told for line in lines))
    failed = any(not script.ok for one in found for script in one.scripts.values()) and not options.update
    return 1 if failed or (options.coverage and any(one.unwalked for one in found)) else 0


def _draw(found: list[Tested], options: argparse.Namespace, settings: Settings) -> None:
    """The flow with what no script has walked in red."""
    if len(found) != 1:
        raise Sorry("one picture is of one flow: name it")
    (one,) = found
    missed = frozenset(one.unwalked)
    _drawing.write(one.flow, Shown(one.flow.name, missed=missed, texts=_drawing.texts(settings)), options)


def tested(file: Path, scripts: str | None) -> Tested:
    """A flow and its scripts played; they stand in a folder beside it where none is named."""
    folder = Path(scripts) if scripts else file.with_suffix("")
    if scripts and not folder.is_dir():
        raise Sorry(f"there is no folder {folder}: name the one with the {SUFFIX} files")
    flow = load_flow(file)
    return Tested(file, flow, folder, {path: tried(flow, _read(path)) for path in sorted(folder.glob(f"*{SUFFIX}"))})


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise Sorry(f"the script {path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise Sorry(f"the script {path} is not UTF-8 text: save it as UTF-8") from None


def _done(one: Tested, options: argparse.Namespace) -> list[str]:
    """Does what was asked for; what is told of it."""
    lines = list(_results(one, options.update))
    if options.coverage:
        lines += _coverage(one)
    if options.missing:
        lines += _written(one)
    return lines


def _results(one: Tested, update: bool) -> Iterator[str]:
    right = 0
    for path, script in one.scripts.items():
        if script.ok:
            right += 1
        elif script.fault:
            yield f"{path}: {script.fault}"
        elif update:
            path.write_text(script.found, encoding="utf-8")
            yield f"{path}: written as it comes out now"
        else:
            yield f"{path}: comes out otherwise (- written, + now)"
            yield from (f"    {line}" for line in script.difference())
    walked, all_ = len(edges(one.flow)) - len(one.unwalked), len(edges(one.flow))
    yield f"{one.file}: {right} of {len(one.scripts)} scripts as written; {walked} of {all_} outcomes walked"


def _coverage(one: Tested) -> Iterator[str]:
    counts = Counter(edge for script in one.scripts.values() for edge in set(script.led))
    for place in one.flow.nodes.values():
        told = (f"{outcome} {counts[place.name, outcome] or 'NOT WALKED'}" for outcome in place.then)
        yield f"    {place.name:14} {', '.join(told)}"
    for outcome in one.flow.always:
        yield f"    {'always':14} {outcome} {counts['always', outcome] or 'NOT WALKED'}"


def _written(one: Tested) -> Iterator[str]:
    """Writes the scripts that are missing; an outcome that no call can have gets none, and is told."""
    found, never = missing(one.flow, one.unwalked)
    for edge in one.unwalked:
        if edge in never:
            yield f"{one.file}: no call can end {edge[0]} as {edge[1]}; if it should, look at what leads there"
            continue
        if edge not in found:
            yield f"{one.file}: no call was found in which {edge[0]} ends as {edge[1]}"
            continue
        path = one.folder / f"{edge[0]}-{edge[1].replace('*', 'star').replace('#', 'hash')}{SUFFIX}"
        if path.exists():
            yield f"{path}: stands already and was left as it is"
            continue
        one.folder.mkdir(parents=True, exist_ok=True)
        path.write_text(found[edge], encoding="utf-8")
        yield f"{path}: written; read whether the flow does what you want there"


def _json(one: Tested) -> dict[str, object]:
    return {
        "file": str(one.file),
        "ok": all(script.ok for script in one.scripts.values()),
        "scripts": [
            {"file": str(path), "ok": script.ok, "fault": script.fault, "difference": list(script.difference())}
            for path, script in one.scripts.items()
        ],
        "outcomes": len(edges(one.flow)),
        "not_walked": [list(edge) for edge in one.unwalked],
    }
