"""The win rate of a candidate over its baseline, with an interval for new prompts and new raters."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from analysis.caveats import side_notes
from analysis.estimates import Estimate, Weighting
from analysis.linear import PROMPT_ONLY, TWO_WAY, Linear, mean, rater_notes, row_weights, weighted_mean
from analysis.position import Orders, left_share, needs_balance
from analysis.proportions import checked_level
from analysis.published import PAPER, paper_win_rate
from analysis.record import Record, facts
from analysis.significance import SignTest, even_p_value, sign_test
from analysis.tables import JudgmentTable, one_pair
from analysis.variance import Floats

__all__ = [
    "PAPER",
    "PROMPT_ONLY",
    "TWO_WAY",
    "Estimate",
    "Weighting",
    "WinRate",
    "estimated",
    "paper_win_rate",
    "win_rate",
]


PAPER_NOTE = (
    "value and interval are by the published method: every judgment as if it were independent, so too narrow"
)


@dataclass(frozen=True)
class WinRate(Record):
    """The headline and what must stand beside it. Shares are 0-1, and weighted as the headline is: its value is
    `win_share` and half of `tie_share`.

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
    order_balanced: bool
    win_share: float
    tie_share: float
    loss_share: float
    both_bad_share: float | None
    both_bad: int | None
    min_ratings: int
    max_ratings: int
    se: float
    df: float | None
    n_eff: float
    effective_raters: float
    prompt_only: Estimate
    paper: Estimate
    sign_test: SignTest
    sides_known: int
    left_share: float | None
    notes: tuple[str, ...]
    data_digest: str

    @property
    def decisive_win_rate(self) -> float | None:
        """Wins among the judgments that are no tie; None where all are ties."""
        return _decisive(self.win_share, self.loss_share)

    @property
    def net_win_rate(self) -> float:
        """P(win) - P(loss)."""
        return 2 * self.value - 1

    @property
    def p_value(self) -> float:
        """Of an even win rate, two-sided."""
        return even_p_value(self)

    def to_dict(self, *, paper: bool = False) -> dict[str, Any]:
        """For JSON. With `paper`, every number is by the paper's method; ours then stand under "headline"."""
        ours = {
            "decisive_win_rate": self.decisive_win_rate,
            "net_win_rate": self.net_win_rate,
            "p_value": self.p_value,
            "notes": list(self.notes),
        }
        result = asdict(self) | ours
        if not paper:
            return result
        published = self._published()
        return result | published | {"headline": {name: result[name] for name in published}}

    def _published(self) -> dict[str, Any]:
        """What changes by the paper's method, in which each judgment counts once and sides are as they were."""
        both_bad = None if self.both_bad is None else self.both_bad / self.n
        return asdict(self.paper) | {
            "new_raters": False,
            "order_balanced": False,
            "win_share": self.wins / self.n,
            "tie_share": self.ties / self.n,
            "loss_share": self.losses / self.n,
            "both_bad_share": both_bad,
            "decisive_win_rate": _decisive(self.wins, self.losses),
            "net_win_rate": 2 * self.paper.value - 1,
            "p_value": even_p_value(self.paper),
            "notes": [PAPER_NOTE, *(f"of the headline: {note}" for note in self.notes)],
        }


def win_rate(table: JudgmentTable, *, weighting: Weighting = "prompts", level: float = 0.95) -> WinRate:
    """Estimates the win rate, ties split evenly: each prompt counts once, or each judgment.

    Where all sides are known and the candidate stood left in under 45 % or over 55 %, the headline averages
    its win rates on both sides.
    Raises: TableError where the table has fewer than two prompts, or several pairs of candidate and baseline.
    Source: docs/statistics.md, "Win rate".
    """
    checked_level(level)
    one_pair(table)
    headline = estimated(table, weighting)
    record, ratings = facts(table), table.prompt.counts()
    loss, tie, win = (
        weighted_mean((table.points == points).astype(np.float64), headline.weights) for points in range(3)
    )
    known, left = left_share(table)
    return WinRate(
        **asdict(headline.share(weighting, level)),
        new_raters=headline.new_raters,
        order_balanced=needs_balance(table),
        **record,
        win_share=win,
        tie_share=tie,
        loss_share=loss,
        both_bad_share=None
        if table.both_bad is None
        else weighted_mean(table.both_bad.astype(np.float64), headline.weights),
        both_bad=None if table.both_bad is None else int(np.count_nonzero(table.both_bad)),
        min_ratings=int(ratings.min()),
        max_ratings=int(ratings.max()),
        effective_raters=headline.even.effective,
        prompt_only=headline.share(weighting, level, new_raters=False),
        paper=paper_win_rate(record["wins"], record["ties"], record["losses"], level),
        sign_test=sign_test(table),
        sides_known=known,
        left_share=left,
        notes=(*table.notes, *_notes(table, headline)),
        data_digest=table.digest,
    )


def estimated(table: JudgmentTable, weighting: Weighting, of: Floats | None = None) -> Linear:
    """The headline as a sum over judgments: the mean outcome, balanced over the sides where that is needed.

    Args: of: the mean of these in place of the outcomes, with the headline's weights.
    Source: docs/statistics.md, "Win rate".
    """
    y, weights = table.points / 2 if of is None else of, row_weights(table.prompt, weighting)
    if needs_balance(table) and table.side is not None:
        return Orders.of(y, weights, table.side, table.prompt, table.rater).balanced
    return mean(y, weights, table.prompt, table.rater)


def _decisive(wins: float, losses: float) -> float | None:
    return wins / (wins + losses) if wins + losses else None


def _notes(table: JudgmentTable, headline: Linear) -> list[str]:
    notes = rater_notes(headline)
    if table.points.min() == table.points.max():
        notes.append("all judgments agree: the interval takes each prompt as one independent trial")
    return [*notes, *side_notes(table)]
