"""`leave_contact`: the caller leaves a number and a message; the line promises to call back."""

from collections.abc import Callable
from dataclasses import dataclass

from ivr.ask import CommandFailed, Run, gather, key, privately, record, say, store_promise
from ivr.call import Call
from ivr.flow import END, Node, Prompt, Seconds

LEAST, MOST = 5, 15
"""Digits of a number that can be called back: short codes such as 95585 up to E.164."""
OFFERED, FIRST, BETWEEN = 5.0, 8.0, 4.0
"""Seconds for the answer to the offer, for the first digit of another number, and for each after it."""


@dataclass(frozen=True)
class LeaveContact(Node, type="leave_contact"):
    """Offers the caller's own number (1 confirms), else takes another; then a message; then promises.

    A caller who keys no number at all is called back on their own, if it is known. A caller who hangs up
    while leaving the message is promised too, what they said so far is kept, and `ended` is the outcome.
    A message that cannot be recorded does not lose the number.
    """

    outcomes = ("done", "no_answer", "ended")
    farewells = frozenset({"done", "ended"})
    person = True
    instead = {"ended": END}
    stage = "message"
    prompt: Prompt = Prompt("all-busy")
    tries: int = 3
    limit: Seconds = Seconds(120.0)

    def longest(self, seconds: Callable[[str], float]) -> float:
        offered = seconds("offer-number") + MOST * max(seconds(f"number/{digit}") for digit in range(10))
        offered += seconds("confirm-number") + OFFERED
        asked = seconds("enter-number") + FIRST + MOST * BETWEEN
        other = self.tries * asked + (self.tries - 1) * seconds("number-wrong")
        message = seconds("leave-message") + self.limit + seconds("contact-stored")
        return seconds(self.prompt) + offered + other + message

    def run(self, call: Call) -> Run:
        yield from say(call, self.prompt)
        number = yield from privately(self._number(call))
        if not number:
            return "no_answer"
        call.contact = number
        yield from say(call, "leave-message", interruptible=False)
        call.keys.clear()
        ended = yield from self._message(call)
        call.keys.clear()
        yield from store_promise(number, call.queue, call.message, ended != "hangup")
        if ended == "hangup":
            return "ended"
        call.marks.append("left_contact")
        yield from say(call, "contact-stored")
        return "done"

    def _message(self, call: Call) -> Run:
        try:
            message = yield from record(self.limit, 5.0)
        except CommandFailed as failure:
            call.failures.append(f"message: {failure}")
            return "failed"
        call.message = message.path
        return message.ended

    def _number(self, call: Call) -> Run:
        number = yield from self._own_number(call)
        return number or (yield from self._other_number(call)) or _callable(call.caller)

    def _own_number(self, call: Call) -> Run:
        own = _callable(call.caller)
        if not own:
            return ""
        yield from say(call, "offer-number", *(f"number/{digit}" for digit in own.removeprefix("+")), "confirm-number")
        pressed = yield from key(call, OFFERED)
        return own if pressed == "1" else ""

    def _other_number(self, call: Call) -> Run:
        for attempt in range(self.tries):
            if attempt:
                yield from say(call, "number-wrong")
            yield from say(call, "enter-number")
            digits = yield from gather(call, MOST, FIRST, BETWEEN)
            if digits.isdigit() and len(digits) >= LEAST:
                return digits
        return ""


def _callable(number: str) -> str:
    """The number if it can be called back, else nothing."""
    digits = number.removeprefix("+")
    return number if digits.isascii() and digits.isdigit() and LEAST <= len(digits) <= MOST else ""
