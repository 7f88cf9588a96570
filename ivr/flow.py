"""A flow: named nodes, each with a type, settings, and a next node for every outcome; and the type registry."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple, NewType

from ivr.ask import Run
from ivr.call import Call
from ivr.faults import Fault, Faults

Position = tuple[int, int]
"""Where something stands in a file: line and column, from 1."""

Prompt = NewType("Prompt", str)
"""The id of a prompt in ivr/prompts."""
Seconds = NewType("Seconds", float)
"""A duration; written `2s`, `1m30s` or `500ms` in a flow file."""
Share = NewType("Share", float)
"""A part of the whole, 0 to 1; written `80%` in a flow file."""
Queue = NewType("Queue", str)
"""The name of a queue in asterisk/conf/queues.conf."""
CalendarName = NewType("CalendarName", str)
"""The name of a file in the `calendars` folder beside the flows, without its ending."""
Desk = NewType("Desk", str)
"""The name of an extension of the context [desks] in asterisk/conf/extensions.conf."""
Language = NewType("Language", str)
"""The name of a file in ivr/prompts, without its ending: zh, en, or a dialect that has prompts of its own."""
Service = NewType("Service", str)
"""The name of a service of the setting `services`."""
WebPath = NewType("WebPath", str)
"""The path of a web address; a fact in braces is filled in: `/policies/{card}`."""
Answered = NewType("Answered", tuple[tuple[str, str], ...])
"""Facts, each with where it stands in an answer's JSON: `tariff: policy.tariff`."""
SubflowName = NewType("SubflowName", str)
"""The name of a file in the `subflows` folder beside the flows, without its ending."""
Fact = NewType("Fact", str)
"""The name of a fact of the call."""
Key = NewType("Key", str)
"""One key of a telephone, or nothing."""
CheckDigit = NewType("CheckDigit", str)
"""How a number's last digit follows from the others; see ivr.checkdigit."""
Mark = NewType("Mark", str)
"""What a prompt says of the call for its outcome: `silent` or `noisy`."""

END = "end"
"""The target that ends the call; no node may bear this name."""

ENTER = "enter"
"""The outcome by which a `subflow` node leads into what it enters."""

KEYS = frozenset("0123456789*#")
"""Outcomes of a node whose keys lead."""

OTHER = "~"
"""Stands for what no flow asks for in the value of a fact."""

NODE_TYPES: dict[str, type["Node"]] = {}


