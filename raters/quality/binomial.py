"""Exact binomial tests and Holm's correction in plain Python: web pages load no numerical library."""

import math
from collections.abc import Sequence
from typing import Literal

Alternative = Literal["less", "greater", "two-sided"]
ROUNDING = 1 + 1e-7  # two outcomes as likely as each other may differ in their last digits


def binomial_p(k: int, n: int, share: float, alternative: Alternative) -> float:
    """How likely k successes of n, or something further out, are if the true share is this one, 0 < share < 1.

    Two-sided: all outcomes that are no likelier than k (Fisher's convention, as SciPy's binomtest).
    """
    likely = [mass(i, n, share) for i in range(n + 1)]
    if alternative == "less":
        return min(1.0, sum(likely[: k + 1]))
    if alternative == "greater":
        return min(1.0, sum(likely[k:]))
    return min(1.0, sum(p for p in likely if p <= likely[k] * ROUNDING))


def mass(k: int, n: int, share: float) -> float:
    ways = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
    return math.exp(ways + k * math.log(share) + (n - k) * math.log1p(-share))


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjusted so that flagging those below 0.05 flags anyone wrongly in at most 5% of studies (Holm 1979)."""
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    adjusted, highest = [0.0] * len(p_values), 0.0
    for rank, i in enumerate(order):
        highest = max(highest, min(1.0, p_values[i] * (len(p_values) - rank)))
        adjusted[i] = highest
    return adjusted
