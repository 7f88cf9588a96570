"""Programs that the line runs: the machine's own, or those unpacked by `ivr.setup` into .deps/root.

Unpacked programs come from a newer suite than the machine's, so they run under their own loader and libc.
"""

import shutil
from pathlib import Path

HOME = Path(__file__).resolve().parents[1]
ROOT = HOME / ".deps/root"


def unpacked(name: str, root: Path = ROOT) -> list[str] | None:
    """The command prefix for a program below `root`, or None where it was not unpacked."""
    for folder in ("usr/sbin", "usr/bin"):
        binary = root / folder / name
        if binary.exists():
            return [*loader(root), str(binary)]
    return None


def loader(root: Path = ROOT) -> list[str]:
    """The unpacked dynamic loader with its library folders; empty where none was unpacked."""
    found = sorted((root / "usr").glob("lib*/ld-linux-*.so.*")) or sorted((root / "usr/lib").glob("*/ld-linux-*.so.*"))
    if not found:
        return []
    libraries = sorted((root / "usr/lib").glob("*-linux-gnu*"))
    folders = [folder for folder_of in libraries for folder in (folder_of, folder_of / "pulseaudio")]
    return [str(found[0]), "--library-path", ":".join(map(str, folders))]


def program(name: str) -> list[str] | None:
    """The command prefix for `name`: unpacked if there, else the machine's own, else None."""
    own = shutil.which(name, path="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
    return unpacked(name) or ([own] if own else None)
