"""What a service answered, as facts of a call; or why it did not."""

from typing import Any

LONGEST_FACT = 200
"""Characters of a fact; a longer text in an answer counts as none."""


class Unanswered(Exception):
    """Why a service did not answer, in a few words; `again`: another try may help."""

    def __init__(self, why: str, again: bool = True) -> None:
        super().__init__(why)
        self.again = again


def taken(answer: Any, facts: tuple[tuple[str, str], ...]) -> dict[str, str]:  # noqa: ANN401 - any JSON
    """The facts that an answer has, as text, by (name, where: `policy.tariff`); those it has not are left out."""
    found = {}
    for name, where in facts:
        value = answer
        for step in where.split("."):
            value = value.get(step) if isinstance(value, dict) else None
        text = ("yes" if value else "no") if isinstance(value, bool) else str(value)
        if isinstance(value, str | int | float) and 0 < len(text) <= LONGEST_FACT and text.isprintable():
            found[name] = text
    return found
