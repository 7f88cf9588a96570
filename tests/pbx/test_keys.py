"""Each key once and in order, out of two reports of it."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from ivr.pbx.keys import PATIENCE, Keys

PRESSED = st.lists(st.tuples(st.sampled_from("1123*"), st.booleans()), max_size=20)
"""Keys, and whether each cut a command short and so is told by its reply too."""
ORDER = st.lists(st.booleans(), max_size=60)


def deliver(pressed, order, late=()):
    """Both reports in their own order, woven as `order` says; `late` says where patience ends."""
    keys, delivered, now = Keys(), [], 0.0
    told = [key for key, _ in pressed]
    claims = [key for key, claimed in pressed if claimed]
    for step, ami_next in enumerate([*order, *[True] * len(told), *[False] * len(claims)]):
        now += 0.01
        if ami_next and told:
            delivered += keys.told(told.pop(0))
        elif not ami_next and claims:
            keys.claimed(claims.pop(0), now)
        if step in late:
            now += PATIENCE
            delivered += keys.overdue(now)
    delivered += keys.overdue(now + PATIENCE * 2)
    return delivered, keys


@given(PRESSED, ORDER)
def test_with_ami_each_key_is_delivered_once_in_order_however_the_reports_are_woven(pressed, order):
    keys, delivered, told, claims = Keys(), [], [key for key, _ in pressed], [key for key, yes in pressed if yes]
    for ami_next in [*order, *[True] * len(told), *[False] * len(claims)]:
        if ami_next and told:
            delivered += keys.told(told.pop(0))
        elif not ami_next and claims:
            keys.claimed(claims.pop(0), 0.0)
    assert delivered == [key for key, _ in pressed]
    assert keys.overdue(0.0) == []


@given(st.lists(st.sampled_from("1123*"), max_size=20), ORDER, st.sets(st.integers(0, 60)))
def test_when_every_key_has_a_reply_ami_may_be_as_late_as_it_likes(pressed, order, late):
    delivered, _ = deliver([(key, True) for key in pressed], order, late)
    assert delivered == pressed


@given(PRESSED, ORDER, st.sets(st.integers(0, 60)))
def test_no_key_is_lost_or_doubled_by_a_late_ami(pressed, order, late):
    delivered, keys = deliver(pressed, order, late)
    assert Counter(delivered) == Counter(key for key, _ in pressed)
    assert not keys.waiting


@given(st.lists(st.sampled_from("1123*"), max_size=20), st.sets(st.integers(0, 20)))
def test_without_ami_the_replies_are_believed_once_and_in_order(pressed, late):
    keys, delivered, now = Keys(), [], 0.0
    for step, key in enumerate(pressed):
        assert keys.claimed(key, now) is False
        now += 0.01
        if step in late:
            now += PATIENCE
            delivered += keys.overdue(now)
    delivered += keys.overdue(now + PATIENCE)
    assert delivered == pressed


def test_a_claim_waits_for_ami_as_long_as_patience_lasts():
    keys = Keys()
    keys.claimed("5", 10.0)
    assert keys.waiting
    assert keys.overdue(10.0 + PATIENCE / 2) == []
    assert keys.told("5") == ["5"]
    assert not keys.waiting
    assert keys.overdue(99.0) == []


def test_a_reply_that_comes_after_amis_word_is_known():
    keys = Keys()
    assert keys.told("5") == ["5"]
    assert keys.claimed("5", 0.0) is True
    assert keys.claimed("5", 0.0) is False


def test_thirteen_digits_with_a_reply_for_the_first_only():
    keys = Keys()
    assert keys.claimed("8", 0.0) is False
    assert [one for key in "8613800138001" for one in keys.told(key)] == [*"8613800138001"]


def test_a_key_that_no_reply_named_is_not_taken_for_the_next_one():
    """The reply that names the same key again waits for AMI's word, which comes after it."""
    keys = Keys()
    assert keys.told("9", 1.0) == ["9"]
    keys.begun()
    assert not keys.claimed("9", 3.0)
    assert keys.told("9", 3.01) == ["9"]
    assert not keys.waiting
