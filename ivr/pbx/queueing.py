"""A stay in a queue: app_queue, and what it and the dialplan's marks on the caller's channel say of it together."""

import time

from ivr.commands import JoinQueue
from ivr.events import QueueLeft
from ivr.pbx.hands import COMMAND, Hands

MARKS = "IVR_AGENT=,IVR_AGENT_RANG=,IVR_AGENT_ANSWERED=,IVR_CONNECTED=,IVR_MARK=,QUEUESTATUS="
"""The marks, cleared before a call joins a queue."""
ASK = "${QUEUESTATUS}|${IVR_AGENT}|${IVR_AGENT_RANG}|${IVR_AGENT_ANSWERED}|${IVR_CONNECTED}|${IVR_MARK}"


async def wait(hands: Hands, number: int, command: JoinQueue, caller: str, resumed: bool) -> QueueLeft:
    """Queues the caller, unless a controller before us did; `caller` sets what the agent's phone shows of them."""
    if not (resumed and await hands.variable(COMMAND) == str(number)):
        await _queue(hands, number, command, caller)
    return left(await hands.variable(ASK), time.time(), number, hands.hung_up)


async def _queue(hands: Hands, number: int, command: JoinQueue, caller: str) -> None:
    """Runs app_queue; marked on the channel, so that a controller after us knows it has been done."""
    queued_at = "" if command.position else f"__IVR_QUEUED_AT={int(time.time())},"
    if not command.position:
        await hands.execute("GOSUB", "queue-position", "s", "1", command.queue, deadline=60)
    await hands.execute(
        "EXEC MSet",
        f"{queued_at}{caller},__IVR_QUEUE={command.queue},__IVR_NOTE={command.note},{MARKS},IVR_COMMAND={number}",
    )
    position = command.position or ""
    await hands.execute(
        "EXEC Queue", f"{command.queue},c,,,{command.timeout:.0f},,,,{position}", deadline=86400 + command.timeout
    )


def left(text: str, at: float, number: int, hung_up: bool) -> QueueLeft:
    """The event, from what Asterisk answered to `ASK`."""
    status, agent, rang, answered, connected, mark = text.split("|")
    meaning = "hungup" if hung_up and not mark else _status(status, answered, connected)
    return QueueLeft(at, number, meaning, agent, moment(rang), moment(answered), moment(connected), mark)


def _status(status: str, answered: str, connected: str) -> str:
    if connected:
        return "answered"
    if answered:
        return "agent_lost"
    return {"TIMEOUT": "timeout", "FULL": "full"}.get(status, "empty" if "EMPTY" in status else "unavailable")


def moment(text: str) -> float:
    """Unix seconds of a mark; 0 where it was never set."""
    try:
        return float(text)
    except ValueError:
        return 0.0
