"""A share with its interval: Wilson's, on the number of independent trials that would be as precise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from analysis.proportions import score_interval, t_quantile
from analysis.variance import NOTHING, Variance

Weighting = Literal["prompts", "judgments"]


@dataclass(frozen=True)
class Estimate:
    """A share with its interval; `df` is None where normal quantiles were used."""

    value: float
    low: float
    high: float
    level: float
    method: str
    weighting: Weighting
    n_eff: float
    se: float
    df: float | None


def effective_n(value: float, variance: float, n: int, prompts: int) -> float:
    """How many independent trials would give this variance, within 1 and 4n.

    Where all judgments agree, or nothing varies, it is the number of prompts: the rule of three in prompts.
    """
    if value in (0, 1) or variance <= NOTHING:
        return float(prompts)
    return min(max(value * (1 - value) / variance, 1.0), 4.0 * n)


def effective_wilson(
    value: float, variance: Variance, n_eff: float, *, level: float, method: str, weighting: Weighting
) -> Estimate:
    """Wilson's score interval with n_eff for n and Student's t for z.

    Sources: Korn and Graubard (1998), Survey Methodology 24, 193-201; Dean and Pagano (2015), Journal of
    Survey Statistics and Methodology 3, 484-503.
    """
    ends = score_interval(value, n_eff, t_quantile(level, variance.df))
    return Estimate(value, ends.low, ends.high, level, method, weighting, n_eff, variance.se, variance.df)
