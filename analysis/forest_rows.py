"""The lines of a forest plot: a share, a coefficient, or a figure of others, each with its interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from analysis.wording import counted


@dataclass(frozen=True)
class ForestRow:
    """One line of a forest plot. Without an interval (`low` None) it shows only how many prompts there are."""

    label: str
    value: float | None
    low: float | None
    high: float | None
    n: int  # judgments, or prompts where there is no interval
    note: str = ""
    href: str = ""  # where the row leads, if anywhere
    least: ClassVar[float] = 0.0

    def __post_init__(self) -> None:
        numbers = (self.low, self.value, self.high)
        known = [number for number in numbers if number is not None]
        if known and not (len(known) == 3 and self.least <= known[0] <= known[1] <= known[2] <= 1):
            wanted = f"{self.least:g} <= low <= value <= high <= 1"
            raise ValueError(f"row {self.label!r}: {wanted}, or none; not {numbers}")

    @property
    def numbers(self) -> str:
        """The row's figures as printed beside it."""
        if self.value is None or self.low is None or self.high is None:
            return f"{counted(self.n, 'prompt')}: too few"
        ends = f"{100 * self.low:.1f}, {100 * self.high:.1f}"
        return f"{100 * self.value:.1f}% [{ends}], n {self.n}"


@dataclass(frozen=True)
class CoefficientRow(ForestRow):
    """A coefficient of agreement, from -1 to 1; an interval may reach beyond the axis, which ends at -0.5."""

    least: ClassVar[float] = -1.0

    @property
    def numbers(self) -> str:
        if self.value is None or self.low is None or self.high is None:
            return "not defined"
        return f"{self.value:.2f} [{self.low:.2f}, {self.high:.2f}], n {self.n}"


@dataclass(frozen=True)
class PublishedRow(ForestRow):
    """A figure of others, drawn as an open diamond; how many judgments are behind it is theirs to say."""

    @property
    def numbers(self) -> str:
        return super().numbers.partition(", n ")[0]
