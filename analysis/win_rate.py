"""The win rate of a candidate over its baseline, with an interval for new prompts and new raters."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, fields

import numpy as np
from numpy.typing import NDArray

from analysis.columns import Labelled
from analysis.estimates import Estimate, Weighting, effective_n, effective_wilson
from analysis.proportions import Interval, checked_level, wilson
from analysis.tables import JudgmentTable, TableError
from analysis.variance import (
    Floats,
    Variance,
    effective_number,
    prompt_variance,
    two_way_variance,
)
from analysis.wording import counted

__all__ = [
    "PAPER",
    "PROMPT_ONLY",
    "TWO_WAY",
    "Estimate",
    "Weighting",
    "WinRate",
    "paper_win_rate",
    "win_rate",
]

TWO_WAY = "two-way prompt x rater, effective-n Wilson"
PROMPT_ONLY = "prompt-clustered, effective-n Wilson"
PAPER = "pooled Wilson over judgments"

FEW_RATERS = 5  # with fewer, the spread between raters cannot be estimated
BALANCED_LEFT = Interval(0.45, 0.55)


HEADLINE = tuple(field.name for field in fields(Estimate))


@dataclass(frozen=True)
class WinRate:
    """The headline and what must stand beside it. Shares are 0-1.

    `prompt_only` holds for new prompts and these raters; the headline for new prompts and new raters, unless
    `new_raters` is False (fewer than five raters), when it is the same. `paper` is the interval of the
    RecurrentGemma and Gemma reports, which takes every judgment as independent and is too narrow.
    """

    value: float
    low: float
    high: float
    level: float
    method: str
    weighting: Weighting
    new_raters: bool
    wins: int
    ties: int
    losses: int
    both_bad: int | None
    n: int
    prompts: int
    raters: int
    min_ratings: int
    max_ratings: int
    se: float
    df: float | None
    n_eff: float
    effective_raters: float
    prompt_only: Estimate
    paper: Estimate
    sides_known: int
    left_share: float | None
    notes: tuple[str, ...]
    data_digest: str

    @property
    def win_share(self) -> float:
        return self.wins / self.n

    @property
    def tie_share(self) -> float:
        return self.ties / self.n

    @property
    def loss_share(self) -> float:
        return self.losses / self.n

    @property
    def both_bad_share(self) -> float | None:
        return None if self.both_bad is None else self.both_bad / self.n

    @property
    def decisive_win_rate(self) -> float | None:
        """Wins among the judgments that are no tie; None where all are ties."""
        return self.wins / (self.wins + self.losses) if self.wins + self.losses else None

    @property
    def net_win_rate(self) -> float:
        """P(win) - P(loss), with the headline's weights."""
        return 2 * self.value - 1

    def to_dict(self, *, paper: bool = False) -> dict[str, object]:
        """For JSON. With `paper`, value, low and high are the paper's; ours then stand under "headline"."""
        result = asdict(self) | {
            "win_share": self.win_share,
            "tie_share": self.tie_share,
            "loss_share": self.loss_share,
            "both_bad_share": self.both_bad_share,
            "decisive_win_rate": self.decisive_win_rate,
            "net_win_rate": self.net_win_rate,
            "notes": list(self.notes),
        }
        if paper:
            result["headline"] = {name: result[name] for name in result["paper"]}
            result |= result["paper"] | {"new_raters": False, "net_win_rate": 2 * self.paper.value - 1}
        return result


def win_rate(table: JudgmentTable, *, weighting: Weighting = "prompts", level: float = 0.95) -> WinRate:
    """Estimates the win rate, ties split evenly: each prompt counts once, or each judgment.

    Raises: TableError where the table has fewer than two prompts, or several pairs of candidate and baseline.
    Source: docs/statistics.md, "Win rate"; Korn and Graubard (1998), Survey Methodology 24, 193-201, and Dean
    and Pagano (2015), Int. J. Public Health 60, 411-419, for Wilson's interval on an effective sample size.
    """
    _check(table, weighting, level)
    weights = _weights(table.prompt, weighting)
    value, influence = weighted_mean(table.points / 2, weights)
    given = prompt_variance(influence, table.prompt)
    prompt_only = _estimate(table, value, given, PROMPT_ONLY, weighting, level)
    raters = effective_number(weights, table.rater)
    if len(table.rater) < FEW_RATERS:
        return _result(table, prompt_only, prompt_only, raters, lopsided=False)
    drawn = two_way_variance(influence, weights, table.prompt, table.rater)
    headline = _estimate(table, value, drawn, TWO_WAY, weighting, level)
    return _result(table, headline, prompt_only, raters, drawn.lopsided)


