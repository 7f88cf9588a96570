"""`gather`: takes digits from the caller into a fact."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from ivr import checkdigit
from ivr.ask import ENDED, Run, gather, key, privately, say
from ivr.call import Call
from ivr.flow import CheckDigit, Fact, Key, Node, Prompt, Seconds

CONFIRM = 5.0
"""Seconds for the answer to what was said back."""


@dataclass(frozen=True)
class Gather(Node, type="gather"):
    """Digits of a given length into a fact; the recording pauses while private ones are keyed.

    With `confirm` they are said back, and count once the caller keys 1. With `check`, a slip of the finger is found by
    their last digit.
    """

    outcomes = ("done", "no_answer")
    acts = frozenset({"done"})
    stage = "menu"
    sets = ("fact",)
    prompt: Prompt
    fact: Fact
    least: int = 1
    most: int = 20
    tries: int = 3
    wait: Seconds = Seconds(8.0)
    between: Seconds = Seconds(4.0)
    end: Key = Key("#")
    confirm: bool = False
    check: CheckDigit = CheckDigit("")
    wrong: Prompt = Prompt("number-wrong")
    private: bool = False

    def mistake(self) -> str:
        if self.least > self.most:
            return f"`least: {self.least}` is more than `most: {self.most}`; swap them"
        if self.check == checkdigit.ID and (self.least > checkdigit.ID_DIGITS or self.most < checkdigit.ID_DIGITS):
            return f"`check: id` wants {checkdigit.ID_DIGITS} digits; let `least` and `most` allow them"
        if self.check == checkdigit.ID and self.end == "*":
            return "`check: id` needs the key `*` for an X; end the number with another key"
        return ""

    def values(self, fact: str, outcome: str, before: str | None, starts: Iterable[str]) -> Iterable[str | None]:
        """See `Node.values`."""
        if fact != self.fact or outcome == "failed":
            return (before,)
        return self.numbers(starts) if outcome == "done" else ("",)

    def numbers(self, starts: Iterable[str]) -> Iterator[str]:
        """Some of the numbers that are taken, for each of `starts` one that begins so if there is one."""
        for start in ("", *starts):
            shortest = max(self.least, len(start))
            for size in range(shortest, min(shortest + 1, self.most) + 1):
                yield from filter(self._takes, checkdigit.completed(self.check, start, size))

    def keyed(self, number: str) -> str:
        """The keys that give a number."""
        return number.replace("X", "*") + self.end

    def _takes(self, number: str) -> bool:
        ended = self.end and self.end in number
        return not ended and self.least <= len(number) <= self.most and checkdigit.fits(self.check, number)

    def longest(self, seconds: Callable[[str], float]) -> float:
        digits = (self.most - 1) * self.between + (ENDED if self.end else 0.0)
        asked = seconds(self.prompt) + self.wait + digits
        if self.confirm:
            spoken = max(seconds(f"number/{digit}") for digit in range(10))
            asked += seconds("you-keyed") + self.most * spoken + seconds("confirm-keyed") + CONFIRM
        return self.tries * asked + (self.tries - 1) * seconds(self.wrong)

    def run(self, call: Call) -> Run:
        digits = yield from privately(self._digits(call)) if self.private else self._digits(call)
        call.facts[self.fact] = digits
        if self.private:
            call.private.add(self.fact)
        return "done" if digits else "no_answer"

    def _digits(self, call: Call) -> Run:
        fitting = True
        for attempt in range(self.tries):
            if attempt and not fitting:
                yield from say(call, self.wrong)
            yield from say(call, self.prompt)
            keyed = yield from gather(call, self.most, self.wait, self.between, self.end)
            digits = checkdigit.written(keyed) if self.check == checkdigit.ID else keyed
            fitting = self.least <= len(digits) and checkdigit.fits(self.check, digits)
            if fitting and (not self.confirm or (yield from self._confirmed(call, digits)) == "1"):
                return digits
        return ""

    def _confirmed(self, call: Call, digits: str) -> Run:
        """The key that the caller gave to what was said back."""
        yield from say(call, "you-keyed", *(f"number/{digit.lower()}" for digit in digits), "confirm-keyed")
        return (yield from key(call, CONFIRM))
