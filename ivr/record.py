"""A call's one record, made from what the session knows at its end."""

from datetime import datetime, tzinfo
from functools import lru_cache
from typing import Any

from ivr.call import Call
from ivr.flow import Flow

QUARTER = 900
"""Seconds: no zone changes its clock but at a quarter of an hour."""


def record(id_: str, call: Call, flow: Flow) -> dict[str, Any]:
    """The record as `ivr calls --json` gives it; moments are ISO 8601 with zone, durations seconds."""
    talk = call.talk
    rang, answered, connected = (talk.rang, talk.answered, talk.connected) if talk else (0.0, 0.0, 0.0)
    talk_end = talk.at if talk and connected else 0.0
    return {
        "id": id_,
        "caller": call.caller,
        "caller_name": call.name,
        "dialled": call.dialled,
        "rang_at": iso(call.rang_at),
        "answered_at": iso(call.answered_at),
        "queued_at": iso(call.queued_at),
        "agent_rang_at": iso(rang),
        "agent_answered_at": iso(answered),
        "connected_at": iso(connected),
        "ended_at": iso(call.ended_at),
        "ended_by": call.ended_by,
        "outcome": call.outcome,
        "path": [step.node for step in call.path],
        "flow": flow.name,
        "flow_hash": flow.hash,
        "queue": call.queue or None,
        "agent": (talk.agent or None) if talk else None,
        "wait_s": _span(call.queued_at, answered),
        "ring_s": _span(rang, answered),
        "talk_s": _span(connected, talk_end),
        "survey": call.survey,
        "recording": None,
        "recording_ok": None,
        "message": call.message or None,
        "contact": call.contact or None,
        "rtp": call.rtp or None,
        "note": call.note or None,
        "pauses": [list(pause) for pause in call.pauses],
        "failures": call.failures,
    }


def iso(moment: float) -> str | None:
    """A Unix time as ISO 8601 with milliseconds and the machine's zone; None where it did not happen."""
    if not moment:
        return None
    return datetime.fromtimestamp(moment, _zone(int(moment // QUARTER))).isoformat(timespec="milliseconds")


@lru_cache(64)
def _zone(quarter: int) -> tzinfo | None:
    return datetime.fromtimestamp(quarter * QUARTER).astimezone().tzinfo


def _span(start: float, end: float) -> float | None:
    return round(end - start, 3) if start and end else None