def paper_win_rate(wins: int, ties: int, losses: int, level: float = 0.95) -> Estimate:
    """The published interval: Wilson over judgments as if all were independent, ties split evenly.

    Source: RecurrentGemma (arXiv 2404.07839), Table 5; which interval it is was inferred from its figures.
    """
    n = wins + ties + losses
    interval = wilson(wins + ties / 2, n, level)
    value = (wins + ties / 2) / n
    se = math.sqrt(value * (1 - value) / n)
    return Estimate(value, interval.low, interval.high, level, PAPER, "judgments", float(n), se, None)


def weighted_mean(y: Floats, weights: Floats) -> tuple[float, Floats]:
    """The mean and each row's influence w (y - mean), for weights that sum to one."""
    # Rounding must not leave a unanimous table at 0.9999999999999999.
    value = float(y[0]) if np.all(y == y[0]) else float(np.sum(weights * y))
    return value, weights * (y - value)


def _check(table: JudgmentTable, weighting: Weighting, level: float) -> None:
    checked_level(level)
    if weighting not in ("prompts", "judgments"):
        raise ValueError(f'weighting is "prompts" or "judgments", not {weighting!r}')
    if len(table.prompt) < 2:
        raise TableError(f"{len(table.prompt)} prompts: two or more are needed for an interval")
    if len(table.pairs) > 1:
        shown = "; ".join(f"{candidate} against {baseline}" for candidate, baseline in table.pairs[:5])
        raise TableError(
            f"the table holds {len(table.pairs)} pairs of candidate and baseline ({shown}); "
            "choose one by --candidate and --baseline, or table.of_pair"
        )


def _weights(prompt: Labelled, weighting: Weighting) -> NDArray[np.float64]:
    if weighting == "judgments":
        return np.full(len(prompt.codes), 1 / len(prompt.codes))
    return 1 / (len(prompt) * prompt.counts()[prompt.codes])


def _estimate(
    table: JudgmentTable, value: float, variance: Variance, method: str, weighting: Weighting, level: float
) -> Estimate:
    n_eff = effective_n(value, variance.value, len(table), len(table.prompt))
    return effective_wilson(value, variance, n_eff, level=level, method=method, weighting=weighting)


def _result(
    table: JudgmentTable, headline: Estimate, prompt_only: Estimate, effective_raters: float, lopsided: bool
) -> WinRate:
    losses, ties, wins = np.bincount(table.points, minlength=3).tolist()
    ratings = table.prompt.counts()
    known, left = _left_share(table)
    return WinRate(
        **{field: getattr(headline, field) for field in HEADLINE},
        new_raters=headline.method == TWO_WAY,
        wins=wins,
        ties=ties,
        losses=losses,
        both_bad=None if table.both_bad is None else int(np.count_nonzero(table.both_bad)),
        n=len(table),
        prompts=len(table.prompt),
        raters=len(table.rater),
        min_ratings=int(ratings.min()),
        max_ratings=int(ratings.max()),
        effective_raters=effective_raters,
        prompt_only=prompt_only,
        paper=paper_win_rate(wins, ties, losses, headline.level),
        sides_known=known,
        left_share=left,
        notes=(*table.notes, *_notes(table, effective_raters, lopsided, left)),
        data_digest=table.digest,
    )


def _left_share(table: JudgmentTable) -> tuple[int, float | None]:
    """Judgments whose side is known, and the share of them in which the candidate stood left."""
    if table.side is None or not (known := int(np.count_nonzero(table.side))):
        return 0, None
    return known, int(np.count_nonzero(table.side == 1)) / known


def _notes(
    table: JudgmentTable, effective_raters: float, lopsided: bool, left_share: float | None
) -> list[str]:
    notes = []
    if len(table.rater) < FEW_RATERS:
        notes.append(
            f"{counted(len(table.rater), 'rater')}: rater sampling not estimable; "
            "the interval holds for new prompts and these raters"
        )
    if lopsided:
        notes.append(
            f"few raters did most: {len(table.rater)} raters count as {effective_raters:.1f}; "
            "the interval is by the leave-one-rater-out jackknife"
        )
    if len(set(table.points.tolist())) == 1:
        notes.append("all judgments agree: the interval takes each prompt as one independent trial")
    if left_share is not None and left_share not in BALANCED_LEFT:
        notes.append(
            f"the candidate stood left in {left_share:.1%}: the win rate carries the raters' side bias"
        )
    return notes
