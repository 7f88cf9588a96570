"""The RTP counters of a call, as Asterisk tells them."""

import pytest

from ivr.pbx.rtp import counted, lost_share, surer

TOLD = (
    "ssrc=1208236317;themssrc=0;lp=3;rxjitter=0.002125;rxcount=1250;txjitter=0.000000;txcount=1303;rlp=0;rtt=0.000000;"
    "rxmes=85.1;txmes=0.0"
)


def test_received_lost_and_jitter():
    assert counted(TOLD) == {"received": 1250, "lost": 3, "jitter_ms": 2.1}


@pytest.mark.parametrize("text", ["", "(null)", "lp=x;rxcount=1;rxjitter=0", "lp=1", ";;==;"])
def test_what_is_not_known_is_left_out(text):
    assert counted(text) == {}


def test_packets_that_came_twice_are_not_less_than_none_lost():
    assert counted("lp=-2;rxjitter=0.0;rxcount=10") == {"received": 10, "lost": 0, "jitter_ms": 0.0}


@pytest.mark.parametrize(
    ("received", "lost", "share", "confidence"),
    [(600, 400, 0.4, 0.95), (700, 300, 0.3, 0.95), (990, 10, 0.01, 0.6), (10, 30, 0, 0.6), (0, 0, 0, 0.6)],
)
def test_lost_packets_make_a_noisy_line_surer(received, lost, share, confidence):
    counters = {"received": received, "lost": lost, "jitter_ms": 1.0}
    assert lost_share(counters) == share
    assert surer(0.6, counters) == confidence
    assert surer(0.99, counters) == 0.99


def test_without_counters_nothing_is_surer():
    assert surer(0.6, {}) == 0.6
