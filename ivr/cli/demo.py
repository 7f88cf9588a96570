"""`ivr demo`: plays callers and agents against a line of its own, and shows how each call ended."""

import argparse
import asyncio
import shlex
import shutil
import socket
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ivr import ports
from ivr.cli import Sorry, _tell
from ivr.cli.calls import calls_table, total
from ivr.cli.run import progress, step
from ivr.demo.scenes import SCENES, play
from ivr.demo.steps import Steps
from ivr.demo.voices import Voices
from ivr.demo.world import World
from ivr.demo.worldconf import WorldPorts
from ivr.operate import Opened, open_line
from ivr.pbx.ami import AmiError
from ivr.pbx.asterisk import AsteriskError
from ivr.settings import Settings, load

HELP = "play callers and agents from a second Asterisk, and show how each call ends"
EXAMPLES = """examples:
  ivr demo                 all scenes; exit code 1 if one ends otherwise than it should
  ivr demo served silent   only these scenes"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("scenes", nargs="*", metavar="SCENE", help=f"of {', '.join(SCENES)}; all when none is named")


def run(options: argparse.Namespace) -> int:
    unknown = [name for name in options.scenes if name not in SCENES]
    if unknown:
        raise Sorry(f"no scene is called {', '.join(unknown)}; there are {', '.join(SCENES)}")
    settings = load()
    demo = settings.data.with_name(settings.data.name + "-demo")
    try:
        with ports.sole_owner(demo.with_name(demo.name + ".lock")):
            return asyncio.run(_demo(_own(settings, demo), options.scenes or list(SCENES)))
    except (ports.AlreadyRunning, AsteriskError, AmiError) as error:
        raise Sorry(str(error)) from None
    except TimeoutError:
        raise Sorry("a scene did not go on for a minute; the steps above show where it stopped") from None


async def _demo(settings: Settings, names: Sequence[str]) -> int:
    steps = Steps()

    def tell(call: str, text: str) -> None:
        print(step(call, text), flush=True)
        steps.add(call, text)

    async with open_line(settings, tell, progress) as opened:
        numbers = await _play(names, opened, steps)
        await opened.line.recorder.settled()
        records = list(opened.line.store.calls())
    return _show(settings, records, dict(zip(numbers, names, strict=True)))


async def _play(names: Sequence[str], opened: Opened, steps: Steps) -> list[str]:
    settings = opened.settings
    sip, ami, agi = _free(3)
    world_ports = WorldPorts(sip, ami, agi, settings.rtp_end + 1, settings.rtp_end + 1000)
    world = World(settings.data / "world", settings, opened.accounts, world_ports)
    try:
        print()
        _say("The outside world starts: a second Asterisk, with a caller's and three agents' phones.")
        await world.start()
        voices = Voices(settings.data / "world/voices")
        numbers = []
        for place, name in enumerate(names, 1):
            print()
            _say(f"== scene {place} of {len(names)}, {name}: the caller {SCENES[name].about}")
            numbers.append(await play(name, world, steps, voices, place))
        return numbers
    finally:
        await world.stop()


def _show(settings: Settings, records: list[dict[str, Any]], scenes: dict[str, str]) -> int:
    print("\n" + "\n".join(calls_table(records)))
    print(total(records))
    wrong = [f"{scenes[one['caller']]} ended as {one['outcome']}" for one in records if not _right(one, scenes)]
    print()
    _say(f"listen to them in {settings.data / 'recordings'}: left is the caller, right the line and the agent")
    _say(f"look closer:  IVR_DATA={shlex.quote(str(settings.data))} .venv/bin/ivr call ID")
    _say("All scenes ended as they should." if not wrong else f"WRONG: {'; '.join(wrong)}")
    return 1 if wrong or len(records) != len(scenes) else 0


def _say(text: str) -> None:
    print(_tell.told(text), flush=True)


def _right(record: dict[str, Any], scenes: dict[str, str]) -> bool:
    wanted = SCENES[scenes[record["caller"]]].outcome
    return bool(record["outcome"] == wanted and record["recording_ok"])


def _own(settings: Settings, data: Path) -> Settings:
    """A line beside the one that may be running: its own ports and data folder, fresh each time."""
    if data.exists():
        shutil.rmtree(data)
    sip, agi, ami, audio, http = _free(5)
    return replace(
        settings, data=data, sip_port=sip, agi_port=agi, ami_port=ami, audiosocket_port=audio, http_port=http,
        rtp_start=20000, rtp_end=20999,
    )  # fmt: skip


def _free(count: int) -> list[int]:
    """Ports that are free now."""
    held = [socket.socket() for _ in range(count)]
    try:
        for one in held:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in held]
    finally:
        for one in held:
            one.close()
