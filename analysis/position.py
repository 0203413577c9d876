"""How much the side on which a response stands moves the judgments, and the win rate without it."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.columns import Labelled
from analysis.differences import Difference
from analysis.estimates import Estimate, Weighting
from analysis.linear import Linear, mean, rater_notes, row_weights, weighted_mean
from analysis.proportions import Interval, checked_level
from analysis.record import Record, facts
from analysis.tables import JudgmentTable, TableError, one_pair
from analysis.variance import Floats

BALANCED_LEFT = Interval(0.45, 0.55)
FEWEST_ON_A_SIDE = 20


@dataclass(frozen=True)
class PositionBias(Record):
    """`bias` is the mean outcome of the response shown on the left, less one half; positive favours the left.

    `left` and `right` are the candidate's win rates where it stood there; `balanced` is their average. `n` counts
    the judgments whose side is known, `left_out` the others.
    """

    bias: Difference
    left: Estimate
    right: Estimate
    balanced: Estimate
    weighting: Weighting
    left_share: float
    n_left: int
    n_right: int
    left_out: int
    notes: tuple[str, ...]
    data_digest: str

    def to_dict(self) -> dict[str, object]:
        """For JSON, with the bias's own numbers in front."""
        return asdict(self.bias) | asdict(self)


def position_bias(
    table: JudgmentTable, *, weighting: Weighting = "prompts", level: float = 0.95
) -> PositionBias:
    """Estimates the side bias over the judgments whose side is known.

    Raises: TableError where no side is known, or the candidate did not stand on both sides in two prompts each.
    Source: docs/statistics.md, "Position bias".
    """
    checked_level(level)
    one_pair(table)
    refuse_one_side(table)
    known = table.rows(_sides(table) != 0)
    left, right = (_order_mean(known, weighting, side).share(weighting, level) for side in (1, -1))
    side, y = _sides(known), known.points / 2
    weights = row_weights(known.prompt, weighting)
    bias = mean(np.where(side == 1, y, 1 - y), weights, known.prompt, known.rater)
    return PositionBias(
        **facts(known),
        bias=bias.difference(level, against=0.5),
        left=left,
        right=right,
        balanced=balanced_mean(y, weights, side, known.prompt, known.rater).share(weighting, level),
        weighting=weighting,
        left_share=float(np.mean(side == 1)),
        n_left=int(np.count_nonzero(side == 1)),
        n_right=int(np.count_nonzero(side == -1)),
        left_out=len(table) - len(known),
        notes=(*table.notes, *rater_notes(bias)),
        data_digest=table.digest,
    )


def balanced_mean(
    y: Floats, weights: Floats, side: NDArray[np.int8], prompt: Labelled, rater: Labelled
) -> Linear:
    """The average of the two order means: each side's judgments are given half of the weight.

    Args: side: 1 or -1 in every row, both present.
    Source: docs/statistics.md, "Position bias".
    """
    left = side == 1
    whole = np.where(left, weights / weights[left].sum(), weights / weights[~left].sum())
    on_left, on_right = (weighted_mean(y[rows], whole[rows]) for rows in (left, ~left))
    influence = whole / 2 * (y - np.where(left, on_left, on_right))
    return Linear((on_left + on_right) / 2, influence, whole / 2, prompt, rater)


def refuse_one_sided_design(table: JudgmentTable) -> None:
    """Raises: TableError where every known side of a single pair is the same; without sides it is taken as it is."""
    if len(table.pairs) == 1 and left_share(table)[0]:
        refuse_one_side(table)


def refuse_one_side(table: JudgmentTable) -> None:
    """Raises: TableError where every side that is known is the same, or none is known."""
    known, left = left_share(table)
    if left is None:
        raise TableError("column side: no side is known; left or right is needed to tell the side's bias")
    if len(table) > 1 and left in (0, 1):
        stood = "left" if left else "right"
        rows = "every row" if known == len(table) else f"all {known} rows whose side is known"
        raise TableError(
            f"column side: {_named(table)} stood {stood} in {rows} (a one-sided design): "
            "its win rate cannot be told from the raters' side bias; show each response on both sides"
        )


def _named(table: JudgmentTable) -> str:
    return f"{table.pairs[0][0]!r}" if len(table.pairs) == 1 and table.pairs[0][0] else "the candidate"


def left_share(table: JudgmentTable) -> tuple[int, float | None]:
    """Judgments whose side is known, and the share of them in which the candidate stood left."""
    if table.side is None or not (known := int(np.count_nonzero(table.side))):
        return 0, None
    return known, int(np.count_nonzero(table.side == 1)) / known


def needs_balance(table: JudgmentTable) -> bool:
    """Whether the headline averages the orders: left outside 45-55 %, all sides known, 20 prompts on each.

    With fewer on a side, how much their mean may err could not be told from them.
    """
    known, share = left_share(table)
    if share is None or known < len(table) or share in BALANCED_LEFT:
        return False
    prompts = (len(np.unique(table.prompt.codes[_sides(table) == side])) for side in (1, -1))
    return min(prompts) >= FEWEST_ON_A_SIDE


def _order_mean(table: JudgmentTable, weighting: Weighting, side: int) -> Linear:
    chosen = table.rows(_sides(table) == side)
    if len(chosen.prompt) < 2:
        where = "left" if side == 1 else "right"
        raise TableError(
            f"column side: the candidate stood {where} in one prompt only; two or more are needed"
        )
    return mean(chosen.points / 2, row_weights(chosen.prompt, weighting), chosen.prompt, chosen.rater)


def _sides(table: JudgmentTable) -> NDArray[np.int8]:
    return np.zeros(len(table), np.int8) if table.side is None else table.side
