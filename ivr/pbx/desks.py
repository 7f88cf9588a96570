"""A transfer to a desk, and what the dialplan's marks on the caller's channel say of it."""

import time

from ivr.commands import Transfer
from ivr.events import DeskLeft
from ivr.pbx.hands import COMMAND, Hands
from ivr.pbx.queueing import moment

MARKS = "IVR_DESK=,IVR_DESK_RANG=,IVR_DESK_ANSWERED="
"""The marks, cleared before a desk is rung."""
ASK = "${IVR_DESK}|${IVR_DESK_RANG}|${IVR_DESK_ANSWERED}"
_MEANING = {"BUSY": "busy", "NOANSWER": "no_answer"}


async def ring(hands: Hands, number: int, command: Transfer, resumed: bool) -> DeskLeft:
    """Rings a desk and lets them talk, unless a controller before us did."""
    if not (resumed and await hands.variable(COMMAND) == str(number)):
        await hands.execute("EXEC MSet", f"{MARKS},IVR_DESK_WAIT={command.timeout:.0f},IVR_COMMAND={number}")
        await hands.execute("GOSUB", "desks", command.desk, "1", deadline=86400 + command.timeout)
    return left(await hands.variable(ASK), time.time(), number, command.desk, hands.hung_up)


def left(text: str, at: float, number: int, desk: str, hung_up: bool) -> DeskLeft:
    """The event, from what Asterisk answered to `ASK` (DIALSTATUS first)."""
    status, rang, answered = text.split("|")
    met = moment(answered)
    meaning = "hungup" if hung_up else "answered" if met else _MEANING.get(status, "unavailable")
    return DeskLeft(at, number, meaning, desk, moment(rang), met, met)
