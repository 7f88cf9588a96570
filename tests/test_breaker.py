"""Who fails again and again is left alone, then tried by one."""

from ivr.breaker import MOST, PAUSE, Breaker


def test_it_closes_at_the_last_of_so_many_failures_in_a_row_and_tells_it_once():
    breaker = Breaker()
    assert [breaker.failed(float(at)) for at in range(MOST + 1)] == [False] * (MOST - 1) + [True, False]
    assert not breaker.allows(MOST + 1.0)


def test_a_success_between_failures_begins_the_count_again():
    breaker = Breaker()
    for at in range(3 * MOST):
        assert not breaker.failed(float(at))
        breaker.worked()
        assert breaker.allows(float(at))


def test_after_the_pause_one_may_try_and_the_others_wait_for_it():
    breaker = Breaker()
    for _ in range(MOST):
        breaker.failed(0.0)
    assert not breaker.allows(PAUSE - 0.1)
    assert breaker.allows(PAUSE)
    assert not breaker.allows(PAUSE)
    breaker.worked()
    assert breaker.allows(PAUSE)
