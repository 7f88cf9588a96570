"""What a bench prints: one row a figure, with its goal and whether it was met."""

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One measured value. `goal` is None where the value only explains another."""

    name: str
    value: float
    unit: str
    goal: float | None = None
    least: bool = False
    note: str = ""

    @property
    def met(self) -> bool:
        """Whether the goal was reached; a figure without one misses nothing."""
        if self.goal is None or math.isnan(self.value):
            return self.goal is None
        return self.value >= self.goal if self.least else self.value <= self.goal

    def row(self) -> str:
        """The printed line."""
        shown = f"{self.name:58}{_number(self.value):>10} {self.unit:10}"
        if self.goal is not None:
            sign = "≥" if self.least else "≤"
            shown += f" goal {sign} {_number(self.goal)} {self.unit}: {'met' if self.met else 'MISSED'}"
        return f"{shown}   {self.note}".rstrip()


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that `share` of all do not exceed; not a number where there are none."""
    if not values:
        return math.nan
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]
