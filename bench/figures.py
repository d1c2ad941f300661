"""What a benchmark reports: figures with a floor, as JSON lines or as a table."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table

# Told how much is done and how much there is to do.
Progress = Callable[[int, int], None]


class NotReady(Exception):
    """What a benchmark needs is not there; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. `floor` is in the same unit; `detail` says in words what it was made of."""

    name: str
    figure: float
    unit: str
    floor: float
    detail: str

    @property
    def holds(self) -> bool:
        """Whether the figure reaches its floor."""
        return self.figure >= self.floor

    def to_dict(self) -> dict[str, Any]:
        """All of it, and whether it holds."""
        return {**asdict(self), "holds": self.holds}

    def to_json(self) -> str:
        """One line of JSON, which says too whether it holds."""
        return msgspec.json.encode(self.to_dict()).decode()


def spread(values: Sequence[float], digits: int = 0) -> str:
    """The least, the median and the greatest of some values, for people."""
    lowest, middle, highest = min(values), statistics.median(values), max(values)
    return f"{middle:,.{digits}f} ({lowest:,.{digits}f} to {highest:,.{digits}f})"


def ratios_of(limits: Sequence[float], runs: Sequence[float]) -> list[float]:
    """Each run's speed by that of the limit, as the mean of its seconds before and after the run."""
    return [(before + after) / 2 / run for before, after, run in zip(limits[:-1], limits[1:], runs, strict=True)]


def show(console: Console, figures: Sequence[Figure]) -> None:
    """The figures as a table."""
    table = Table("benchmark", "figure", "floor", "", "detail")
    for figure in figures:
        verdict = "[green]holds" if figure.holds else "[red]below"
        table.add_row(figure.name, f"{figure.figure:.3g} {figure.unit}", f"{figure.floor:g}", verdict, figure.detail)
    console.print(table)
