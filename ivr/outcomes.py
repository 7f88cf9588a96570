"""The closed set of outcomes: every call that is offered ends as exactly one of them."""

from ivr.call import Call

OUTCOMES = (
    "served", "abandoned", "left_contact", "silent", "noisy", "hung_up_greeting", "hung_up_menu",
    "hung_up_message", "busy", "fallback", "failed",
)  # fmt: skip

BROKEN = frozenset({"failed", "fallback"})
"""The line could not serve the call as its flow would have it."""
GIVEN_UP = frozenset({"abandoned", "hung_up_greeting", "hung_up_menu", "hung_up_message"})
"""The caller left before anybody, or anything, had served them."""
UNSERVED = frozenset({"busy"})
"""Turned away before any flow began."""

_HUNG_UP = {
    "greeting": "hung_up_greeting",
    "menu": "hung_up_menu",
    "queue": "abandoned",
    "message": "hung_up_message",
}
STAGES = tuple(_HUNG_UP)
"""Where in the flow a caller can be when they hang up; node types name theirs."""


def outcome(call: Call) -> str:
    """The one outcome of a call that has ended; the first rule that fits."""
    for mark in call.marks:
        if mark in ("busy", "fallback", "silent", "noisy"):
            return mark
    if call.connected:
        return "served"
    if "left_contact" in call.marks:
        return "left_contact"
    if call.ended_by == "caller":
        return _HUNG_UP[call.stage]
    return "failed"
