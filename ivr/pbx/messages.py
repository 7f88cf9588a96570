"""A message that a caller leaves: recorded by Asterisk, kept by day and call."""

import time
from datetime import datetime
from pathlib import Path

from ivr.commands import Record
from ivr.events import Recorded
from ivr.pbx.hands import Hands, Refused

ENDED = {"DTMF": "key", "TIMEOUT": "timeout", "HANGUP": "hangup"}
"""What Record() says of its end."""


async def take(hands: Hands, number: int, command: Record, folder: Path, call: str) -> Recorded:
    """Records until a key, silence or the limit; raises Refused where nothing was written."""
    path = folder / f"{datetime.now():%Y-%m-%d}"
    path.mkdir(parents=True, exist_ok=True)
    file = path / f"{call}.wav"
    # the application, not RECORD FILE: it sends silence meanwhile, without which the recording of a caller
    # whose phone sends nothing in pauses would lose that time
    await hands.execute(
        "EXEC Record", f"{file},{command.silence:.0f},{command.limit:.0f},k", deadline=command.limit + 30
    )
    status = await hands.variable("${RECORD_STATUS}")
    ended = "hangup" if hands.hung_up else ENDED.get(status, "silence")
    if not file.exists():
        raise Refused("the message could not be written")
    seconds = max(0, file.stat().st_size - 44) / 16000
    return Recorded(time.time(), number, str(file), round(seconds, 2), ended)
