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
from analysis.variance import Floats, without_each

BALANCED_LEFT = Interval(0.45, 0.55)
FEWEST_ON_A_SIDE = 20


@dataclass(frozen=True)
class PositionBias(Record):
    """`bias` is half of `left` - `right`, the candidate's win rates by side: by how much standing left moves a
    judgment. Positive favours the left, whoever stood there and however often. `balanced` is half of their sum.

    `n` counts the judgments whose side is known, `left_out` the others.
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
    Source: Cochran (1977), section 5A; docs/statistics.md, "Position bias".
    """
    checked_level(level)
    one_pair(table)
    refuse_one_side(table)
    known = table.rows(_sides(table) != 0)
    side, y = _sides(known), known.points / 2
    orders = Orders.of(y, row_weights(known.prompt, weighting), side, known.prompt, known.rater)
    _two_prompts_on_each_side(known)
    bias = orders.bias
    left, right = (one.share(weighting, level) for one in (orders.left, orders.right))
    return PositionBias(
        **facts(known),
        bias=bias.difference(level),
        left=left,
        right=right,
        balanced=orders.balanced.share(weighting, level),
        weighting=weighting,
        left_share=float(np.mean(side == 1)),
        n_left=int(np.count_nonzero(side == 1)),
        n_right=int(np.count_nonzero(side == -1)),
        left_out=len(table) - len(known),
        notes=(*table.notes, *rater_notes(bias)),
        data_digest=table.digest,
    )


@dataclass(frozen=True, eq=False)
class Orders:
    """The candidate's mean outcome where it stood left and where it stood right, of the same prompts and raters.

    A judgment keeps its weight, rescaled so that those of each side sum to one; so both means, their average and
    their difference rest on one weighting.
    Source: Cochran (1977), section 5A; docs/statistics.md, "Position bias".
    """

    y: Floats
    weights: Floats
    on_left: NDArray[np.bool_]
    prompt: Labelled
    rater: Labelled

    @classmethod
    def of(
        cls, y: Floats, weights: Floats, side: NDArray[np.int8], prompt: Labelled, rater: Labelled
    ) -> Orders:
        """Args: side: 1 or -1 in every row, both present."""
        left = side == 1
        rescaled = np.where(left, weights / weights[left].sum(), weights / weights[~left].sum())
        return cls(y, rescaled, left, prompt, rater)

    @property
    def left(self) -> Linear:
        return self._of_rows(self.on_left)

    @property
    def right(self) -> Linear:
        return self._of_rows(~self.on_left)

    @property
    def balanced(self) -> Linear:
        """Half of left + right."""
        return self._halves(1.0)

    @property
    def bias(self) -> Linear:
        """Half of left - right."""
        return self._halves(-1.0)

    def _of_rows(self, rows: NDArray[np.bool_]) -> Linear:
        at = np.flatnonzero(rows)
        return mean(self.y[at], self.weights[at], self.prompt.taken(at), self.rater.taken(at))

    def _halves(self, of_right: float) -> Linear:
        parts = [(sign / 2, rows) for sign, rows in ((1.0, self.on_left), (of_right, ~self.on_left))]
        value, influence, left_out = 0.0, np.zeros(len(self.y)), np.zeros(len(self.rater))
        for factor, rows in parts:
            middle = weighted_mean(self.y[rows], self.weights[rows])
            own = np.where(rows, self.weights, 0.0)
            moved = own * (self.y - middle)
            value += factor * middle
            influence += factor * moved
            left_out += factor * without_each(moved, own, self.rater)
        return Linear(value, influence, self.weights / 2, self.prompt, self.rater, left_out)


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
    return min(_prompts_on(table, side) for side in (1, -1)) >= FEWEST_ON_A_SIDE


def _two_prompts_on_each_side(table: JudgmentTable) -> None:
    for name, side in (("left", 1), ("right", -1)):
        if _prompts_on(table, side) < 2:
            raise TableError(
                f"column side: the candidate stood {name} in one prompt only; two or more are needed"
            )


def _prompts_on(table: JudgmentTable, side: int) -> int:
    """How many prompts were judged with the candidate on this side."""
    return int(np.count_nonzero(np.bincount(table.prompt.codes[_sides(table) == side])))


def _sides(table: JudgmentTable) -> NDArray[np.int8]:
    return np.zeros(len(table), np.int8) if table.side is None else table.side
