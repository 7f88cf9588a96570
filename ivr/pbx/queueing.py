"""What app_queue and the dialplan's marks on the caller's channel say together of a stay in a queue."""

from ivr.events import QueueLeft

MARKS = "IVR_AGENT=,IVR_AGENT_RANG=,IVR_AGENT_ANSWERED=,IVR_CONNECTED=,IVR_MARK=,QUEUESTATUS="
"""The marks, cleared before a call joins a queue."""
ASK = "${QUEUESTATUS}|${IVR_AGENT}|${IVR_AGENT_RANG}|${IVR_AGENT_ANSWERED}|${IVR_CONNECTED}|${IVR_MARK}"


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
