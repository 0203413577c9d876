"""The difference between two shares: on the same prompts (paired) or on different ones (independent)."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from analysis.proportions import Interval, normal_quantile, wilson
from analysis.significance import sign_p_value

TANGO = "paired score interval (Tango)"
NEWCOMBE = "hybrid score interval (Newcombe)"


@dataclass(frozen=True)
class RateDifference:
    """The first share less the second; `p` is McNemar's exact one where pairs are known, else None."""

    value: float
    low: float
    high: float
    level: float
    method: str
    kind: Literal["paired", "independent"]
    only_first: int | None
    only_second: int | None
    n: int
    p: float | None


def paired_difference(only_first: int, only_second: int, n: int, level: float = 0.95) -> RateDifference:
    """Difference of two shares on the same n prompts, from the prompts on which they differ.

    Sources: Tango (1998), Statistics in Medicine 17, 891-908; McNemar (1947), Psychometrika 12, 153-157, exact.
    """
    if n < 1 or min(only_first, only_second) < 0 or only_first + only_second > n:
        raise ValueError(
            f"{only_first} + {only_second} of {n} pairs: counts from 0 up, together at most n >= 1"
        )
    ends = tango(only_first, only_second, n, level)
    value, p = (only_first - only_second) / n, sign_p_value(only_first, only_second)
    return RateDifference(value, ends.low, ends.high, level, TANGO, "paired", only_first, only_second, n, p)


def independent_difference(
    first: int, first_n: int, second: int, second_n: int, level: float = 0.95
) -> RateDifference:
    """Difference of two shares of different prompts.

    Source: Newcombe (1998), Statistics in Medicine 17, 873-890, method 10: from both Wilson intervals.
    """
    a, b = wilson(first, first_n, level), wilson(second, second_n, level)
    p, q = first / first_n, second / second_n
    low = p - q - math.hypot(p - a.low, b.high - q)
    high = p - q + math.hypot(a.high - p, q - b.low)
    n = first_n + second_n
    return RateDifference(p - q, low, high, level, NEWCOMBE, "independent", None, None, n, None)


def tango(b: int, c: int, n: int, level: float = 0.95) -> Interval:
    """The differences d that the score test of p_b - p_c = d does not refuse.

    Source: Tango (1998), Statistics in Medicine 17, 891-908.
    """
    z, observed = normal_quantile(level), (b - c) / n
    low = -1.0 if c == n else _crossing(lambda d: paired_score(b, c, n, d) - z, -1.0, observed)
    high = 1.0 if b == n else _crossing(lambda d: paired_score(b, c, n, d) + z, observed, 1.0)
    return Interval(low, high)


def paired_score(b: int, c: int, n: int, d: float) -> float:
    """(b - c - n d) / its standard deviation at the likeliest p_c under p_b - p_c = d; falls as d grows."""
    A, B, C = 2 * n, -b - c + (2 * n - b + c) * d, -c * d * (1 - d)
    p_c = (math.sqrt(max(B * B - 4 * A * C, 0.0)) - B) / (2 * A)
    variance = n * (2 * p_c + d * (1 - d))
    distance = b - c - n * d
    if variance <= 1e-12:
        return 0.0 if abs(distance) < 1e-9 else math.copysign(math.inf, distance)
    return distance / math.sqrt(variance)


def _crossing(falling: Callable[[float], float], low: float, high: float) -> float:
    """Where a falling function crosses 0, by bisection to the last digit."""
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if falling(middle) > 0 else (low, middle)
    return (low + high) / 2
