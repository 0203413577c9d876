"""Tests: against an even win rate, exactly by signs, and adjusted for how many were looked at."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis.differences import two_sided
from analysis.tables import JudgmentTable

if TYPE_CHECKING:
    from analysis.estimates import Estimate
    from analysis.win_rate import WinRate


@dataclass(frozen=True)
class SignTest:
    """Prompts whose judgments lean to the candidate, to the baseline, or to neither."""

    won: int
    lost: int
    even: int
    p: float


def even_p_value(estimate: WinRate | Estimate) -> float:
    """Two-sided p of a win rate of one half: under the level's complement just where the interval leaves 1/2 out.

    t = (θ - 1/2) / sqrt(1/4 / n_eff), the score test that the effective-n Wilson interval inverts, with the
    interval's degrees of freedom (normal where it has none).
    Source: Wilson (1927), JASA 22, 209-212; docs/statistics.md, "Tests".
    """
    score = (estimate.value - 0.5) * 2 * math.sqrt(estimate.n_eff)
    return math.erfc(abs(score) / math.sqrt(2)) if estimate.df is None else two_sided(score, estimate.df)


def sign_test(table: JudgmentTable) -> SignTest:
    """Exact: of the prompts whose judgments lean either way, as many to each as a fair coin would give?

    It holds for these raters, whatever they share, and says nothing of the size of the difference.
    Source: Conover (1999), Practical Nonparametric Statistics, 3rd ed., section 3.4.
    """
    lean = np.bincount(table.prompt.codes, weights=table.points - 1.0, minlength=len(table.prompt))
    won, lost = int(np.count_nonzero(lean > 0)), int(np.count_nonzero(lean < 0))
    return SignTest(won, lost, len(lean) - won - lost, sign_p_value(won, lost))


def sign_p_value(won: int, lost: int) -> float:
    """Two-sided exact binomial p of `won` against `lost` under a fair coin; 1 where neither is there."""
    from scipy.special import bdtr

    n = won + lost
    return min(1.0, 2 * float(bdtr(min(won, lost), n, 0.5))) if n else 1.0


def holm(p_values: Sequence[float]) -> list[float]:
    """p-values adjusted so that under `alpha` all together err with at most that chance; in the given order.

    Source: Holm (1979), Scandinavian Journal of Statistics 6, 65-70.
    """
    p = np.asarray(p_values, np.float64)
    order = np.argsort(p, kind="stable")
    adjusted = np.empty(len(p))
    adjusted[order] = np.maximum.accumulate(np.minimum(np.arange(len(p), 0, -1) * p[order], 1.0))
    return adjusted.tolist()
