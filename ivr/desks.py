"""The desks there are: the extensions of the context [desks] in asterisk/conf/extensions.conf."""

import re
from functools import cache
from pathlib import Path

from ivr.native import HOME

CONF = HOME / "asterisk/conf/extensions.conf"


@cache
def names(conf: Path = CONF) -> frozenset[str]:
    """The names of the desks."""
    return in_text(conf.read_text())


def in_text(text: str) -> frozenset[str]:
    """The desks of an extensions.conf's text."""
    section = re.search(r"^\[desks\]\n(.*?)(?=^\[|\Z)", text, re.MULTILINE | re.DOTALL)
    return frozenset(re.findall(r"^exten => ([\w-]+),1,", section[1], re.MULTILINE)) if section else frozenset()
