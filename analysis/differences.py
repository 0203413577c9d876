"""A difference with its interval and its test: Student's t on a clustered variance."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.proportions import t_quantile
from analysis.variance import NOTHING, Variance


@dataclass(frozen=True)
class Difference:
    """A signed number on the share scale; `p` is two-sided, against 0, and None where nothing varies."""

    value: float
    low: float
    high: float
    level: float
    method: str
    se: float
    df: float
    p: float | None


def difference(value: float, variance: Variance, level: float, method: str) -> Difference:
    """value ± t·se, with the degrees of freedom of the variance.

    Source: docs/statistics.md, "Tests".
    """
    half = t_quantile(level, variance.df) * variance.se
    p = None if variance.value <= NOTHING else two_sided(value / variance.se, variance.df)
    return Difference(value, value - half, value + half, level, method, variance.se, variance.df, p)


def two_sided(t: float, df: float) -> float:
    """Chance of a Student's t at least this far from 0."""
    from scipy.special import stdtr

    return min(1.0, 2 * float(stdtr(df, -abs(t))))
