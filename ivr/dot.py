"""Graphviz: a drawing in its own language made into SVG or PNG, by the one that was unpacked or the machine's own."""

import os
import shutil
import subprocess

from ivr.native import HOME, unpacked

ROOT = HOME / ".deps/draw"
DEADLINE = 60.0
FORMATS = ("svg", "png")


class NoDrawing(Exception):
    """The picture cannot be drawn; one sentence with what to do."""


def draw(text: str, kind: str) -> bytes:
    """The picture; `kind` is one of FORMATS. Raises NoDrawing."""
    own = shutil.which("dot")
    command = unpacked("dot", ROOT) or ([own] if own else None)
    if command is None:
        raise NoDrawing("Graphviz is not here: run `python3 -m ivr.setup draw`, which fetches it, or install graphviz")
    try:
        done = subprocess.run(
            [*command, f"-T{kind}"], input=text.encode(), env=os.environ | _environment(), capture_output=True,
            timeout=DEADLINE, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoDrawing(f"Graphviz could not draw it: {error}") from None
    if done.returncode or not done.stdout:
        raise NoDrawing(f"Graphviz could not draw it: {done.stderr.decode(errors='replace').strip()[:300]}")
    return done.stdout


def _environment() -> dict[str, str]:
    """Where the unpacked one has its plug-ins and fonts."""
    plugins = sorted((ROOT / "usr/lib").glob("*/graphviz"))
    if not plugins:
        return {}
    return {"GVBINDIR": str(plugins[0]), "FONTCONFIG_FILE": str(ROOT / "fonts.conf")}
