"""What is wrong with the calendars that a flow asks, or with all of a folder."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from ivr.calendars import Calendar, ends, parse
from ivr.check import fault_at, settings_typed
from ivr.faults import Fault, Faults
from ivr.flow import CalendarName, Flow
from ivr.yamlfile import read


def calendar_faults(flow: Flow, folder: Path) -> Iterator[Fault]:
    """A calendar that a node names and that is not there, and every mistake in one that is."""
    for place, setting, name in settings_typed(flow, CalendarName):
        path = folder / f"{name}.yaml"
        if path.is_file():
            yield from faults(path)
        else:
            known = ", ".join(sorted(one.stem for one in folder.glob("*.yaml"))) or "none"
            text = f"node `{place.name}` asks the calendar `{name}`, but there is no such file in {folder.name}; "
            yield fault_at(flow, place, setting, f"{text}there are: {known}")


def faults(path: Path) -> list[Fault]:
    """Every mistake in a calendar's file."""
    found = _read(path)
    return found if isinstance(found, list) else []


def ending(path: Path, today: date) -> list[Fault]:
    """What a calendar that can be read does not say of the holidays soon to come."""
    found = _read(path)
    return [] if isinstance(found, list) else ends(found, today)


def _read(path: Path) -> Calendar | list[Fault]:
    try:
        return parse(read(path), str(path))
    except Faults as found:
        return found.faults
