"""A message that a caller leaves: recorded by Asterisk, kept by day and call."""

import itertools
import time
from datetime import datetime
from pathlib import Path

from ivr.commands import Record
from ivr.events import Recorded
from ivr.pbx.hands import COMMAND, Hands, Refused

ENDED = {"DTMF": "key", "TIMEOUT": "timeout", "HANGUP": "hangup"}
"""What Record() says of its end."""
ASK = f"{COMMAND}|${{IVR_MESSAGE}}|${{RECORD_STATUS}}"
"""What a controller before us has done: the command's number, the message's file, and how it ended."""


async def take(hands: Hands, number: int, command: Record, folder: Path, call: str, resumed: bool) -> Recorded:
    """Records until a key, silence or the limit, unless a controller before us did; raises Refused where nothing was
    written.
    """
    done, kept, status = (await hands.variable(ASK)).split("|") if resumed else ("", "", "")
    if done == str(number) and status:
        file = Path(kept)
    else:
        file = free(folder / f"{datetime.now():%Y-%m-%d}", call)
        status = await _record(hands, number, command, file)
    ended = "hangup" if hands.hung_up else ENDED.get(status, "silence")
    if not file.exists():
        raise Refused("the message could not be written")
    return Recorded(time.time(), number, str(file), length(file), ended)


def length(file: Path) -> float:
    """Seconds of a message, which may not have been closed: 8 kHz, 16 bits, one channel."""
    return round(max(0, file.stat().st_size - 44) / 16000, 2)


def latest(folder: Path, call: str) -> Path | None:
    """The file of a call's last message, of whatever day."""
    files = [*folder.glob(f"*/{call}.wav"), *folder.glob(f"*/{call}-*.wav")]
    return max(files, key=lambda file: file.stat().st_mtime, default=None)


def free(folder: Path, call: str) -> Path:
    """ID.wav, and ID-2.wav and so on where a flow takes several messages."""
    names = itertools.chain([call], (f"{call}-{number}" for number in itertools.count(2)))
    return next(file for name in names if not (file := folder / f"{name}.wav").exists())


async def _record(hands: Hands, number: int, command: Record, file: Path) -> str:
    """Runs Record(), marked on the channel, so that a controller after us knows what was said; how it ended."""
    file.parent.mkdir(parents=True, exist_ok=True)
    await hands.execute("EXEC MSet", f"IVR_COMMAND={number},IVR_MESSAGE={file},RECORD_STATUS=")
    # the application, not RECORD FILE: it sends silence meanwhile, without which the recording of a caller
    # whose phone sends nothing in pauses would lose that time
    await hands.execute(
        "EXEC Record", f"{file},{command.silence:.0f},{command.limit:.0f},k", deadline=command.limit + 30
    )
    return await hands.variable("${RECORD_STATUS}")
