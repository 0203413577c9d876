"""What must be said beside an estimate: few raters, lopsided raters, sides that were not balanced."""

from __future__ import annotations

from analysis.linear import Linear
from analysis.position import BALANCED_LEFT, left_share, needs_balance
from analysis.tables import JudgmentTable
from analysis.wording import counted


def rater_notes(estimate: Linear) -> list[str]:
    """Where the variance is not the plain two-way one: fewer than five raters, or a few who did most."""
    notes, raters = [], len(estimate.rater)
    if not estimate.new_raters:
        notes.append(
            f"{counted(raters, 'rater')}: rater sampling not estimable; "
            "the interval holds for new prompts and these raters"
        )
    if estimate.variance.lopsided:
        notes.append(
            f"few raters did most: {raters} raters count as {estimate.effective_raters:.1f}; "
            "the interval is by the leave-one-rater-out jackknife"
        )
    return notes


def side_notes(table: JudgmentTable) -> list[str]:
    """Where the candidate did not stand about as often on the left as on the right."""
    left = left_share(table)[1]
    if left is None or left in BALANCED_LEFT:
        return []
    stood = f"the candidate stood left in {left:.1%}"
    if needs_balance(table):
        return [f"{stood}: the value averages its win rates on the left and on the right"]
    return [f"{stood}: the win rate carries the raters' side bias"]
