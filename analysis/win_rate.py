"""The win rate of a candidate over its baseline, with an interval for new prompts and new raters."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

from analysis.caveats import side_notes
from analysis.estimates import Estimate, Weighting
from analysis.linear import PROMPT_ONLY, TWO_WAY, Linear, mean, rater_notes, row_weights
from analysis.position import balanced_mean, left_share, needs_balance
from analysis.proportions import checked_level
from analysis.published import PAPER, paper_win_rate
from analysis.significance import SignTest, even_p_value, sign_test
from analysis.tables import JudgmentTable, one_pair

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
    order_balanced: bool
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
    sign_test: SignTest
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

    @property
    def p_value(self) -> float:
        """Of an even win rate, two-sided."""
        return even_p_value(self)

    def to_dict(self, *, paper: bool = False) -> dict[str, object]:
        """For JSON. With `paper`, value, low and high are the paper's; ours then stand under "headline"."""
        result = asdict(self) | {
            "win_share": self.win_share,
            "tie_share": self.tie_share,
            "loss_share": self.loss_share,
            "both_bad_share": self.both_bad_share,
            "decisive_win_rate": self.decisive_win_rate,
            "net_win_rate": self.net_win_rate,
            "p_value": self.p_value,
            "notes": list(self.notes),
        }
        if paper:
            result["headline"] = {name: result[name] for name in result["paper"]}
            result |= result["paper"] | {"new_raters": False, "net_win_rate": 2 * self.paper.value - 1}
        return result


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
    losses, ties, wins = np.bincount(table.points, minlength=3).tolist()
    ratings = table.prompt.counts()
    known, left = left_share(table)
    return WinRate(
        **asdict(headline.share(weighting, level)),
        new_raters=headline.new_raters,
        order_balanced=needs_balance(table),
        wins=wins,
        ties=ties,
        losses=losses,
        both_bad=None if table.both_bad is None else int(np.count_nonzero(table.both_bad)),
        n=len(table),
        prompts=len(table.prompt),
        raters=len(table.rater),
        min_ratings=int(ratings.min()),
        max_ratings=int(ratings.max()),
        effective_raters=headline.effective_raters,
        prompt_only=headline.share(weighting, level, new_raters=False),
        paper=paper_win_rate(wins, ties, losses, level),
        sign_test=sign_test(table),
        sides_known=known,
        left_share=left,
        notes=(*table.notes, *_notes(table, headline)),
        data_digest=table.digest,
    )


def estimated(table: JudgmentTable, weighting: Weighting) -> Linear:
    """The headline as a sum over judgments: the mean outcome, balanced over the sides where that is needed."""
    y, weights = table.points / 2, row_weights(table.prompt, weighting)
    if needs_balance(table) and table.side is not None:
        return balanced_mean(y, weights, table.side, table.prompt, table.rater)
    return mean(y, weights, table.prompt, table.rater)


def _notes(table: JudgmentTable, headline: Linear) -> list[str]:
    notes = rater_notes(headline)
    if table.points.min() == table.points.max():
        notes.append("all judgments agree: the interval takes each prompt as one independent trial")
    return [*notes, *side_notes(table)]
