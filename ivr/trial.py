"""Is a new version of a flow, tried on a share of the calls, worse than the old one beside it?

Each rate (broken calls, callers who gave up) is held by a one-sided Fisher's exact test of the new version's calls
against the old one's. Exact, since the counts that matter are small; conditional on the sums, so that a bad day which
hits both versions is nobody's fault. A test that is made again and again calls wolf sooner or later: it is made only
when the calls have grown by a quarter, and each look may spend its own part of FALSE_ALARM; together they never
exceed it.
"""

from dataclasses import dataclass, field
from math import ceil, exp, lgamma

from ivr.outcomes import BROKEN, GIVEN_UP, UNSERVED

FALSE_ALARM = 0.01
"""How probable it is at the most, over a whole trial, that a version that is no worse is taken back."""
FIRST, GROWTH = 20, 1.25
"""Calls at the first look, and by how much they grow from look to look."""
RATES = {"broken": "calls in which something broke", "given_up": "callers who gave up"}


@dataclass
class Arm:
    """The calls of one version."""

    calls: int = 0
    broken: int = 0
    given_up: int = 0

    def add(self, outcome: str, failures: bool) -> None:
        """One ended call."""
        self.calls += 1
        self.broken += failures or outcome in BROKEN
        self.given_up += outcome in GIVEN_UP


@dataclass
class Trial:
    """Both versions' calls, in the order in which they ended."""

    new: Arm = field(default_factory=Arm)
    old: Arm = field(default_factory=Arm)
    looks: int = 0

    def add(self, new: bool, outcome: str, failures: bool = False) -> str:
        """Counts a call; one sentence if the new version has been shown to be worse, else nothing."""
        if outcome in UNSERVED:
            return ""
        (self.new if new else self.old).add(outcome, failures)
        if self.new.calls + self.old.calls < look_at(self.looks):
            return ""
        self.looks += 1
        return next(filter(None, map(self._worse, RATES)), "")

    def _worse(self, rate: str) -> str:
        new, old = getattr(self.new, rate), getattr(self.old, rate)
        chance = fisher(new, self.new.calls, old, self.old.calls)
        if chance > allowed(self.looks - 1):
            return ""
        ours, theirs = f"{new} of {self.new.calls}", f"{old} of {self.old.calls}"
        return f"{RATES[rate]}: {ours} under the new version, {theirs} under the old one (p = {chance:.1g})"


def look_at(number: int) -> int:
    """After how many calls the look with this number, from 0, is taken."""
    return ceil(FIRST * GROWTH**number)


def allowed(number: int) -> float:
    """The probability below which that look finds a rate worse: 1/2 + 1/6 + 1/12 + … of the whole is the whole."""
    return FALSE_ALARM / len(RATES) / ((number + 1) * (number + 2))


def fisher(new: int, new_calls: int, old: int, old_calls: int) -> float:
    """How probable so many or more of the new calls are, were both versions alike (hypergeometric, one-sided)."""
    bad, calls = new + old, new_calls + old_calls
    whole = _ways(calls, new_calls)
    ways = range(new, min(bad, new_calls) + 1)
    return min(1.0, sum(exp(_ways(bad, one) + _ways(calls - bad, new_calls - one) - whole) for one in ways))


def _ways(all_: int, chosen: int) -> float:
    """The logarithm of the binomial coefficient."""
    if not 0 <= chosen <= all_:
        return float("-inf")
    return lgamma(all_ + 1) - lgamma(chosen + 1) - lgamma(all_ - chosen + 1)
