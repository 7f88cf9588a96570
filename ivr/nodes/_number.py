"""The number to call back: the caller's own, confirmed with 1, else one that is keyed in."""

from collections.abc import Callable

from ivr.ask import Run, gather, key, say
from ivr.call import Call

LEAST, MOST = 5, 15
"""Digits of a number that can be called back: short codes such as 95585 up to E.164."""
OFFERED, FIRST, BETWEEN = 5.0, 8.0, 4.0
"""Seconds for the answer to the offer, for the first digit of another number, and for each after it."""


def number(call: Call, tries: int) -> Run:
    """Whoever keys no number at all is called back on their own, if it is known; empty where it is not."""
    own = callable_(call.caller)
    confirmed = (yield from _confirmed(call, own)) if own else ""
    return confirmed or (yield from _other(call, tries)) or own


def longest(seconds: Callable[[str], float], tries: int) -> float:
    """Seconds it takes at most, `seconds` of a prompt given."""
    offered = seconds("offer-number") + MOST * max(seconds(f"number/{digit}") for digit in range(10))
    offered += seconds("confirm-number") + OFFERED
    asked = seconds("enter-number") + FIRST + MOST * BETWEEN
    return offered + tries * asked + (tries - 1) * seconds("number-wrong")


def _confirmed(call: Call, own: str) -> Run:
    yield from say(call, "offer-number", *(f"number/{digit}" for digit in own.removeprefix("+")), "confirm-number")
    return own if (yield from key(call, OFFERED)) == "1" else ""


def _other(call: Call, tries: int) -> Run:
    for attempt in range(tries):
        if attempt:
            yield from say(call, "number-wrong")
        yield from say(call, "enter-number")
        digits = yield from gather(call, MOST, FIRST, BETWEEN)
        if digits.isdigit() and len(digits) >= LEAST:
            return digits
    return ""


def callable_(number: str) -> str:
    """The number if it can be called back, else nothing."""
    digits = number.removeprefix("+")
    return number if digits.isascii() and digits.isdigit() and LEAST <= len(digits) <= MOST else ""
