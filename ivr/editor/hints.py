"""What an editor offers in a flow file: names that fit where the cursor is, what a name means, and where it stands.

Lines and columns count from 0, as the Language Server Protocol has it; a column is a letter of the line.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from ivr.audio.catalogue import Catalogue
from ivr.check import House
from ivr.flow import END, NODE_TYPES, CalendarName, Desk, Flow, Language, Placed, Prompt, Queue, Service, SubflowName
from ivr.settingtypes import settings_of

_ASKED = re.compile(r"(?:^|[\s{,])[\"']?(?P<key>[\w*#-]+)[\"']?\s*:\s*(?P<begun>[\w/-]*)$")
"""A key, and what has been written of its value, before the cursor."""
_WORD = re.compile(r"[\w/-]+")
_WRITTEN = frozenset({"subflow", "about", "value", "path"})
"""Keys behind which stands what nobody can know; `flow`, too, where the flow names itself."""


@dataclass(frozen=True)
class Known:
    """What names there are, beside the flow's own nodes: those of the house, of its subflows and calendars."""

    house: House
    catalogue: Catalogue
    subflows: frozenset[str] = frozenset()
    calendars: frozenset[str] = frozenset()


class Offer(NamedTuple):
    """One name to choose, and what it means."""

    name: str
    about: str


def offers(line: str, column: int, flow: Flow, known: Known) -> Iterator[Offer]:
    """The names that may stand at the cursor, those that begin as what is written."""
    asked = _ASKED.search(line[:column])
    if asked and asked["key"] not in _WRITTEN and not line.startswith("flow:"):
        yield from (one for one in _named(asked["key"], flow, known) if one.name.startswith(asked["begun"]))


def _named(key: str, flow: Flow, known: Known) -> Iterator[Offer]:
    """A setting's names are those of its type; behind any other key stands a node."""
    if key == "type":
        return (Offer(name, _about(kind)) for name, kind in sorted(NODE_TYPES.items()))
    types = {setting.type for kind in NODE_TYPES.values() for name, setting in settings_of(kind).items() if name == key}
    if not types:
        nodes = (Offer(place.name, place.node.type) for place in flow.nodes.values())
        return iter([*nodes, Offer(END, "ends the call")])
    if Prompt in types:
        ids = sorted({id_ for ids in known.house.prompts.values() for id_ in ids})
        return (Offer(id_, said(id_, known)) for id_ in ids)
    names = {
        Queue: known.house.queues, Desk: known.house.desks, Service: known.house.services,
        Language: frozenset(known.house.prompts), CalendarName: known.calendars, SubflowName: known.subflows,
    }  # fmt: skip
    return (Offer(name, key) for type_ in types for name in sorted(names.get(type_, frozenset())))


def meaning(line: str, column: int, flow: Flow, known: Known) -> str:
    """What the name at the cursor means; empty where it is none."""
    word = _word(line, column)
    if word in flow.nodes:
        return _told(flow.nodes[word])
    if word in NODE_TYPES:
        return _about(NODE_TYPES[word])
    return said(word, known)


def place_of(line: str, column: int, flow: Flow) -> tuple[str, int, int] | None:
    """Where the node stands whose name is at the cursor: file, line and column; None where it is no node's."""
    place = flow.nodes.get(_word(line, column))
    return (place.file or flow.file, place.at[0] - 1, place.at[1] - 1) if place else None


def said(prompt: str, known: Known) -> str:
    """What a prompt says, in every language, a line each, that of the house first."""
    languages = sorted(known.catalogue.languages.items(), key=lambda one: (one[0] != known.house.language, one[0]))
    texts = {language: prompts[prompt].text for language, prompts in languages if prompt in prompts}
    return "\n".join(f"{language}: {text}" for language, text in texts.items() if text)


def _word(line: str, column: int) -> str:
    return next((one[0] for one in _WORD.finditer(line) if one.start() <= column <= one.end()), "")


def _about(kind: type) -> str:
    return (kind.__doc__ or "").split("\n", 1)[0]


def _told(place: Placed) -> str:
    ways = "\n".join(f"{outcome}: {target}" for outcome, target in place.then.items())
    return f"{place.name} ({place.node.type})\n{_about(type(place.node))}\n\n{ways}"
