"""A version on trial: found out quickly where it is worse, and hardly ever accused where it is not."""

import random
from math import comb

import pytest

from ivr import trial
from ivr.outcomes import BROKEN, GIVEN_UP, OUTCOMES, UNSERVED
from ivr.trial import FALSE_ALARM, Trial, allowed, fisher, look_at

WHOLE, TRIALS = 3000, 800


def tried(chance: random.Random, share: float, new: float, old: float, calls: int = WHOLE) -> int:
    """How many calls a trial took until the new version was taken back; 0: it was not."""
    found = Trial()
    for number in range(1, calls + 1):
        ours = chance.random() < share
        outcome = "abandoned" if chance.random() < (new if ours else old) else "served"
        if found.add(ours, outcome):
            return number
    return 0


def test_fisher_is_the_exact_probability():
    """Against the definition, in whole numbers."""
    for new, calls, old, others in ((3, 10, 1, 20), (0, 5, 3, 9), (4, 4, 0, 36), (2, 50, 9, 450)):
        bad, all_ = new + old, calls + others
        exact = sum(comb(bad, k) * comb(all_ - bad, calls - k) for k in range(new, min(bad, calls) + 1))
        assert fisher(new, calls, old, others) == pytest.approx(exact / comb(all_, calls), rel=1e-9)


def test_all_looks_together_spend_no_more_than_the_whole():
    spent = sum(allowed(number) for number in range(10000)) * len(trial.RATES)
    assert 0.999 * FALSE_ALARM < spent <= FALSE_ALARM
    assert [look_at(number) for number in range(4)] == [20, 25, 32, 40]


@pytest.mark.parametrize("share", [0.1, 0.5])
@pytest.mark.parametrize("rate", [0.05, 0.3])
def test_a_version_that_is_no_worse_is_hardly_ever_taken_back(share, rate):
    """Many whole trials: at most 1 %, allowing for four standard deviations of the count itself."""
    chance = random.Random(95585)
    alarms = sum(tried(chance, share, rate, rate, 1500) > 0 for _ in range(TRIALS))
    assert alarms <= TRIALS * FALSE_ALARM + 4 * (TRIALS * FALSE_ALARM) ** 0.5


def test_looking_at_every_call_without_correction_would_call_wolf():
    """Why there are looks: the same test at the same 1 %, made after every tenth call."""
    chance, alarms = random.Random(95585), 0
    for _ in range(200):
        new = old = bad_new = bad_old = 0
        for number in range(1, 2001):
            bad = chance.random() < 0.1
            if chance.random() < 0.5:
                new, bad_new = new + 1, bad_new + bad
            else:
                old, bad_old = old + 1, bad_old + bad
            if number % 10 == 0 and fisher(bad_new, new, bad_old, old) < FALSE_ALARM:
                alarms += 1
                break
    assert alarms > 200 * FALSE_ALARM * 3


@pytest.mark.parametrize(
    ("new", "old", "most", "of_sixty"), [(1.0, 0.05, 80, 60), (0.5, 0.05, 300, 60), (0.2, 0.1, 3000, 30)]
)
def test_a_version_that_is_worse_is_taken_back(new, old, most, of_sixty):
    chance = random.Random(4)
    found = [tried(chance, 0.1, new, old) for _ in range(60)]
    caught = [calls for calls in found if calls]
    assert len(caught) >= of_sixty
    assert sorted(caught)[len(caught) // 2] <= most


def test_a_version_that_is_better_is_left_alone():
    chance = random.Random(4)
    assert sum(tried(chance, 0.5, 0.02, 0.2) > 0 for _ in range(100)) == 0


def test_a_bad_day_of_both_is_nobodys_fault():
    chance, found = random.Random(4), Trial()
    for number in range(4000):
        outcome = "failed" if chance.random() < (0.6 if number > 2000 else 0.01) else "served"
        assert found.add(chance.random() < 0.2, outcome) == ""


def test_what_counts_as_what():
    found = Trial()
    for outcome in OUTCOMES:
        found.add(True, outcome)
    assert (found.new.broken, found.new.given_up) == (len(BROKEN), len(GIVEN_UP))
    assert found.new.calls == len(OUTCOMES) - len(UNSERVED)
    assert {*BROKEN, *GIVEN_UP, *UNSERVED} < {*OUTCOMES}
    found.add(True, "served", failures=True)
    assert found.new.broken == len(BROKEN) + 1


def test_the_sentence_tells_the_counts():
    found = Trial()
    told = [found.add(number % 4 == 0, "failed" if number % 4 == 0 else "served") for number in range(20)]
    assert told[-1].startswith("calls in which something broke: 5 of 5 under the new version, 0 of 15 under the old")
