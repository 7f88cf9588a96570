"""Sounds and waits cut short: by the caller's key, by a key that AMI alone told, and by what comes too late."""

import asyncio

import pytest

from ivr.pbx import player
from ivr.pbx.agi import Reply
from ivr.pbx.player import CUT, STOPS, Player

CUT_SHORT = Reply(200, str(ord(CUT)), "", " endpos=800")


class Asterisk:
    """One channel: commands are answered by hand, what AMI is sent is kept."""

    def __init__(self) -> None:
        self.asked: list[tuple[object, ...]] = []
        self.replies: asyncio.Queue[Reply] = asyncio.Queue()
        self.sent: asyncio.Queue[dict[str, str]] = asyncio.Queue()

    async def execute(self, *words: object, deadline: float) -> Reply:
        self.asked.append(words)
        return await self.replies.get()

    def send(self, action: str, **fields: str) -> None:
        self.sent.put_nowait({"Action": action, **fields})


async def playing() -> tuple[Asterisk, Player, "asyncio.Task[Reply]"]:
    asterisk = Asterisk()
    made = Player(asterisk, "PJSIP/public-1", asterisk.execute)  # type: ignore[arg-type]
    task = asyncio.create_task(made.play("menu"))
    await asyncio.sleep(0)
    return asterisk, made, task


def test_a_sound_plays_to_its_end() -> None:
    async def main() -> None:
        asterisk, _, task = await playing()
        asterisk.replies.put_nowait(Reply(200, "0"))
        assert await task == Reply(200, "0")
        assert asterisk.asked == [("STREAM FILE", "menu", STOPS + CUT, 0)]

    asyncio.run(main())


def test_the_callers_own_key_needs_no_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(player, "GRACE", 0.0)

    async def main() -> None:
        asterisk, made, task = await playing()
        made.cut()
        asterisk.replies.put_nowait(Reply(200, "49"))
        assert (await task).result == "49"

    asyncio.run(main())


def test_a_cut_goes_over_ami_and_is_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(player, "GRACE", 0.0)

    async def main() -> None:
        asterisk, made, task = await playing()
        made.cut()
        made.cut()
        sent = await asterisk.sent.get()
        assert (sent["Action"], sent["Channel"], sent["Digit"]) == ("PlayDTMF", "PJSIP/public-1", CUT)
        assert sent["Receive"] == "1", "played to us, not to the caller"
        asterisk.replies.put_nowait(CUT_SHORT)
        assert await task == Reply(200, "0")
        assert asterisk.sent.empty()

    asyncio.run(main())


def test_a_cut_that_comes_too_late_does_not_swallow_the_next_sound() -> None:
    async def main() -> None:
        asterisk, _, task = await playing()
        asterisk.replies.put_nowait(CUT_SHORT)
        asterisk.replies.put_nowait(Reply(200, "0"))
        assert await task == Reply(200, "0")
        assert asterisk.asked == [("STREAM FILE", "menu", STOPS + CUT, 0), ("STREAM FILE", "menu", STOPS + CUT, 800)]

    asyncio.run(main())


def test_a_wait_for_a_key_is_cut_short_like_a_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(player, "GRACE", 0.0)

    async def main() -> None:
        asterisk = Asterisk()
        made = Player(asterisk, "PJSIP/public-1", asterisk.execute)  # type: ignore[arg-type]
        task = asyncio.create_task(made.wait(5.0))
        await asyncio.sleep(0)
        (asked,) = asterisk.asked
        assert asked[0] == "WAIT FOR DIGIT"
        assert 4900 < int(str(asked[1])) <= 5000
        asterisk.replies.put_nowait(CUT_SHORT)  # meant for what came before: the wait goes on
        await asyncio.sleep(0)
        made.cut()
        await asterisk.sent.get()
        asterisk.replies.put_nowait(CUT_SHORT)
        assert await task == Reply(200, "0")
        assert len(asterisk.asked) == 2
        task = asyncio.create_task(made.wait(5.0))
        await asyncio.sleep(0)
        asterisk.replies.put_nowait(Reply(200, "49"))
        assert (await task).result == "49"

    asyncio.run(main())


def test_nothing_is_cut_while_nothing_plays() -> None:
    async def main() -> None:
        asterisk, made, task = await playing()
        asterisk.replies.put_nowait(Reply(200, "0"))
        await task
        made.cut()
        assert asterisk.sent.empty()
        assert made._cutting is None

    asyncio.run(main())
