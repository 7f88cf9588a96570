"""Whether Asterisk still answers. One that is stuck is ended: a dead one is started again, a stuck one serves nobody.

It is asked over AMI and, where that is silent, at its console; only where both stay silent it is stuck. Seconds are
counted as tries pass here: a machine that was suspended is no fault.
"""

import asyncio
import contextlib
import time

from ivr.pbx.ami import Ami, AmiError
from ivr.pbx.asterisk import Asterisk

EVERY = 2.0
"""Seconds between two questions while it answers."""
LONGEST = 3.0
"""Seconds that one question may take."""


async def stuck(asterisk: Asterisk, ami: Ami, patience: int) -> None:
    """Returns when Asterisk has answered nothing for `patience` seconds in a row; never, with a patience of 0."""
    silent = 0.0
    while not patience or silent < patience:
        began = time.monotonic()
        if await _answers(asterisk, ami):
            silent = 0.0
        else:
            silent += min(max(time.monotonic() - began, 1.0), 2 * LONGEST)
        await asyncio.sleep(EVERY if not silent else max(0.0, 1.0 - (time.monotonic() - began)))


async def _answers(asterisk: Asterisk, ami: Ami) -> bool:
    try:
        await ami.act("Ping")
    except AmiError:
        with contextlib.suppress(OSError):  # that we cannot ask it is no fault of its own
            return await asterisk.answers_within(LONGEST)
    return True
