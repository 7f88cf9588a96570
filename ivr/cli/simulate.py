"""`ivr simulate FLOW`: a call as text in the terminal, through the same engine as a real one."""

import argparse
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from ivr.audio.catalogue import load as load_catalogue
from ivr.calltest import BEGIN, headed
from ivr.check import House
from ivr.cli import Sorry, _callscript, _colour, _said, _tell, _when
from ivr.cli._flows import file_of
from ivr.flow import Flow
from ivr.flowfile import load as load_flow
from ivr.house import house_of
from ivr.livecalendars import LiveCalendars
from ivr.promptlengths import longest
from ivr.session import Session
from ivr.settings import CALENDARS, load
from ivr.simulatedline import Step
from ivr.simulator import Simulator
from ivr.table import pad
from ivr.vetting import checked
from ivr.words import TALK, WORDS, Unfit, Word, read, written

HELP = "try a flow as a text call in the terminal; no telephone, no waiting"
EXAMPLES = """examples:
  ivr simulate hotline                     a flow of the flows folder; type help for the words
  ivr simulate new.yaml --script call.txt  a file, with a file of words, one per line
  ivr simulate hotline --script ivr/flows/hotline/served.call   a call script, and what the flow does otherwise now
  ivr simulate hotline --keep ivr/flows/hotline/new.call   the call becomes a test of the flow
  ivr simulate hotline --at "2026-10-01 09:00"   on a holiday
  printf '1\\nagent 1001\\n5\\n' | ivr simulate hotline

The seconds shown are the call's own: prompts take as long as their audio (3 s where it is not built)."""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("flow", metavar="FLOW", help="a flow's name, or the path of a flow file")
    parser.add_argument("--script", metavar="FILE", help="read the words from a file, or play a call script")
    parser.add_argument("--caller", metavar="NUMBER", default="13800138000", help="who calls (13800138000)")
    parser.add_argument("--keep", metavar="FILE.call", help="write the call as a call script (`-`: print it)")
    parser.add_argument("--at", metavar="WHEN", help="when the call comes: 2026-10-01 09:00 (1970-01-02, no holiday)")


def run(options: argparse.Namespace) -> int:
    settings = load()
    catalogue = load_catalogue(settings.prompts)
    flow = _flow(file_of(options.flow, settings), house_of(settings, catalogue))
    begin = _when.moment(options.at, datetime.now()) if options.at else BEGIN
    calendars = LiveCalendars(settings.flows / CALENDARS, lambda text: print(_tell.told(text), file=sys.stderr))
    lengths = longest(settings.data / "sounds", (settings.language,))
    simulator = Simulator(lambda: Session(flow), lengths, options.caller, begin, calendars.state)
    said = _said.Said(catalogue, settings.language)
    script = _script(Path(options.script)) if options.script else None
    if script and _callscript.is_call_script(script):
        return _callscript.played(flow, script, said, options.script)
    code = _held(Talk(simulator, said), script, options)
    if options.keep:
        _keep(simulator, Path(options.keep))
    return code


def _held(talk: "Talk", script: list[str] | None, options: argparse.Namespace) -> int:
    if script is not None:
        return talk.through(script, options.script)
    if sys.stdin.isatty():
        return talk.along()
    return talk.through(sys.stdin.readlines(), "standard input")


def _keep(simulator: Simulator[Session], path: Path) -> None:
    """Writes the call as `ivr test` reads it."""
    if not simulator.session.ended:
        raise Sorry(f"the call has not ended, and {path} was not written: a test needs its end, such as hangup")
    title = f"# {path.stem}\n# outcome:\n# path:\n\n" if str(path) != "-" else "# outcome:\n# path:\n\n"
    text = headed(title + simulator.script, simulator.session)
    if str(path) == "-":
        print("\n" + text, end="")
        return
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Sorry(f"{path} cannot be written: {error.strerror}") from None
    print(_tell.told(f"{path}: written"))


