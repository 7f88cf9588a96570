"""What the dialplan's marks say of a transfer."""

import pytest

from ivr.pbx.desks import left


@pytest.mark.parametrize(
    ("marks", "status", "connected"),
    [
        ("ANSWER|5.5|9.25", "answered", 9.25),
        ("BUSY|5.5|", "busy", 0.0),
        ("NOANSWER|5.5|", "no_answer", 0.0),
        ("CHANUNAVAIL|5.5|", "unavailable", 0.0),
        ("CONGESTION|5.5|", "unavailable", 0.0),
        ("||", "unavailable", 0.0),
    ],
)
def test_the_marks_become_an_event(marks, status, connected):
    event = left(marks, 20.0, 3, "expert", hung_up=False)
    assert (event.status, event.agent, event.to, event.connected) == (status, "expert", 3, connected)
    assert left(marks, 20.0, 3, "expert", hung_up=True).status == "hungup"
