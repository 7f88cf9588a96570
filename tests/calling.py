"""Calls played through a flow in memory: what tests of nodes, outcomes and journals share."""

from collections.abc import Iterable

from ivr.commands import Command, Say
from ivr.events import Answer, Done, Event, HungUp, KeyPressed, Offered, QueueLeft
from ivr.flow import Flow
from ivr.flowfile import load, parse
from ivr.native import HOME
from ivr.session import Session

START = 1000.0
HOTLINE = load(HOME / "ivr/flows/hotline.yaml")


def flow_of(nodes: str, start: str = "one") -> Flow:
    """A flow of some nodes, written as in a file; `intake` is always there as the person to end with."""
    person = "  person: {type: queue, queue: intake, then: {answered: end, timeout: end, full: end, failed: end}}\n"
    return parse(f"flow: test\nstart: {start}\nalways: {{failed: person}}\nnodes:\n{nodes}\n{person}")


class Caller:
    """A session and the call it serves; each step takes a second unless told otherwise."""

    def __init__(self, flow: Flow, number: str = "13800138000") -> None:
        self.session = Session(flow)
        self.now = START
        self.told: list[Command] = []
        self.send(Offered(START, number, "", "95585"))
        self.answer()

    @property
    def call(self):
        return self.session.call

    @property
    def pending(self) -> Command | None:
        return self.session.pending

    @property
    def path(self) -> list[str]:
        return [step.node for step in self.call.path]

    def send(self, event: Event) -> Command | None:
        """Lets an event happen; the command it led to."""
        self.now = max(self.now, event.at)
        commands = self.session.advance(event)
        assert len(commands) <= 1
        self.told += commands
        return commands[0] if commands else None

    def answer(self, kind: type[Answer] = Done, after: float = 1.0, **fields) -> Command | None:
        """Answers the running command."""
        return self.send(kind(at=self.now + after, to=self.session.number, **fields))

    def keys(self, keys: Iterable[str], after: float = 0.25) -> None:
        """Presses keys, one after the other."""
        for key in keys:
            self.send(KeyPressed(self.now + after, key))

    def until(self, kind: type[Command]) -> Command:
        """Lets prompts play out until a command of this kind runs; that command."""
        while isinstance(self.pending, Say) and kind is not Say:
            self.answer()
        assert isinstance(self.pending, kind), self.pending
        return self.pending

    def talk(self, agent: str = "1001", seconds: float = 60.0, **fields) -> Command | None:
        """An agent answers, talks and hangs up."""
        rang, answered, connected = self.now + 1, self.now + 3, self.now + 5
        return self.answer(
            QueueLeft, 5 + seconds, status="answered", agent=agent, rang=rang, answered=answered, connected=connected,
            **fields,
        )  # fmt: skip

    def hang_up(self, by: str = "caller") -> str:
        """The call ends; its outcome."""
        self.send(HungUp(self.now + 0.1, by))
        return self.call.outcome

    def said(self) -> list[str]:
        """All prompts the caller was to hear, in order."""
        return [prompt for command in self.told for prompt in getattr(command, "prompts", ())]


def flow_named(name: str) -> Flow:
    """A shipped flow, or one that only tests use."""
    shipped = HOME / f"ivr/flows/{name}.yaml"
    return load(shipped if shipped.exists() else HOME / f"tests/flows/{name}.yaml")
