"""Recordings of real calls: what only a real Asterisk can show of them."""

from pathlib import Path

from ivr.demo.world import World
from tests.live.hearing import find, prompt, stereo
from tests.live.lines import LiveLine
from tests.live.loop import Loop

STEP = 0.1
"""Seconds by which the sides may be out of step."""


def test_both_sides_are_in_step_from_the_first_prompt_to_the_last(
    run: Loop, line: LiveLine, world: World, number: str
) -> None:
    """The caller sends back what they hear: in the recording it must stand beside the line's own."""

    async def call() -> None:
        caller = await world.call(number)
        await caller.echo()
        await caller.until_ended()

    run(call())
    record = line.record(number)
    assert record["outcome"] == "silent", "one's own echo is no person"
    assert record["recording_ok"], record["recording_faults"]
    assert record["recording_behind_s"] is not None, "it is measured on each call that was listened to"
    assert abs(record["recording_behind_s"]) <= STEP
    left, right = stereo(Path(record["recording"]))
    for name, times in (("greeting-line", 3), ("silent-call", 1)):
        said, came_back = (find(side, prompt(line, name)) for side in (right, left))
        assert len(said) == len(came_back) == times
        assert all(0 <= late - at <= STEP for at, late in zip(said, came_back, strict=True)), (said, came_back)
