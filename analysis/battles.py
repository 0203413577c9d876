"""Judgments among three checkpoints or more, coded for a leaderboard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.columns import Labelled
from analysis.reading import TableError
from analysis.tables import JudgmentTable
from analysis.variance import Floats

Codes = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Battles:
    """One row a judgment: codes of the checkpoint shown first and of the other, and the first one's half points.

    `ordered` is False where it is not known which was shown first; then no order effect can be told.
    """

    checkpoints: tuple[str, ...]
    first: Codes
    second: Codes
    points: NDArray[np.int8]
    prompt: Codes
    rater: Codes
    ordered: bool
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.first)

    @classmethod
    def of(
        cls,
        first: Sequence[str] | NDArray[np.generic],
        second: Sequence[str] | NDArray[np.generic],
        points: NDArray[np.integer],
        prompt: Sequence[object] | NDArray[np.generic],
        rater: Sequence[object] | NDArray[np.generic],
        *,
        ordered: bool = True,
    ) -> Battles:
        """From plain arrays, for large data: names or integers, and half points 2, 1, 0 of the first.

        Raises: TableError where points are others, or a checkpoint meets itself.
        """
        import pandas as pd

        n = len(first)
        codes, names = pd.factorize(np.concatenate([np.asarray(first), np.asarray(second)]), sort=True)
        if n and not 0 <= int(np.min(points)) <= int(np.max(points)) <= 2:
            raise TableError("points are half points of the first checkpoint: 0, 1 or 2")
        battles = cls(
            checkpoints=tuple(map(str, names.tolist())),
            first=codes[:n],
            second=codes[n:],
            points=np.asarray(points, np.int8),
            prompt=_dense(prompt),
            rater=_dense(rater),
            ordered=ordered,
        )
        return battles.checked()

    def checked(self) -> Battles:
        """Raises: TableError on fewer than two prompts or raters, or a checkpoint that meets itself."""
        itself = np.flatnonzero(self.first == self.second)
        if itself.size:
            name = self.checkpoints[self.first[itself[0]]]
            raise TableError(f"row {itself[0] + 1}: {name!r} is compared with itself")
        if not len(self) or self.prompt.max() < 1:
            raise TableError("a leaderboard needs two prompts or more")
        return self

    def counts(self) -> Floats:
        """[first, second, points of first]: how often."""
        M = len(self.checkpoints)
        cell = (self.first * M + self.second) * 3 + self.points
        return np.bincount(cell, minlength=M * M * 3).reshape(M, M, 3).astype(np.float64)


def battles_of(table: JudgmentTable) -> Battles:
    """The table's rows as battles, first where the side says left.

    Raises: TableError where candidate and baseline are not named, or there are fewer than three checkpoints.
    """
    if table.candidate is None or table.baseline is None:
        raise TableError("a leaderboard needs the columns candidate and baseline")
    names = Labelled.of(table.candidate.values() + table.baseline.values())
    if len(names) < 3:
        raise TableError(
            f"{len(names)} checkpoints: a leaderboard needs three or more; win-rate compares two"
        )
    n = len(table)
    side = np.zeros(n, np.int8) if table.side is None else table.side
    ordered = bool(np.all(side != 0))
    swap = side == -1 if ordered else np.zeros(n, np.bool_)
    candidate, baseline = names.codes[:n], names.codes[n:]
    unknown = () if ordered else ("sides are not all known: the order effect is left out",)
    return Battles(
        checkpoints=names.labels,
        first=np.where(swap, baseline, candidate),
        second=np.where(swap, candidate, baseline),
        points=np.where(swap, 2 - table.points, table.points).astype(np.int8),
        prompt=table.prompt.codes.astype(np.intp),
        rater=table.rater.codes.astype(np.intp),
        ordered=ordered,
        notes=(*table.notes, *unknown),
    ).checked()


def _dense(labels: Sequence[object] | NDArray[np.generic]) -> Codes:
    """Codes from 0 without gaps; integers that are dense already are taken as they are."""
    import pandas as pd

    values = np.asarray(labels)
    if np.issubdtype(values.dtype, np.integer) and _without_gaps(values):
        return values.astype(np.intp, copy=False)
    return pd.factorize(values, sort=True)[0].astype(np.intp, copy=False)


def _without_gaps(codes: NDArray[np.generic]) -> bool:
    if not codes.size or int(codes.min()) != 0 or int(codes.max()) >= codes.size:
        return False
    return bool(np.all(np.bincount(codes.astype(np.intp))))
