"""A notice on a running line: heard by the next caller before the menu, and not by the one after it has ended."""

from ivr.demo.voices import Voices
from ivr.demo.world import Phone, World
from tests.live.conftest import numbers
from tests.live.hearing import find, heard, samples
from tests.live.lines import LiveLine
from tests.live.loop import Loop


def test_a_notice_is_heard_until_it_is_switched_off(
    run: Loop, line: LiveLine, world: World, voices: Voices, number: str
) -> None:
    async def call(caller: str) -> Phone:
        phone = await world.call(caller)
        await phone.play(voices.hello)
        await line.seen(caller, "< done")
        await line.seen(caller, "> wait_key")
        await phone.hang_up()
        return phone

    since = len(line.printed)
    line.ivr("notice", "on", "受台风影响,查勘可能延迟,敬请谅解。")
    line.until_printed("notice 1 will be said", since=since)
    phone = run(call(number))
    line.ivr("notice", "off", "1")
    line.until_printed("notice 1 has ended", since=since)
    assert line.record(number)["path"] == ["greet", "notice/1", "menu"]
    (at, *_) = find(samples(phone.heard), samples(line.data / "sounds/zh/notice/1.wav"))
    assert at < heard(line, phone, "main-menu")[0]
    later = str(next(numbers))
    run(call(later))
    assert line.record(later)["path"] == ["greet", "menu"]
