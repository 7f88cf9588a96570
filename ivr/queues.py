"""The queues there are: the sections of asterisk/conf/queues.conf, so that an admin adds one in one place."""

import re
from functools import cache
from pathlib import Path

from ivr.native import HOME

CONF = HOME / "asterisk/conf/queues.conf"


@cache
def names(conf: Path = CONF) -> frozenset[str]:
    """The names of the queues, without [general] and templates."""
    return in_text(conf.read_text())


def in_text(text: str) -> frozenset[str]:
    """The queues of a queues.conf's text."""
    return frozenset(re.findall(r"^\[(\w[\w-]*)\](?!\(!)", text, re.MULTILINE)) - {"general"}
