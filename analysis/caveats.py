"""What must be said beside an estimate of a table whose sides were not balanced."""

from __future__ import annotations

from analysis.position import BALANCED_LEFT, left_share, needs_balance
from analysis.tables import JudgmentTable


def side_notes(table: JudgmentTable, *, balances: bool = True) -> list[str]:
    """Where the candidate did not stand about as often on the left as on the right.

    Args: balances: whether the estimate averages both sides where the headline does.
    """
    left = left_share(table)[1]
    if left is None or left in BALANCED_LEFT:
        return []
    stood = f"the candidate stood left in {left:.1%}"
    if balances and needs_balance(table):
        return [f"{stood}: the value averages its win rates on the left and on the right"]
    return [f"{stood}: the win rate carries the raters' side bias"]
