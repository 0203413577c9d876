"""How much of the spread of outcomes lies between prompts, between raters, and within both."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

from analysis.columns import Labelled
from analysis.tables import JudgmentTable, TableError, one_pair
from analysis.variance import Floats


@dataclass(frozen=True)
class Moments:
    """Variances on the share scale: of prompts, of raters, and of one judgment beyond both."""

    prompt: float
    within: float
    rater: float

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if not 0 <= value < 1:
                raise ValueError(f"{name} is a variance on the share scale, from 0 to under 1, not {value!r}")


# Side-by-side studies of language models lie near these (docs/statistics.md, "Power").
PRIOR = Moments(prompt=0.063, within=0.127, rater=0.0018)


def moments(table: JudgmentTable) -> Moments:
    """A study's own moments, unbiased before they are cut off at 0, from half squared differences of pairs.

    Two judgments of one prompt differ by raters and noise; two of one rater by prompts and noise; two with
    neither in common by all three.
    Raises: TableError where no prompt has two judgments, or no rater two.
    Source: Searle, Casella and McCulloch (1992), Variance Components, chapter 5 (symmetric sums).
    """
    one_pair(table)
    y = table.points / 2
    (same_prompt, n_p), (same_rater, n_r) = (_half_squares(y, one) for one in (table.prompt, table.rater))
    together, n_all = _half_squares(y, Labelled(np.zeros(len(y), np.intp), ("all",)))
    apart, n_apart = together - same_prompt - same_rater, n_all - n_p - n_r
    if not (n_p and n_r and n_apart):
        raise TableError("moments need prompts with two judgments and raters with two; use prior ones")
    A, B, C = same_prompt / n_p, same_rater / n_r, apart / n_apart
    return Moments(prompt=max(C - A, 0.0), within=max(A + B - C, 0.0), rater=max(C - B, 0.0))


def _half_squares(y: Floats, group: Labelled) -> tuple[float, int]:
    """Half the sum of squared differences of all pairs within a group, and how many pairs there are."""
    n = group.counts()
    total = np.bincount(group.codes, y, len(group))
    squares = np.bincount(group.codes, y * y, len(group))
    return float(np.sum(n * squares - total**2)) / 2, int(np.sum(n * (n - 1)) // 2)
