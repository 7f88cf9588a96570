"""Asterisk's log: rotated when it has grown, the oldest parts forgotten. Asterisk's CLI is a stand-in here."""

import asyncio

from ivr.pbx.logs import KEPT, keep_small


def test_a_small_log_or_none_is_left_alone(tmp_path):
    said = []

    async def cli(text: str) -> str:
        said.append(text)
        return ""

    assert not asyncio.run(keep_small(tmp_path / "full", cli))
    (tmp_path / "full").write_text("x" * 100)
    assert not asyncio.run(keep_small(tmp_path / "full", cli, most=100))
    assert said == []


def test_a_grown_log_is_rotated_and_the_oldest_part_goes(tmp_path):
    full = tmp_path / "full"

    async def rotate(text: str) -> str:
        """What `logger rotate` does with rotatestrategy=rotate."""
        assert text == "logger rotate"
        for number in range(20, -1, -1):
            part = tmp_path / f"full.{number}"
            if part.exists():
                part.rename(tmp_path / f"full.{number + 1}")
        full.rename(tmp_path / "full.0")
        full.write_text("")
        return ""

    (tmp_path / "full.bak").write_text("not Asterisk's")
    for number in range(KEPT + 3):
        full.write_text(f"{number}" * 200)
        assert asyncio.run(keep_small(full, rotate, most=100))
    parts = sorted(path.name for path in tmp_path.iterdir())
    assert parts == ["full", *(f"full.{number}" for number in range(KEPT)), "full.bak"]
    assert (tmp_path / "full.0").read_text().startswith(f"{KEPT + 2}")
