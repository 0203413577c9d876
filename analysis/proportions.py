"""Intervals of one share from a count of independent trials."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Interval:
    """Two ends on the scale of the value they belong to."""

    low: float
    high: float

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high


def wilson(successes: float, n: int, level: float = 0.95) -> Interval:
    """Wilson score interval of a share, which stays inside [0, 1] and is sound for small n.

    Args: successes: count, ties split in half, 0 <= successes <= n.  n: trials, taken as independent: with
        several judgments of one prompt or one rater it is too narrow (win_rate.py).  level: 0.95 = 95 %.
    Raises: ValueError if n is 0: a share of nothing is not 0.5.
    Source: Wilson (1927), JASA 22, 209-212, without continuity correction.
    """
    share = _checked_share(successes, n)
    return score_interval(share, n, normal_quantile(level))


def clopper_pearson(successes: float, n: int, level: float = 0.95) -> Interval:
    """Exact interval of a share: covers at least `level`, whatever the share; wider than Wilson's.

    Raises: ValueError if n is 0.
    Source: Clopper and Pearson (1934), Biometrika 26, 404-413, by Beta quantiles.
    """
    from scipy.special import betaincinv

    _checked_share(successes, n)
    tail = (1 - checked_level(level)) / 2
    failures = n - successes
    low = float(betaincinv(successes, failures + 1, tail)) if successes > 0 else 0.0
    high = float(betaincinv(successes + 1, failures, 1 - tail)) if failures > 0 else 1.0
    return Interval(low, high)


def score_interval(share: float, n: float, critical: float) -> Interval:
    """Wilson's interval for any (effective) n > 0 and any critical value; exact at the ends 0 and 1.

    Source: Wilson (1927), JASA 22, 209-212.
    """
    squared = critical * critical / n
    centre = (share + squared / 2) / (1 + squared)
    half = critical / (1 + squared) * math.sqrt(share * (1 - share) / n + squared / n / 4)
    low = 0.0 if share == 0 else max(0.0, centre - half)
    high = 1.0 if share == 1 else min(1.0, centre + half)
    return Interval(low, high)


def normal_quantile(level: float) -> float:
    """z with `level` of the standard normal between -z and z."""
    from scipy.special import ndtri

    return float(ndtri((1 + checked_level(level)) / 2))


def t_quantile(level: float, df: float) -> float:
    """t with `level` of Student's distribution between -t and t; `df` is any real above 0."""
    from scipy.special import stdtrit

    return float(stdtrit(df, (1 + checked_level(level)) / 2))


def checked_level(level: float) -> float:
    if not 0 < level < 1:
        raise ValueError(f"level is a share between 0 and 1 such as 0.95, not {level!r}")
    return level


def _checked_share(successes: float, n: int) -> float:
    if n < 1:
        raise ValueError(f"n is {n}: a share of nothing has no interval")
    if not 0 <= successes <= n:
        raise ValueError(f"successes lie between 0 and n = {n}, not {successes!r}")
    return successes / n
