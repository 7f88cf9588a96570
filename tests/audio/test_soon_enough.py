"""The cheap look before a window is measured hides nothing that measuring would have told."""

from hypothesis import given
from hypothesis import strategies as st

from ivr.audio.hearing.judge import Measured
from ivr.audio.hearing.verdict import Rules, quick, soon_enough

SECONDS = st.floats(0, 6)
SHARE = st.floats(0, 1)
DECIBELS = st.floats(-15, 15)
MEASURED = st.builds(
    Measured, heard=SECONDS, voice=SECONDS, level=st.floats(-60, 0), snr=DECIBELS, purity=SHARE, drown=DECIBELS,
    spell=SHARE, steady=SHARE, loss=SHARE, bursts=st.sampled_from([0.0, 1.0, 3.0]),
    broken=st.sampled_from([0.0, 1.0]), faded=st.sampled_from([0.0, 1.0]),
)  # fmt: skip


@given(MEASURED, SECONDS, SECONDS, st.floats(0, 30), st.builds(Rules, st.floats(1.2, 3), st.floats(0.3, 3), SHARE))
def test_what_could_be_told_is_looked_for(measured, since_word, since_first, earlier, rules):
    told = quick(measured, rules, since_word, since_first)
    assert told is None or soon_enough(rules, measured.heard + earlier, since_word, since_first)
