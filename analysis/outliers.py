"""Which of several counts stand out from the rest: exact binomial tests, adjusted for their number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from analysis.significance import holm

Side = Literal["less", "two-sided"]


@dataclass(frozen=True)
class Count:
    """`hits` of `of`."""

    hits: int
    of: int

    @property
    def share(self) -> float | None:
        return self.hits / self.of if self.of else None


def flagged(counts: Sequence[Count], side: Side, alpha: float) -> list[int]:
    """The places of the counts whose share stands out from the share of all others together.

    `side` "less" looks only for shares that are too low. The others' share is taken as known.
    """
    tested = [i for i, count in enumerate(counts) if count.of and _others_share(counts, i) is not None]
    p_values = [exact_p(counts[i], _others_share(counts, i) or 0.0, side) for i in tested]
    return [i for i, p in zip(tested, holm(p_values), strict=True) if p <= alpha]


def exact_p(count: Count, expected: float, side: Side) -> float:
    """Binomial p-value; two-sided doubles the smaller tail (Fisher's convention, not SciPy's)."""
    from scipy.special import bdtr

    lower = float(bdtr(count.hits, count.of, expected))
    if side == "less":
        return lower
    upper = 1 - float(bdtr(count.hits - 1, count.of, expected)) if count.hits else 1.0
    return min(1.0, 2 * min(lower, upper))


def _others_share(counts: Sequence[Count], left_out: int) -> float | None:
    hits = sum(count.hits for count in counts) - counts[left_out].hits
    of = sum(count.of for count in counts) - counts[left_out].of
    return hits / of if of else None
