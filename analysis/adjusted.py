"""The win rate if both responses had been as long, or as styled: an appendix, never the headline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.caveats import side_notes
from analysis.differences import Difference
from analysis.estimates import Estimate, Weighting
from analysis.linear import PROMPT_ONLY_T, TWO_WAY_T, Linear, rater_notes
from analysis.position import needs_balance
from analysis.proportions import checked_level, t_quantile
from analysis.record import Record, facts
from analysis.tables import JudgmentTable, TableError, one_pair
from analysis.variance import Floats
from analysis.win_rate import estimated

METHOD = "logistic in tanh of scaled differences, {clusters} on the log-odds"
ASSUMPTION = (
    "the named differences move judgments by one smooth curve that is the same for every prompt, and nothing "
    "that makes a response better goes with them; length often does go with quality, so this is no headline"
)
MOST_STEPS = 50


@dataclass(frozen=True)
class AdjustedWinRate(Record):
    """`value` is the win rate at no difference in any covariate, weighted and balanced as `unadjusted`, the headline.

    `coefficients` are per tanh(difference / sd).
    """

    value: float
    low: float
    high: float
    level: float
    method: str
    weighting: Weighting
    assumption: str
    coefficients: dict[str, Difference]
    scales: dict[str, float]
    unadjusted: Estimate
    order_balanced: bool
    notes: tuple[str, ...]
    data_digest: str

    def to_dict(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self)


def adjusted_win_rate(
    table: JudgmentTable,
    covariates: Sequence[str],
    *,
    weighting: Weighting = "prompts",
    level: float = 0.95,
) -> AdjustedWinRate:
    """Fits y ~ logistic(a + Σ b_j tanh(x_j / sd_j)) by weighted quasi-likelihood and reads it off at x = 0.

    Args: covariates: columns of candidate-less-baseline differences, read by read_judgments(covariates=...).
    Raises: TableError where a column is missing or constant, or the fit has no finite maximum.
    Sources: Dubois et al. (2024), arXiv 2404.04475 (length-controlled AlpacaEval; theirs adds an instruction
    difficulty from other models); Papke and Wooldridge (1996), Journal of Applied Econometrics 11, 619-632.
    """
    checked_level(level)
    one_pair(table)
    X, scales = _design(table, covariates)
    headline, y = estimated(table, weighting), table.points / 2
    weights = headline.weights
    beta, inverse = _fitted(X, y, weights)
    chance = _logistic(X @ beta)
    influence = weights[:, None] * (_scores(table, X * (y - chance)[:, None], weights) @ inverse)
    linear = [
        Linear(float(beta[k]), influence[:, k], weights, table.prompt, table.rater) for k in range(X.shape[1])
    ]
    intercept = linear[0]
    half = t_quantile(level, intercept.variance.df) * intercept.variance.se
    low, value, high = _logistic(np.array([beta[0] - half, beta[0], beta[0] + half])).tolist()
    return AdjustedWinRate(
        **facts(table),
        value=value,
        low=low,
        high=high,
        level=level,
        method=METHOD.format(clusters=TWO_WAY_T if intercept.new_raters else PROMPT_ONLY_T),
        weighting=weighting,
        assumption=ASSUMPTION,
        coefficients={name: one.difference(level) for name, one in zip(covariates, linear[1:], strict=True)},
        scales=scales,
        unadjusted=headline.share(weighting, level),
        order_balanced=needs_balance(table),
        notes=(*table.notes, *rater_notes(intercept), *side_notes(table)),
        data_digest=table.digest,
    )


def _design(table: JudgmentTable, covariates: Sequence[str]) -> tuple[Floats, dict[str, float]]:
    """A column of ones and tanh of each scaled covariate, with the scales."""
    if not covariates:
        raise TableError("an adjusted win rate needs a covariate, such as length_difference")
    columns, scales = [np.ones(len(table))], {}
    for name in covariates:
        if name not in table.covariates:
            raise TableError(f"column {name!r} was not read; name it among the covariates")
        values = table.covariates[name]
        scales[name] = float(values.std())
        if not scales[name]:
            raise TableError(f"column {name}: the same in every row, so nothing can be adjusted for it")
        columns.append(np.tanh(values / scales[name]))
    return np.column_stack(columns), scales


def _scores(table: JudgmentTable, scores: Floats, weights: Floats) -> Floats:
    """Less each side's mean where the sides are balanced: their weights are then fixed, not drawn."""
    if not needs_balance(table) or table.side is None:
        return scores
    centred = scores.copy()
    for side in (1, -1):
        rows = table.side == side
        centred[rows] -= weights[rows] @ scores[rows] / weights[rows].sum()
    return centred


def _fitted(X: Floats, y: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Coefficients and the inverse information, by Newton's method."""
    beta = np.zeros(X.shape[1])
    for _ in range(MOST_STEPS):
        chance = _logistic(X @ beta)
        information = (X * (weights * chance * (1 - chance))[:, None]).T @ X
        if np.linalg.cond(information) > 1e12:
            break
        inverse = np.linalg.inv(information).astype(np.float64)
        step = inverse @ (X.T @ (weights * (y - chance)))
        beta = beta + step / max(1.0, float(np.abs(step).max()))
        if np.abs(step).max() < 1e-10:
            return beta, inverse
    raise TableError(
        "the adjusted win rate has no finite estimate: outcomes are all alike, or follow a covariate"
    )


def _logistic(x: NDArray[np.float64]) -> Floats:
    return 1 / (1 + np.exp(-x))
