"""What the tests of publishing do to a flow file."""

from pathlib import Path

from tests.cli.conftest import Ivr, Ran


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def published(ivr: Ivr, file: Path, *words: str) -> Ran:
    ran = ivr("flow", "publish", file, *words)
    assert ran.code == 0, ran.err
    return ran


def longer(ivr: Ivr, file: Path) -> None:
    """A change on which no call script has an opinion."""
    change(file, "greetings: 3", "greetings: 3  # as the rule book says")
    change(file, "sure: 80%", "sure: 85%")
