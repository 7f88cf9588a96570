"""Flow files as commands name them, by the flow's name or by their path."""

from pathlib import Path

from ivr.cli import Sorry
from ivr.settings import Settings


def file_of(name: str, settings: Settings) -> Path:
    """The file of a flow; raises Sorry where neither a name nor a path fits."""
    path = Path(name)
    if path.is_file():
        return path
    named = settings.flows / f"{name}.yaml"
    if "/" not in name and named.is_file():
        return named
    known = ", ".join(one.stem for one in all_files(settings)) or "none"
    raise Sorry(f"there is no flow `{name}`: name a file, or one of {settings.flows} ({known})")


def all_files(settings: Settings) -> list[Path]:
    """Every flow file of the flows folder."""
    return sorted(settings.flows.glob("*.yaml"))
