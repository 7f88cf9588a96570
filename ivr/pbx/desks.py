"""What the dialplan's marks on the caller's channel say of a transfer to a desk."""

from ivr.events import DeskLeft
from ivr.pbx.queueing import moment

MARKS = "IVR_DESK=,IVR_DESK_RANG=,IVR_DESK_ANSWERED="
"""The marks, cleared before a desk is rung."""
ASK = "${IVR_DESK}|${IVR_DESK_RANG}|${IVR_DESK_ANSWERED}"
_MEANING = {"BUSY": "busy", "NOANSWER": "no_answer"}


def left(text: str, at: float, number: int, desk: str, hung_up: bool) -> DeskLeft:
    """The event, from what Asterisk answered to `ASK` (DIALSTATUS first)."""
    status, rang, answered = text.split("|")
    met = moment(answered)
    meaning = "hungup" if hung_up else "answered" if met else _MEANING.get(status, "unavailable")
    return DeskLeft(at, number, meaning, desk, moment(rang), met, met)
