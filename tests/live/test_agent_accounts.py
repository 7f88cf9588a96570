"""Agents added and removed while the line runs: their telephone registers, logs in, and is turned away afterwards."""

import json
import re

from tests.live.lines import LiveLine
from tests.live.sip import registered


def test_an_agent_is_added_and_removed_while_the_line_runs(line: LiveLine) -> None:
    port = int(line.environment["IVR_SIP_PORT"])
    added = line.ivr("agent", "add", "1044", "--queue", "inquiry")
    secret = re.search(r"user 1044   password (\S+)", added)
    assert secret
    assert "the running line knows the telephone 1044" in added
    assert registered(port, "1044", "wrong") == 401
    assert registered(port, "1044", secret[1]) == 200
    assert line.ivr("agent", "login", "1044").startswith("agent 1044 is logged in to inquiry")
    told = {one["number"]: one for one in json.loads(line.ivr("agent", "list", "--json"))}
    assert told["1044"]["queues"] == ["inquiry"]
    assert told["1044"]["secret"] == secret[1]
    assert told["1001"]["state"] != "unknown"
    assert "the running line no longer knows the telephone 1044" in line.ivr("agent", "remove", "1044")
    assert registered(port, "1044", secret[1]) == 403
    line.ivr("agent", "login", "1044", code=1)