class Node:
    """One step of a flow. A node type is a dataclass whose fields are its settings, and a `run`."""

    type: ClassVar[str]
    outcomes: ClassVar[tuple[str, ...]] = ("done",)
    instead: ClassVar[Mapping[str, str]] = {}
    """Outcomes that a flow need not lead anywhere, and the outcome (or `end`) that is taken for them then."""
    hears: ClassVar[bool] = False
    """Whether the node listens from its beginning; where a flow starts with it, the caller is heard from the answer."""
    keys_lead: ClassVar[bool] = False
    """Whether keys (0-9 * #) are outcomes too, as in a menu."""
    values_lead: ClassVar[bool] = False
    """Whether values of a fact are outcomes too, as in a branch."""
    world: ClassVar[bool] = False
    """Whether what comes of the node is not the caller's to choose: it may come out the longest way."""
    reads: ClassVar[tuple[str, ...]] = ()
    sets: ClassVar[tuple[str, ...]] = ()
    """The settings that name facts which the node reads; which it has set, whatever its outcome but `failed`."""
    enters: ClassVar[bool] = False
    """Whether it enters a subflow."""
    acts: ClassVar[frozenset[str]] = frozenset()
    """Outcomes that only the caller or an agent brings about, whatever is known of the call."""
    fails: ClassVar[bool] = True
    """Whether it asks anything of the line, which may fail."""
    keeps_keys: ClassVar[bool] = False
    """Whether keys that were keyed ahead are still waiting behind it."""
    chance: ClassVar[frozenset[str]] = frozenset()
    """Outcomes that nobody chooses, such as noise on the line."""
    farewells: ClassVar[frozenset[str]] = frozenset()
    """Outcomes after which a call may end, because something was said, promised, or an agent was there."""
    person: ClassVar[bool] = False
    """Whether the caller has reached somebody here: an agent, or the line that promises to call back."""
    stage: ClassVar[str] = ""
    """What hanging up here counts as (see ivr.outcomes); empty keeps the stage of the node before."""

    def __init_subclass__(cls, type: str) -> None:
        cls.type = type
        NODE_TYPES[type] = cls

    @property
    def skipped(self) -> bool:
        """Whether it asks nothing of the line while a key is waiting."""
        return self.hears

    def mistake(self) -> str:
        """What the settings get wrong together, and what to write instead; empty when nothing."""
        return ""

    def wants(self) -> Iterator[tuple[str, str]]:
        """The facts that the node reads, each with the setting that names it, if one does."""
        for setting in self.reads:
            yield setting, str(getattr(self, setting))

    def gives(self, outcome: str) -> frozenset[str]:
        """The facts that are set once the node was left by an outcome."""
        given = frozenset(str(getattr(self, setting)) for setting in self.sets) - {""}
        return frozenset() if outcome == "failed" else given

    def beginnings(self) -> Iterator[str]:
        """Beginnings of values by which the node tells apart the facts that it reads."""
        yield from ()

    def possible(self, fact: Callable[[str], str]) -> Set[str] | None:
        """The outcomes, `failed` aside, that can come of it with facts of these values; None: any."""
        return None

    def acted(self, fact: Callable[[str], str] | None) -> Set[str]:
        """The outcomes that only the caller or an agent brings about, with facts of these values, if they are known."""
        return self.acts | (KEYS if self.keys_lead else frozenset())

    def values(self, fact: str, outcome: str, before: str | None, starts: Iterable[str]) -> Iterable[str | None]:
        """What a fact, that was `before`, may be once the node was left by an outcome (None: not set).

        Where it may be much, some values are told, for each of `starts` one that begins so if there is one.
        """
        return anything(starts) if fact in self.gives(outcome) else (before,)

    def longest(self, seconds: Callable[[str], float]) -> float:
        """Seconds the node takes at most, `seconds` of a prompt given; the talk with an agent is not counted."""
        raise NotImplementedError

    def run(self, call: Call) -> Run:
        """Yields commands, is sent their answers, returns an outcome."""
        raise NotImplementedError


def anything(starts: Iterable[str]) -> Iterator[str]:
    """Some of all texts there are: for each of `starts` it and one that begins so, and one that begins otherwise."""
    for start in ("", *starts):
        yield start
        yield f"{start}{OTHER}"


@dataclass(frozen=True)
class Placed:
    """A node at its place in a flow: where each outcome leads, and the line and column of it and of its settings.

    `file` is that of the subflow it comes from; empty: the flow's own.
    """

    name: str
    node: Node
    then: Mapping[str, str]
    at: Position = (0, 1)
    settings_at: Mapping[str, Position] = field(default_factory=dict)
    file: str = ""

    @property
    def closed(self) -> bool:
        """Whether it enters a subflow that could not be put in its place: what happens in there is not known."""
        return self.node.enters and ENTER not in self.then


class Limit(NamedTuple):
    """What a flow may take at the longest, in seconds, and the line and column it stands at."""

    seconds: float
    at: Position


@dataclass(frozen=True)
class Flow:
    """A whole flow as read from a file. `hash` is the SHA-256 of its text."""

    name: str
    start: str
    nodes: Mapping[str, Placed]
    always: Mapping[str, str]
    text: str = ""
    hash: str = ""
    file: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    limits: Mapping[str, Limit] = field(default_factory=dict)


class HalfRead(Faults):
    """A flow with mistakes; `flow` is what could be read of it, `leads` where each of its nodes leads as written."""

    def __init__(self, faults: Iterable[Fault], flow: Flow, leads: Mapping[str, Set[str]] | None = None) -> None:
        super().__init__(faults)
        self.flow = flow
        placed = {name: frozenset(place.then.values()) for name, place in flow.nodes.items()}
        self.leads: Mapping[str, Set[str]] = placed if leads is None else leads
