"""Three checkpoints or more in one order, with intervals on strengths and on ranks."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

import numpy as np

from analysis.battles import Battles, battles_of
from analysis.davidson import Fit, Model, Pairs, fit, groups
from analysis.differences import Difference, difference
from analysis.estimates import Weighting
from analysis.influence import FEW_RATERS
from analysis.linear import not_estimable
from analysis.proportions import checked_level
from analysis.ranks import Ranks, ranked
from analysis.reading import TableError
from analysis.sandwich import sandwich
from analysis.tables import JudgmentTable
from analysis.variance import Evenness, Variance

METHODS: dict[Model, str] = {
    "davidson": "Davidson with ties, two-way cluster-robust, Student's t",
    "bradley-terry": "Bradley-Terry with split ties, two-way cluster-robust, Student's t",
}
ELO = 400 / math.log(10)


@dataclass(frozen=True)
class Standing:
    """One checkpoint. Strengths are log-odds against an average one; `elo` is the same on Elo's scale at 1000.

    Ranks hold together at the board's level: `tied_with` are those that cannot be told apart. `held`: it won or
    lost everything, so its strength comes from a weak prior.
    """

    checkpoint: str
    strength: Difference
    elo: float
    elo_low: float
    elo_high: float
    rank: int
    best_rank: int
    worst_rank: int
    tied_with: tuple[str, ...]
    wins: int
    ties: int
    losses: int
    held: bool


@dataclass(frozen=True)
class Leaderboard:
    """`order_effect` is the log-odds for being shown first, `log_tie` the log of ν; None where not estimated.

    `coefficients` are log-odds per tanh(difference / root mean square) of each covariate: strengths then hold at
    no difference.
    """

    standings: tuple[Standing, ...]
    order_effect: Difference | None
    log_tie: Difference | None
    coefficients: dict[str, Difference]
    level: float
    method: str
    weighting: Weighting
    n: int
    prompts: int
    raters: int
    notes: tuple[str, ...]
    data_digest: str | None

    def to_dict(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self)


def leaderboard(table: JudgmentTable, *, model: Model = "davidson", level: float = 0.95) -> Leaderboard:
    """The leaderboard of a judgment table, adjusted for the covariates it was read with; see `rank_battles`.

    Source: docs/statistics.md, "Leaderboard".
    """
    return rank_battles(battles_of(table), model=model, level=level, data_digest=table.digest)


def rank_battles(
    battles: Battles, *, model: Model = "davidson", level: float = 0.95, data_digest: str | None = None
) -> Leaderboard:
    """Fits strengths, their covariance over prompts and raters, and simultaneous ranks.

    Raises: TableError where the checkpoints fall into groups that never met, which have no common scale.
    Source: docs/statistics.md, "Leaderboard".
    """
    checked_level(level)
    counts = battles.counts
    _refuse_groups(battles, groups(counts))
    fitted = fit(counts, model=model, ordered=battles.ordered, rows=_rows(battles, model))
    covariance = sandwich(fitted, battles)
    places = ranked(fitted.strengths, covariance, level)
    M = len(battles.checkpoints)
    variances, dfs = covariance.contrast(np.eye(len(fitted.parameters)))
    method = _method(model, battles)
    differences = [
        difference(float(fitted.parameters[k]), Variance(float(variances[k]), float(dfs[k])), level, method)
        for k in range(len(fitted.parameters))
    ]
    record = _record(counts)
    order = sorted(range(M), key=lambda k: (places.rank[k], battles.checkpoints[k]))
    return Leaderboard(
        standings=tuple(_standing(k, battles, differences[k], places, record[k], fitted) for k in order),
        order_effect=None if fitted.order is None else differences[M + 1],
        log_tie=None if fitted.log_tie is None else differences[M],
        coefficients=dict(zip(battles.covariates, differences[M + 2 :], strict=True)),
        level=level,
        method=method,
        weighting="judgments",
        n=len(battles),
        prompts=battles.prompts,
        raters=battles.raters,
        notes=(*battles.notes, *_notes(fitted, battles)),
        data_digest=data_digest,
    )


def _method(model: Model, battles: Battles) -> str:
    return METHODS[model] if battles.raters >= FEW_RATERS else METHODS[model].replace("two-way", "prompt")


def _rows(battles: Battles, model: Model) -> Pairs | None:
    """The judgments one by one, where there are covariates."""
    if not battles.covariates:
        return None
    for name, x in battles.covariates.items():
        if not x.std():
            raise TableError(f"column {name}: the same in every row, so nothing can be adjusted for it")
    scaled = np.column_stack([np.tanh(x / np.sqrt(np.mean(x**2))) for x in battles.covariates.values()])
    sides = (battles.first, battles.second, battles.points)
    return Pairs.of_rows(*sides, scaled, len(battles.checkpoints), model)


def _refuse_groups(battles: Battles, group: np.ndarray[tuple[int], np.dtype[np.intp]]) -> None:
    if not group.max():
        return
    named = [
        ", ".join(name for name, own in zip(battles.checkpoints, group, strict=True) if own == k)
        for k in range(int(group.max()) + 1)
    ]
    raise TableError(
        f"the checkpoints fall into {len(named)} groups that were never compared with each other: "
        + "; ".join(f"({names})" for names in named)
    )


def _record(counts: np.ndarray[tuple[int, int, int], np.dtype[np.float64]]) -> list[tuple[int, int, int]]:
    """Wins, ties and losses of each checkpoint."""
    first, second = counts.sum(axis=1), counts.sum(axis=0)
    wins, ties, losses = (first[:, 2] + second[:, 0], first[:, 1] + second[:, 1], first[:, 0] + second[:, 2])
    return [(int(w), int(t), int(x)) for w, t, x in zip(wins, ties, losses, strict=True)]


def _standing(
    k: int, battles: Battles, strength: Difference, places: Ranks, record: tuple[int, int, int], fitted: Fit
) -> Standing:
    elo, elo_low, elo_high = (1000 + ELO * x for x in (strength.value, strength.low, strength.high))
    return Standing(
        checkpoint=battles.checkpoints[k],
        strength=strength,
        elo=elo,
        elo_low=elo_low,
        elo_high=elo_high,
        rank=places.rank[k],
        best_rank=places.best[k],
        worst_rank=places.worst[k],
        tied_with=tuple(battles.checkpoints[other] for other in places.tied[k]),
        wins=record[0],
        ties=record[1],
        losses=record[2],
        held=k in fitted.held,
    )


def _notes(fitted: Fit, battles: Battles) -> list[str]:
    notes = []
    if fitted.held:
        names = ", ".join(battles.checkpoints[k] for k in fitted.held)
        notes.append(f"won or lost everything, so held by a weak prior: {names}")
    if battles.ordered and fitted.order is None:
        notes.append("no pair was shown in both orders: the order effect is left out")
    even = _evenness(battles)
    if even.lopsided:
        notes.append(
            f"few raters did most: {even.raters} raters count as {even.effective:.1f}; "
            "the intervals are not widened for it"
        )
    if battles.raters < FEW_RATERS:
        notes.append(not_estimable(battles.raters))
    return notes


def _evenness(battles: Battles) -> Evenness:
    shares = np.bincount(battles.rater) / len(battles)
    return Evenness(1 / float(np.sum(shares**2)), len(shares))
