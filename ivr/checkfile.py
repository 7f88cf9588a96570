"""All that is told of one flow file: what `ivr check` prints, what keeps it unpublished, what an editor shows."""

from dataclasses import replace
from pathlib import Path

from ivr.audio.catalogue import Catalogue
from ivr.audio.catalogue import load as load_catalogue
from ivr.audio.promptcheck import outdated
from ivr.calendarfiles import calendar_faults
from ivr.check import House, check, settings_typed, strange, unled, unspoken
from ivr.checkkeys import keyed
from ivr.faults import Faults
from ivr.flow import Flow, HalfRead, Prompt
from ivr.flowfile import SUBFLOWS, is_part, parse, parse_part
from ivr.house import house_of
from ivr.prove import Proof, partly_shown
from ivr.settings import CALENDARS, Settings
from ivr.vetting import half, proof_of
from ivr.yamlfile import read

_NOTHING = Flow("", "", {}, {})
"""What could be read of a file that is no flow."""


def proof_of_file(file: Path, settings: Settings, text: str | None = None) -> Proof:
    """Every mistake of one file; where it can be read whole, also what can be proved of it.

    `text` is what stands in it, where that has not been saved yet.
    """
    catalogue = load_catalogue(settings.prompts)
    house = house_of(settings, catalogue)
    try:
        text = read(file) if text is None else text
        proof = _of_part(file, text, house) if is_part(text) else _of_flow(file, text, house)
    except Faults as faults:
        return Proof(_NOTHING, None, faults.faults)
    return _with_house(proof, catalogue, house, settings)


def _of_flow(file: Path, text: str, house: House) -> Proof:
    try:
        return proof_of(parse(text, str(file), file.parent / SUBFLOWS), house)
    except HalfRead as broken:
        return Proof(broken.flow, None, half(broken, house), shown=partly_shown(broken.flow))


def _of_part(file: Path, text: str, house: House) -> Proof:
    """A subflow is looked at by itself; what is proved of it is told of the flows that use it."""
    try:
        part = parse_part(text, str(file))
    except HalfRead as broken:
        return Proof(
            broken.flow, None, sorted({*broken, *strange(broken.flow, house), *unled(broken), *keyed(broken.flow)})
        )
    flow = Flow(part.name, part.start, part.nodes, {}, text, file=str(file))
    return Proof(flow, None, sorted({*check(flow, house), *keyed(flow)}))


def _with_house(proof: Proof, catalogue: Catalogue, house: House, settings: Settings) -> Proof:
    """With what the house's own files say: prompts of every language, their audio, calendars."""
    flow = proof.flow
    every = unspoken(flow, house, frozenset(house.prompts))
    used = frozenset(prompt for _, _, prompt in settings_typed(flow, Prompt))
    stale = outdated(catalogue, settings.data / "sounds", used)
    asked = calendar_faults(flow, settings.flows / CALENDARS)
    return replace(proof, faults=sorted({*proof.faults, *proof.beyond, *every, *stale, *asked}))