class Talk:
    """The simulator's talk with whoever types, or with a script."""

    def __init__(self, simulator: Simulator[Session], said: _said.Said) -> None:
        self._call, self._said = simulator, said

    def along(self) -> int:
        """Asks for one word after the other until the call is over and left."""
        print(_tell.told("Type what the caller or an agent does; help shows the words."))
        self._show(self._call.steps)
        while True:
            try:
                line = input(_colour.prompted(f"{self._state()}> "))
            except EOFError:
                print()
                line = "quit"
            try:
                word = read(line)
                if word and word.name == "quit":
                    break
                if word:
                    self._do(word)
            except Unfit as unfit:
                print(_colour.painted(_tell.told(str(unfit)), "wrong"))
        self._end()
        return 0

    def through(self, lines: list[str], file: str) -> int:
        """Does all words of a script; where it ends before the call does, the caller hangs up."""
        script = list(_words(lines, file))
        self._show(self._call.steps)
        faults = 0
        for number, word in script:
            if word.name == "quit":
                break
            print(f"> {lines[number - 1].strip()}")
            try:
                self._do(word)
            except Unfit as unfit:
                faults += 1
                print(f"{file}:{number}: {_tell.told(str(unfit))}", file=sys.stderr)
        if not self._call.session.ended:
            print(f"> ({_tell.told('no more words: the caller hangs up')})")
            self._show(self._call.take(Word("hangup")))
        self._end()
        return 1 if faults else 0

    def _do(self, word: Word) -> None:
        if word.name not in TALK:
            self._show(self._call.take(word))
        elif word.name == "undo":
            taken = self._call.undo()
            self._said.goes_on_in(self._call.session.call.language)
            print(_tell.told(f"taken back: {written(taken)}"))
            self._show(self._call.steps[-1:])
        elif word.name == "where":
            print("\n".join(map(_tell.told, self._where())))
        else:
            print("\n".join(f"  {pad(form, 20)} {_tell.told(meaning)}" for form, meaning in WORDS))

    def _show(self, steps: list[Step]) -> None:
        for step in steps:
            _callscript.show(self._said, step)

    def _state(self) -> str:
        if not self._call.waits:
            return f"[{_tell.told('the call has ended')}] "
        return f"[{_tell.told(self._call.waits)}, {self._call.left:.0f} s] "

    def _where(self) -> Iterator[str]:
        session = self._call.session
        clock = datetime.fromtimestamp(self._call.now)
        yield f"  {self._call.at:.1f} s into the call, {self._call.waits or 'which has ended'}"
        yield f"  the clock shows {clock:%Y-%m-%d %H:%M:%S}"
        node = session.call.path[-1].node if session.call.path else ""
        if node:
            place = session.flow.nodes[node]
            yield f"  in node {node} ({place.node.type}), line {place.at[0]} of {place.file or session.flow.file}"
            if self._call.waits:
                yield f"  from here: {', '.join(f'{outcome} → {to}' for outcome, to in place.then.items())}"
        yield f"  agents: {self._call.agents or 'nobody answers'}"
        if session.call.keys:
            yield f"  keys not used yet: {' '.join(session.call.keys)}"
        yield f"  path: {_path(self._call)}"

    def _end(self) -> None:
        call = self._call.session.call
        told = [f"outcome: {call.outcome or 'none, the call goes on'}", f"path: {_path(self._call)}"]
        told += [f"{name}: {value}" for name, value in (("survey", call.survey), ("call back", call.contact)) if value]
        told += [f"failure: {failure}" for failure in call.failures]
        print("\n" + "\n".join(map(_tell.told, told)))


def _path(simulator: Simulator[Session]) -> str:
    return " > ".join(step.node for step in simulator.session.call.path) or "-"


def _flow(path: Path, house: House) -> Flow:
    return checked(lambda: load_flow(path), house)


def _script(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise Sorry(f"the script {path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise Sorry(f"the script {path} is not UTF-8 text: save it as UTF-8") from None


def _words(lines: list[str], file: str) -> Iterator[tuple[int, Word]]:
    """The words with their line numbers; all that are unknown are told before the call begins."""
    found, faults = [], []
    for number, line in enumerate(lines, 1):
        try:
            word = read(line)
        except Unfit as unfit:
            faults.append(f"{file}:{number}: {unfit}")
            continue
        if word:
            found.append((number, word))
    if faults:
        raise Sorry("\n".join(faults))
    return iter(found)
