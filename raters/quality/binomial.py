"""Exact binomial tests and Holm's correction in plain Python: web pages load no numerical library."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Literal

Alternative = Literal["less", "greater", "two-sided"]
ROUNDING = 1 + 1e-7  # two outcomes as likely as each other may differ in their last digits
TOO_LITTLE = 1e-18  # of a sum: terms that fall below it change no digit any more


def binomial_p(k: int, n: int, share: float, alternative: Alternative) -> float:
    """How likely k successes of n, or something further out, are if the true share is this one, 0 < share < 1.

    Two-sided: all outcomes that are no likelier than k (Fisher's convention, as SciPy's binomtest).
    """
    if alternative == "less":
        return at_most(k, n, share)
    if alternative == "greater":
        return at_most(n - k, n, 1 - share)
    if share == 0.5:  # both tails weigh the same: where the other one begins need not be looked for
        return min(1.0, 2 * at_most(min(k, n - k), n, share))
    bound, mode = mass(k, n, share) * ROUNDING, int((n + 1) * share)
    if mass(mode, n, share) <= bound:
        return 1.0
    below = bisect_right(range(mode), bound, key=lambda i: mass(i, n, share)) - 1
    above = mode + 1 + bisect_left(range(mode + 1, n + 1), -bound, key=lambda i: -mass(i, n, share))
    return min(1.0, at_most(below, n, share) + at_most(n - above, n, 1 - share))


def at_most(k: int, n: int, share: float) -> float:
    """How likely k successes or fewer are: summed on that side of k on which the masses fall."""
    if k < n * share:
        return tail(k, n, share)
    return 1 - tail(n - k - 1, n, 1 - share)


def tail(k: int, n: int, share: float) -> float:
    """The masses of k and fewer, for k below the mean: each from the one before it, until none counts any more."""
    if k < 0:
        return 0.0
    term = total = mass(k, n, share)
    against = (1 - share) / share
    while k > 0 and term > total * TOO_LITTLE:
        term *= against * k / (n - k + 1)
        total += term
        k -= 1
    return total


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
