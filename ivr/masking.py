"""What logs do not show: keys given in private, digits said back, private facts asked for and answered.

The journal keeps them, since a call could not be taken up or replayed without; whoever shows a call shows it masked.
"""

from collections.abc import Sequence
from urllib.parse import quote

from msgspec.structs import replace

from ivr.call import Call
from ivr.commands import Command, LookUp, PauseRecording, Say
from ivr.events import Event, KeyPressed, LookedUp
from ivr.session import Session

MASK = "•"
MASKED = MASK * 3
DIGIT = "number/"
"""The prompts that say a digit back."""


def masked(event: Event, commands: Sequence[Command], session: Session) -> tuple[Event, Sequence[Command]]:
    """An event that the session has just taken up, and the commands it led to, as they may be shown."""
    call = session.call
    private = _private(session)
    if not private and not call.private:
        return event, commands
    return _event(event, call, private), [_command(one, call, private) for one in commands]


def _private(session: Session) -> bool:
    """Whether the caller is giving something private: the recording is paused, or about to be."""
    pauses, pending = session.call.pauses, session.pending
    return bool(pauses and not pauses[-1][1]) or (type(pending) is PauseRecording and pending.on)


def _event(event: Event, call: Call, private: bool) -> Event:
    if isinstance(event, KeyPressed) and private:
        return replace(event, key=MASK)
    if isinstance(event, LookedUp) and call.private.intersection(event.facts):
        return replace(
            event, facts={name: MASKED if name in call.private else one for name, one in event.facts.items()}
        )
    return event


def _command(command: Command, call: Call, private: bool) -> Command:
    if isinstance(command, Say) and private:
        return replace(
            command, prompts=tuple(DIGIT + MASK if one.startswith(DIGIT) else one for one in command.prompts)
        )
    if isinstance(command, LookUp):
        path = command.path
        for value in sorted((quote(call.fact(name), safe="") for name in call.private), key=len, reverse=True):
            path = path.replace(value, MASKED) if value else path
        return replace(command, path=path)
    return command
