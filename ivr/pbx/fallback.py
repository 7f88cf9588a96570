"""Asterisk runs this after a call that ended without a controller: it leaves the call's record in the spool.

A plain AGI script on pyst2, because the controller that would ask over FastAGI is the one that is gone.
The controller collects the spool when it is back.
"""

import json
import os
import sys
import time
from pathlib import Path

from asterisk.agi import AGI, AGIException

_NAMES = (
    "IVR_FROM", "IVR_DIALLED", "IVR_ANSWERED", "IVR_QUEUED_AT", "IVR_QUEUE", "IVR_AGENT", "IVR_AGENT_RANG",
    "IVR_AGENT_ANSWERED", "IVR_CONNECTED", "IVR_FALLBACK", "IVR_MARK",
)  # fmt: skip


def main(data: Path) -> None:
    """Reads the dead channel's variables and writes them to the spool, whole or not at all."""
    agi = AGI()
    kept = {"id": agi.env["agi_uniqueid"], "ended": time.time()}
    for name in _NAMES:
        try:
            kept[name] = agi.get_variable(name)
        except AGIException:
            kept[name] = ""
    spool = data / "fallback"
    spool.mkdir(parents=True, exist_ok=True)
    fresh = spool / f".{kept['id']}"
    fresh.write_text(json.dumps(kept))
    os.replace(fresh, spool / f"{kept['id']}.json")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
