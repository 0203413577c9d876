"""Judgments among three checkpoints or more, coded for a leaderboard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from analysis.columns import Labelled
from analysis.reading import TableError
from analysis.tables import JudgmentTable
from analysis.variance import Floats

if TYPE_CHECKING:
    import pandas as pd

Codes = NDArray[np.intp]
Column: TypeAlias = "Sequence[object] | NDArray[np.generic] | pd.Series[Any]"


@dataclass(frozen=True, eq=False)
class Battles:
    """One row a judgment: codes of the checkpoint shown first and of the other, and the first one's half points.

    `ordered` is False where it is not known which was shown first; then no order effect can be told.
    `covariates` are differences, the first one's less the other's.
    """

    checkpoints: tuple[str, ...]
    first: Codes
    second: Codes
    points: NDArray[np.int8]
    prompt: Codes
    rater: Codes
    ordered: bool
    covariates: Mapping[str, Floats] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.first)

    @classmethod
    def of(
        cls,
        first: Column,
        second: Column,
        points: NDArray[np.integer],
        prompt: Column,
        rater: Column,
        *,
        ordered: bool = True,
    ) -> Battles:
        """From plain arrays or pandas columns, for large data: names or integers, and half points 2, 1, 0 of the first.

        Their order changes no digit of a leaderboard (sandwich.py).
        Raises: TableError where points are others, columns differ in length, or a checkpoint meets itself.
        """
        n = len(first)
        lengths = [len(column) for column in (first, second, points, prompt, rater)]
        if set(lengths) != {n}:
            raise TableError(f"columns differ in length: {', '.join(map(str, lengths))}")
        names, codes = _named(first, second)
        if n and not 0 <= int(np.min(points)) <= int(np.max(points)) <= 2:
            raise TableError("points are half points of the first checkpoint: 0, 1 or 2")
        battles = cls(
            checkpoints=tuple(map(str, names)),
            first=codes[0],
            second=codes[1],
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
        if not len(self) or self.prompts < 2:
            raise TableError("a leaderboard needs two prompts or more")
        return self

    @cached_property
    def prompts(self) -> int:
        return int(self.prompt.max()) + 1

    @cached_property
    def raters(self) -> int:
        return int(self.rater.max()) + 1

    @cached_property
    def cells(self) -> Codes:
        """Which pair, in this order, with which outcome: the place of each row in `counts`, laid out flat."""
        return (self.first * len(self.checkpoints) + self.second) * 3 + self.points

    @cached_property
    def counts(self) -> Floats:
        """[first, second, points of first]: how often."""
        M = len(self.checkpoints)
        return np.bincount(self.cells, minlength=M * M * 3).reshape(M, M, 3).astype(np.float64)


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
        covariates={name: np.where(swap, -x, x) for name, x in table.covariates.items()},
        notes=(*table.notes, *unknown),
    ).checked()


def _named(*columns: Column) -> tuple[list[str], list[Codes]]:
    """The names of all columns, sorted, and each column's codes into them."""
    with ThreadPoolExecutor(len(columns)) as together:  # strings are coded outside Python's lock
        found = list(together.map(_factorized, columns))
    names = sorted({name for _, own in found for name in own})
    place = {name: code for code, name in enumerate(names)}
    return names, [np.array([place[name] for name in own], np.intp)[codes] for codes, own in found]


def _dense(column: Column) -> Codes:
    """Codes from 0 without gaps, in the order of the labels; integers that are such codes are taken as they are."""
    if isinstance(column, np.ndarray) and np.issubdtype(column.dtype, np.integer) and _without_gaps(column):
        return column.astype(np.intp, copy=False)
    codes, labels = _factorized(column)
    rank = np.empty(len(labels), np.intp)
    rank[sorted(range(len(labels)), key=labels.__getitem__)] = np.arange(len(labels))
    return rank[codes]


def _factorized(column: Column) -> tuple[Codes, list[Any]]:
    """Codes, and the labels as they came; a pandas column is coded in its own storage, faster than as objects."""
    import pandas as pd

    codes, labels = pd.factorize(column if isinstance(column, pd.Series) else np.asarray(column))
    return codes, labels.tolist()


def _without_gaps(codes: NDArray[np.generic]) -> bool:
    if not codes.size or int(codes.min()) != 0 or int(codes.max()) >= codes.size:
        return False
    return bool(np.all(np.bincount(codes.astype(np.intp))))
