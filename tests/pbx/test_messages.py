"""Where a call's messages are kept: none over another, and the last one found again."""

import os

from ivr.pbx.messages import free, latest, length

CALL = "1700000000.1"


def test_each_message_has_a_file_of_its_own_and_the_last_is_found(tmp_path):
    day = tmp_path / "2026-01-01"
    day.mkdir()
    made = []
    for number in range(3):
        made.append(free(day, CALL))
        made[-1].write_bytes(bytes(44 + 16000))
        os.utime(made[-1], (number, number))
        assert latest(tmp_path, CALL) == made[-1]
    assert [file.name for file in made] == [f"{CALL}.wav", f"{CALL}-2.wav", f"{CALL}-3.wav"]
    assert length(made[0]) == 1.0


def test_another_calls_message_is_not_this_ones(tmp_path):
    (tmp_path / "2026-01-01").mkdir()
    (tmp_path / f"2026-01-01/{CALL}0.wav").touch()
    assert latest(tmp_path, CALL) is None
