"""Text cells of one column, checked and coded as arrays; each function names the row it refuses."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from analysis.reading import RawTable

OUTCOMES = {"loss": 0, "tie": 1, "win": 2}  # in half points
SIDES = {"left": 1, "right": -1}
FLAGS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False, "": False}
NOT_A_NUMBER = frozenset({"nan", "NaN"})
T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Labelled:
    """A column of names: integer codes into `labels`, which are sorted and each in use."""

    codes: NDArray[np.intp]
    labels: tuple[str, ...]

    @classmethod
    def of(cls, values: Sequence[str]) -> Labelled:
        labels = tuple(sorted(set(values)))
        code = {label: index for index, label in enumerate(labels)}
        return cls(np.fromiter(map(code.__getitem__, values), np.intp, len(values)), labels)

    def __len__(self) -> int:
        return len(self.labels)

    def counts(self) -> NDArray[np.intp]:
        """Rows of each label."""
        return np.bincount(self.codes, minlength=len(self.labels))

    def values(self) -> list[str]:
        return [self.labels[code] for code in self.codes.tolist()]

    def taken(self, rows: NDArray[np.intp]) -> Labelled:
        """These rows, in this order, with labels that no row uses dropped."""
        codes = self.codes[rows]
        is_used = np.bincount(codes, minlength=len(self.labels)) > 0
        if is_used.all():
            return Labelled(codes, self.labels)
        place = (
            np.cumsum(is_used) - 1
        )  # counting, where sorting a million codes would take a tenth of a second
        return Labelled(place[codes], tuple(self.labels[code] for code in np.flatnonzero(is_used).tolist()))


def names(raw: RawTable, column: str, *, may_be_empty: bool = False) -> Labelled:
    """Identifiers such as prompts and raters; an empty one is refused unless `may_be_empty`."""
    coded = Labelled.of(raw.columns[column])
    for label in coded.labels:
        empty, no_name = not label.strip(), label in NOT_A_NUMBER
        if no_name or (empty and not may_be_empty):
            problem = f"is {label}" if no_name else "is empty"
            wanted = (
                "leave the cell empty where there is none"
                if may_be_empty
                else "a name is needed in every row"
            )
            raise raw.error(raw.columns[column].index(label), column, f"{problem}; {wanted}")
    return coded


def outcomes(raw: RawTable) -> NDArray[np.int8]:
    """Half points of the candidate: 2 win, 1 tie, 0 loss."""
    return np.array(parsed(raw, "outcome", OUTCOMES.__getitem__, "win, tie or loss"), np.int8)


def sides(raw: RawTable) -> NDArray[np.int8]:
    """Where the candidate stood: 1 left, -1 right, 0 not known."""
    return np.array(parsed(raw, "side", (SIDES | {"": 0}).__getitem__, "left, right or empty"), np.int8)


def choices(raw: RawTable, column: str, known: Mapping[str, int]) -> NDArray[np.int8]:
    """The number of each cell's word; a word that is not known is refused."""
    *others, last = [word or "empty" for word in known]
    wanted = f"{', '.join(others)} or {last}"
    return np.array(parsed(raw, column, lambda cell: known[cell.lower()], wanted), np.int8)


def flags(raw: RawTable, column: str) -> NDArray[np.bool_]:
    return np.array(parsed(raw, column, lambda cell: FLAGS[cell.lower()], "true or false"), np.bool_)


def numbers(raw: RawTable, column: str) -> NDArray[np.float64]:
    """Finite numbers; an empty cell or NaN is refused."""
    return np.array(parsed(raw, column, _finite, "a finite number"), np.float64)


def durations_ms(raw: RawTable) -> NDArray[np.float64]:
    """Milliseconds, NaN where not known."""
    return np.array(parsed(raw, "active_ms", _duration_ms, "a number of milliseconds from 0 up"), np.float64)


def times(raw: RawTable, column: str) -> NDArray[np.datetime64]:
    """ISO 8601 times in UTC, NaT where not known; with and without an offset in one column is refused."""
    cells = parsed(raw, column, _time, "an ISO 8601 time")
    zoned = [None if cell is None else cell.tzinfo is not None for cell in cells]
    known = [zone for zone in zoned if zone is not None]
    if len(set(known)) > 1:
        row = zoned.index(not known[0])
        raise raw.error(
            row, column, "times with and without an offset from UTC cannot be ordered; give all one"
        )
    utc = [cell if cell is None or cell.tzinfo is None else cell.astimezone(UTC) for cell in cells]
    return np.array([None if cell is None else cell.replace(tzinfo=None) for cell in utc], "datetime64[us]")


def parsed(raw: RawTable, column: str, parse: Callable[[str], T], wanted: str) -> list[T]:
    """`parse` of every cell, called once per distinct text."""
    cells = raw.columns[column]
    known: dict[str, T] = {}
    for cell in dict.fromkeys(cells):
        try:
            known[cell] = parse(cell)
        except (KeyError, ValueError) as error:
            shown = f"{cell!r} is not" if cell else "is empty, not"
            raise raw.error(cells.index(cell), column, f"{shown} {wanted}") from error
    return [known[cell] for cell in cells]


def number(cell: str) -> float:
    """As other software reads it: Python alone takes 1_000 for a number."""
    if "_" in cell:
        raise ValueError(cell)
    return float(cell)


def _duration_ms(cell: str) -> float:
    if not cell:
        return math.nan
    value = number(cell)
    if not 0 <= value < math.inf:
        raise ValueError(cell)
    return value


def _finite(cell: str) -> float:
    value = number(cell)
    if not math.isfinite(value):
        raise ValueError(cell)
    return value


def _time(cell: str) -> datetime | None:
    return datetime.fromisoformat(cell) if cell else None
