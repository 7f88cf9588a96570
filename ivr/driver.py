"""One task per call: event -> session -> journal -> command, until the call has ended."""

from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec

from ivr.channel import Channel
from ivr.commands import Command, StorePromise
from ivr.events import Done, Event
from ivr.session import Session
from ivr.store import Store

Watcher = Callable[[str, Event, list[Command], Session], None]
_encode = msgspec.json.Encoder().encode


@dataclass
class Journal:
    """Writes one call's events, each chained to the one before."""

    store: Store
    call: str
    seq: int = 0
    chain: str = field(default="")

    def write(self, event: Event, commands: list[Command]) -> None:
        """Commits an event with the commands it led to."""
        told, led = _encode(event).decode(), _encode(commands).decode() if commands else "[]"
        self.chain = self.store.append(self.call, self.seq, told, led, self.chain)
        self.seq += 1


async def drive(channel: Channel, session: Session, journal: Journal, first: Event, watch: Watcher) -> None:
    """Serves one call from `first` to its end."""
    event = first
    while True:
        commands = session.advance(event)
        journal.write(event, commands)
        watch(channel.id, event, commands, session)
        if session.ended:
            return
        done = None
        for command in commands:
            if isinstance(command, StorePromise):
                done = keep_promise(journal, command, event.at, session.number)
            else:
                channel.start(session.number, command, session.keys)
        event = done or await channel.next_event()


def keep_promise(journal: Journal, command: StorePromise, at: float, number: int) -> Done:
    """Writes a promise to the database; its answer."""
    journal.store.promise(journal.call, command.number, command.queue, command.message, command.complete, at)
    return Done(at, number)


def replay(session: Session, events: list[Event]) -> list[list[Command]]:
    """Runs stored events through a session; the commands each led to."""
    return [session.advance(event) for event in events]
