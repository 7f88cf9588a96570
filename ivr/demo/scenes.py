"""The demonstration's scenes: one caller of each kind, and how the call must end."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from ivr.demo.steps import Steps
from ivr.demo.voices import Voices
from ivr.demo.world import Phone, World


@dataclass(frozen=True)
class Stage:
    """What a scene plays with."""

    world: World
    steps: Steps
    voices: Voices
    number: str


@dataclass(frozen=True)
class Scene:
    """One caller: what they do, in a sentence and in deed, and the outcome it must have."""

    about: str
    outcome: str
    play: Callable[[Stage], Awaitable[None]]


SCENES: dict[str, Scene] = {}


def _scene(
    about: str, outcome: str
) -> Callable[[Callable[[Stage], Awaitable[None]]], Callable[[Stage], Awaitable[None]]]:
    def keep(play: Callable[[Stage], Awaitable[None]]) -> Callable[[Stage], Awaitable[None]]:
        SCENES[play.__name__.replace("_", "-")] = Scene(about, outcome, play)
        return play

    return keep


async def _keyed(stage: Stage, key: str) -> Phone:
    """A caller who keys the menu's choice while the greeting still plays."""
    caller = await stage.world.call(stage.number)
    await caller.wait(0.5)
    await caller.keys(key)
    return caller


@_scene("keys 1, talks to an agent, answers the survey with 5", "served")
async def served(stage: Stage) -> None:
    """The whole way: menu, agent, survey."""

    async def agent(phone: Phone) -> None:
        await phone.wait(2.0)
        await phone.answer()
        await stage.steps.seen(stage.number, "1001 and the caller talk")
        await phone.play(stage.voices.agent)
        await phone.play(stage.voices.agent)
        await phone.hang_up()

    stage.world.agent("1001", agent)
    await stage.world.dial_code("1001", "*45")
    caller = await stage.world.call(stage.number)
    await caller.play(stage.voices.hello)
    await stage.steps.seen(stage.number, "> say main-menu")
    await caller.keys("1")
    await stage.steps.seen(stage.number, "1001 and the caller talk")
    await caller.play(stage.voices.claim)
    await stage.steps.seen(stage.number, "> say survey$")
    await caller.keys("5")
    await caller.until_ended()
    await stage.world.dial_code("1001", "*45")


@_scene("sends no sound at all: three greetings, then goodbye", "silent")
async def silent(stage: Stage) -> None:
    """A caller without packets."""
    await (await stage.world.call(stage.number)).until_ended()


@_scene("sends only comfort noise", "silent")
async def comfort_noise(stage: Stage) -> None:
    """A caller with noise too faint to be a person."""
    caller = await stage.world.call(stage.number)
    await caller.play(stage.voices.comfort)
    await caller.until_ended()


@_scene("speaks through loud static", "noisy")
async def noisy(stage: Stage) -> None:
    """A caller nobody could understand."""
    caller = await stage.world.call(stage.number)
    await caller.play(stage.voices.static)
    await caller.until_ended()


@_scene("keys 2, but nobody is logged in: leaves number and message", "left_contact")
async def left_contact(stage: Stage) -> None:
    """A caller nobody can serve now."""
    caller = await _keyed(stage, "2")
    await stage.steps.seen(stage.number, "> say offer-number")
    await caller.keys("1")
    await stage.steps.seen(stage.number, "> record")
    await caller.play(stage.voices.claim)
    await caller.keys("#")
    await caller.until_ended()


@_scene("loses the agent while the number is said, and is served at the second try", "served")
async def agent_lost(stage: Stage) -> None:
    """An agent who is gone before the voices meet."""
    tries: list[int] = []

    async def agent(phone: Phone) -> None:
        tries.append(1)
        await phone.answer()
        await phone.wait(1.5 if len(tries) == 1 else 9.0)
        await phone.hang_up()

    stage.world.agent("1002", agent)
    await stage.world.dial_code("1002", "*45")
    caller = await _keyed(stage, "3")
    await stage.steps.seen(stage.number, "> say survey$")
    await caller.hang_up()
    await stage.world.dial_code("1002", "*45")


@_scene("is not heard by the agent, who keys *1", "silent")
async def silent_phrase(stage: Stage) -> None:
    """An agent who ends a silent call."""

    async def agent(phone: Phone) -> None:
        await phone.answer()
        await stage.steps.seen(stage.number, "1003 and the caller talk")
        await phone.wait(1.0)
        await phone.keys("*1", length=120, gap=120)
        await phone.until_ended()

    stage.world.agent("1003", agent)
    await stage.world.dial_code("1003", "*45")
    caller = await _keyed(stage, "1")
    await caller.until_ended()
    await stage.world.dial_code("1003", "*45")


@_scene("waits for an agent whose phone only rings, and hangs up", "abandoned")
async def abandoned(stage: Stage) -> None:
    """A caller who gives up waiting."""

    async def agent(phone: Phone) -> None:
        await phone.until_ended()

    stage.world.agent("1001", agent)
    await stage.world.dial_code("1001", "*45")
    caller = await _keyed(stage, "1")
    await stage.steps.seen(stage.number, "agent 1001 rings")
    await caller.wait(2.0)
    await caller.hang_up()
    await stage.world.dial_code("1001", "*45")


@_scene("hangs up in the greeting", "hung_up_greeting")
async def hangs_up_in_greeting(stage: Stage) -> None:
    """A caller who gives up at once."""
    caller = await stage.world.call(stage.number)
    await caller.wait(1.5)
    await caller.hang_up()


@_scene("hangs up in the menu", "hung_up_menu")
async def hangs_up_in_menu(stage: Stage) -> None:
    """A caller who gives up in the menu."""
    caller = await stage.world.call(stage.number)
    await caller.play(stage.voices.hello)
    await stage.steps.seen(stage.number, "> say main-menu")
    await caller.hang_up()


@_scene("hangs up while leaving the message; the promise to call back is kept all the same", "hung_up_message")
async def hangs_up_in_message(stage: Stage) -> None:
    """A caller who does not end their message."""
    caller = await _keyed(stage, "1")
    await stage.steps.seen(stage.number, "> say offer-number")
    await caller.keys("1")
    await stage.steps.seen(stage.number, "> record")
    await caller.play(stage.voices.hello)
    await caller.hang_up()


async def play(name: str, world: World, steps: Steps, voices: Voices, place: int) -> str:
    """Plays a scene to its end; the caller's number, by which the call's record is found."""
    stage = Stage(world, steps, voices, f"1390000{place:04d}")
    await SCENES[name].play(stage)
    await steps.seen(stage.number, "^ended: ")
    return stage.number
