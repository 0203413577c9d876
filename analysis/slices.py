"""Win rates by category: the same estimator on each slice."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.estimates import Weighting
from analysis.tables import JudgmentTable, TableError
from analysis.win_rate import WinRate, win_rate

FEWEST_PROMPTS = 20  # below, an interval is too wide to say anything: counts only


@dataclass(frozen=True)
class Slice:
    """The judgments of one category; `win_rate` is None where it has fewer than 20 prompts."""

    label: str
    n: int
    prompts: int
    raters: int
    wins: int
    ties: int
    losses: int
    win_rate: WinRate | None

    def to_dict(self) -> dict[str, object]:
        """For JSON: the counts, and the win rate where there is one."""
        counts = {name: getattr(self, name) for name in ("n", "prompts", "raters", "wins", "ties", "losses")}
        return {"label": self.label, **counts, "win_rate": self.win_rate and self.win_rate.to_dict()}


def win_rates_by_category(
    table: JudgmentTable, *, weighting: Weighting = "prompts", level: float = 0.95
) -> tuple[Slice, ...]:
    """One slice per category, sorted by name; prompts without a category form the slice "".

    The intervals are each at `level`: among many slices some miss by chance.
    Raises: TableError where the table has no category column.
    """
    if table.category is None:
        raise TableError("the table has no column category to slice by")
    return tuple(
        _slice(label, table.rows(table.category.codes == code), weighting, level)
        for code, label in enumerate(table.category.labels)
    )


def _slice(label: str, rows: JudgmentTable, weighting: Weighting, level: float) -> Slice:
    losses, ties, wins = np.bincount(rows.points, minlength=3).tolist()
    enough = len(rows.prompt) >= FEWEST_PROMPTS
    return Slice(
        label=label,
        n=len(rows),
        prompts=len(rows.prompt),
        raters=len(rows.rater),
        wins=wins,
        ties=ties,
        losses=losses,
        win_rate=win_rate(rows, weighting=weighting, level=level) if enough else None,
    )
