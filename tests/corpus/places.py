"""Where the unpacked packages lie: .deps/corpus, else what .deps/voices and .deps/root hold of them."""

import ctypes
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path

from ivr.native import HOME, unpacked

CORPUS = HOME / ".deps/corpus"
ROOTS = (CORPUS, HOME / ".deps/voices", HOME / ".deps/root")


@cache
def warn(text: str) -> None:
    """Says something on stderr, once."""
    print(f"corpus: {text}", file=sys.stderr)


def cache_folder() -> Path | None:
    """Where decoded voices are kept; None where .deps/corpus is not unpacked."""
    if not CORPUS.exists():
        warn(".deps/corpus is missing, fewer voices and codecs (run python3 -m ivr.setup corpus)")
        return None
    folder = CORPUS / "cache"
    folder.mkdir(exist_ok=True)
    return folder


def files(pattern: str) -> list[Path]:
    """The files below usr/share that match, from the first unpacked root that has any, in a fixed order."""
    for root in ROOTS:
        found = sorted((root / "usr/share").glob(pattern))
        if found:
            return found
    return []


def tool(name: str) -> list[str] | None:
    """The command prefix of an unpacked program."""
    for root in ROOTS:
        command = unpacked(name, root)
        if command:
            return command
    return None


def library(name: str) -> ctypes.CDLL | None:
    """A shared library, unpacked or the machine's own, which brings some where Asterisk is its own; else None."""
    for root in ROOTS:
        for path in root.glob(f"usr/lib/*/{name}"):
            return ctypes.CDLL(str(path))
    with suppress(OSError):
        return ctypes.CDLL(name)
    warn(f"{name} is missing, its codec is left out")
    return None
