"""A call script in the words of the simulator: what happens in it, and what the flow does otherwise now."""

from ivr.calltest import BEGIN, tried
from ivr.cli import _colour, _said, _tell
from ivr.flow import Flow
from ivr.script import ScriptError, parse_line
from ivr.simulatedline import Step
from ivr.table import pad


def is_call_script(lines: list[str]) -> bool:
    """Whether the first line that says anything is one of a call script, and no word of the simulator."""
    first = next((line for line in lines if line.strip() and not line.startswith("#")), "")
    try:
        parse_line(first)
    except ScriptError:
        return False
    return True


def played(flow: Flow, lines: list[str], said: _said.Said, file: str) -> int:
    """Shows the call as it comes out now, then what differs from what is written; 1 where anything does."""
    one = tried(flow, "\n".join(lines) + "\n")
    for line in one.found.splitlines():
        if line.strip() and not line.startswith("#"):
            at, what = parse_line(line, BEGIN)
            show(said, Step(at - BEGIN if at else 0.0, what))
    if one.ok:
        print(_tell.told(f"{file}: as written"))
        return 0
    print(_tell.told(f"{file}: {one.fault}") if one.fault else _tell.told(f"{file}: otherwise than written"))
    for line in one.difference():
        print(line)
    return 1


def show(said: _said.Said, step: Step) -> None:
    """One step of a call, a line for each thing that was done in it."""
    for ago, who, text in said.lines(step.what):
        when, name = f"{step.at - ago:8.1f}", pad(_tell.told(who), 6)
        print(f"{_colour.painted(when, 'dim')}  {_colour.painted(name, who)}  {_tell.told(text)}")
