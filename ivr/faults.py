"""Mistakes in what people write (flows, prompts, settings), collected so that all are told at once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Fault:
    """One mistake: where it stands and, in one sentence, what is wrong and what to write instead."""

    file: str
    line: int
    column: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.text}"


class Faults(Exception):
    """Every mistake found in one reading, in the order of the file."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = sorted(faults)
        super().__init__("\n".join(map(str, self.faults)))

    def __iter__(self) -> Iterator[Fault]:
        return iter(self.faults)
