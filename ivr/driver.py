"""Event -> session -> journal -> command, at once and in the caller's stack, until the call has ended."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from ivr.calendarask import Calendars, no_calendars, told
from ivr.channel import Channel
from ivr.commands import AskCalendar, Command, LookUp, StorePromise
from ivr.events import Done, Event, LookedUp
from ivr.session import Session
from ivr.store import Store

Asked = Callable[[LookUp, int, Callable[[Event], None]], None]
"""Asks a service: the command, its number, and who is told the answer."""
Watcher = Callable[[str, Event, list[Command], Session], None]


@dataclass
class Journal:
    """Writes one call's events, one after the other."""

    store: Store
    call: str
    seq: int = 0
    opens: tuple[int, str, float] | None = None
    """Of a call that begins: the engine's version, the flow's hash, since when."""

    def write(self, event: Event, commands: list[Command]) -> None:
        """Writes an event with the commands it led to."""
        if self.opens:
            self.store.open_call(self.call, *self.opens)
            self.opens = None
        self.store.append(self.call, self.seq, event, commands)
        self.seq += 1


class Driver:
    """Serves one call: whoever tells an event has it written, and what follows from it begun, before it returns."""

    def __init__(
        self,
        channel: Channel,
        session: Session,
        journal: Journal,
        watch: Watcher,
        calendars: Calendars = no_calendars,
        ask: Asked | None = None,
    ) -> None:
        self._channel, self._session, self._journal, self._watch = channel, session, journal, watch
        self._calendars, self._ask = calendars, ask
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """The call has ended, or could not be served any longer: then it holds why."""

    def happened(self, event: Event) -> None:
        """Takes up an event; nothing more happens to a call that has ended."""
        following: Event | None = event
        try:
            while following and not self.ended.done():
                following = self._take_up(following)
        except Exception as error:  # noqa: BLE001 - whoever told it, such as AMI, has other calls to serve
            self.ended.set_exception(error)

    def _take_up(self, event: Event) -> Event | None:
        session, channel = self._session, self._channel
        commands = session.advance(event)
        self._journal.write(event, commands)
        self._watch(channel.id, event, commands, session)
        if session.ended:
            self.ended.set_result(None)
            return None
        done: Event | None = None
        for command in commands:
            if isinstance(command, StorePromise):
                done = keep_promise(self._journal, command, event.at, session.number)
            elif isinstance(command, AskCalendar):
                done = told(self._calendars, command, event.at, session.number)
            elif isinstance(command, LookUp):
                done = self._looked_up(command, event.at)
            else:
                channel.start(session.number, command, session.keys)
        return done

    def _looked_up(self, command: LookUp, at: float) -> Event | None:
        """Asks; the answer comes later, or at once where nobody can be asked."""
        if self._ask is None:
            return LookedUp(at, self._session.number)
        self._ask(command, self._session.number, self.happened)
        return None


def keep_promise(journal: Journal, command: StorePromise, at: float, number: int) -> Done:
    """Writes a promise to the database; its answer."""
    journal.store.promise(journal.call, command.number, command.queue, command.message, command.complete, at)
    return Done(at, number)


def replay(session: Session, events: list[Event]) -> list[list[Command]]:
    """Runs stored events through a session; the commands each led to."""
    return [session.advance(event) for event in events]
