"""What stands beside a win rate that splits ties: how many there were, how many were bad, and the rate without."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.caveats import side_notes
from analysis.differences import Difference
from analysis.estimates import Estimate, Weighting
from analysis.linear import mean, rater_notes, ratio, row_weights
from analysis.proportions import checked_level
from analysis.tables import JudgmentTable, one_pair
from analysis.variance import Floats
from analysis.win_rate import estimated


@dataclass(frozen=True)
class Ties:
    """Shares with their intervals; `both_bad` None where it was not asked, `decisive` None where all are ties."""

    win_rate: Estimate
    tie_share: Estimate
    both_bad: Estimate | None
    decisive: Estimate | None
    net_win_rate: Difference
    wins: int
    ties: int
    losses: int
    n: int
    prompts: int
    raters: int
    notes: tuple[str, ...]
    data_digest: str

    def to_dict(self) -> dict[str, object]:
        """For JSON, with the share of ties in front."""
        return asdict(self.tie_share) | asdict(self)


def ties(table: JudgmentTable, *, weighting: Weighting = "prompts", level: float = 0.95) -> Ties:
    """Ties are never dropped from the win rate; `decisive`, wins / (wins + losses), is shown beside it.

    Raises: TableError where the table has fewer than two prompts, or several pairs.
    Source: docs/statistics.md, "Ties".
    """
    checked_level(level)
    one_pair(table)
    weights = row_weights(table.prompt, weighting)

    def share(of: NDArray[np.bool_]) -> Estimate:
        return mean(of.astype(np.float64), weights, table.prompt, table.rater).share(weighting, level)

    losses, tied, wins = np.bincount(table.points, minlength=3).tolist()
    headline = estimated(table, weighting)
    return Ties(
        win_rate=headline.share(weighting, level),
        tie_share=share(table.points == 1),
        both_bad=None if table.both_bad is None else share(table.both_bad),
        decisive=_decisive(table, weights, weighting, level) if wins + losses else None,
        net_win_rate=headline.times(2).difference(level, against=1.0),
        wins=wins,
        ties=tied,
        losses=losses,
        n=len(table),
        prompts=len(table.prompt),
        raters=len(table.rater),
        notes=(*table.notes, *rater_notes(headline), *side_notes(table)),
        data_digest=table.digest,
    )


def _decisive(table: JudgmentTable, weights: Floats, weighting: Weighting, level: float) -> Estimate:
    """Wins among the judgments that are no tie, as a ratio of two means."""
    won, decided = (table.points == 2).astype(np.float64), (table.points != 1).astype(np.float64)
    return ratio(won, decided, weights, table.prompt, table.rater).share(weighting, level)
