"""What stands beside a win rate that splits ties: how many there were, how many were bad, and the rate without."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.caveats import side_notes
from analysis.differences import Difference
from analysis.estimates import Estimate, Weighting
from analysis.linear import Linear, rater_notes, ratio
from analysis.position import needs_balance
from analysis.proportions import checked_level
from analysis.record import Record, facts
from analysis.tables import JudgmentTable, one_pair
from analysis.win_rate import estimated


@dataclass(frozen=True)
class Ties(Record):
    """Shares with their intervals, weighted and balanced as the headline is.

    `both_bad` is None where it was not asked, `decisive` where all are ties.
    """

    win_rate: Estimate
    tie_share: Estimate
    both_bad: Estimate | None
    decisive: Estimate | None
    net_win_rate: Difference
    weighting: Weighting
    order_balanced: bool
    notes: tuple[str, ...]
    data_digest: str

    def to_dict(self) -> dict[str, Any]:
        """For JSON, with the share of ties in front."""
        return asdict(self.tie_share) | asdict(self)


def ties(table: JudgmentTable, *, weighting: Weighting = "prompts", level: float = 0.95) -> Ties:
    """Ties are never dropped from the win rate; `decisive`, wins / (wins + losses), is shown beside it.

    Raises: TableError where the table has fewer than two prompts, or several pairs.
    Source: Cochran (1977), sections 3.2 and 6.3; docs/statistics.md, "Ties".
    """
    checked_level(level)
    one_pair(table)

    def share(of: NDArray[np.bool_]) -> Estimate:
        return estimated(table, weighting, of.astype(np.float64)).share(weighting, level)

    headline, decided = estimated(table, weighting), table.points != 1
    return Ties(
        **facts(table),
        win_rate=headline.share(weighting, level),
        tie_share=share(table.points == 1),
        both_bad=None if table.both_bad is None else share(table.both_bad),
        decisive=_decisive(table, weighting).share(weighting, level) if decided.any() else None,
        net_win_rate=headline.times(2).difference(level, against=1.0),
        weighting=weighting,
        order_balanced=needs_balance(table),
        notes=(*table.notes, *rater_notes(headline), *side_notes(table)),
        data_digest=table.digest,
    )


def _decisive(table: JudgmentTable, weighting: Weighting) -> Linear:
    """Wins among the judgments that are no tie, as a ratio of two means."""
    won, decided = ((table.points == 2).astype(np.float64), (table.points != 1).astype(np.float64))
    return ratio(estimated(table, weighting, won), estimated(table, weighting, decided))
