"""The fixed order of a judgment table, and what becomes of two judgments of the same thing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from analysis.reading import RawTable, TableError

if TYPE_CHECKING:
    from analysis.tables import JudgmentTable

Duplicates = Literal["refuse", "latest"]


def in_order(table: JudgmentTable, raw: RawTable, duplicates: Duplicates) -> JudgmentTable:
    """The table in its fixed order, one judgment for each prompt, rater and pair."""
    keys = [c.codes for c in (table.prompt, table.rater, table.candidate, table.baseline) if c is not None]
    times = [] if table.shown_at is None else [table.shown_at]
    order = np.lexsort([np.arange(len(table)), *times, *reversed(keys)])
    again = np.ones(len(table) - 1, np.bool_)  # a row with the keys of the row before
    for key in keys:
        again &= key[order[1:]] == key[order[:-1]]
    if not again.any():
        return table.taken(order)
    earlier, later = order[:-1][again], order[1:][again]
    if duplicates == "refuse":
        raise _duplicate_error(raw, earlier, later)
    if table.shown_at is not None:
        unknown = np.isnat(table.shown_at[np.concatenate([earlier, later])])
        if unknown.any():
            row = int(np.concatenate([earlier, later])[unknown].min())
            raise raw.error(row, "shown_at", "is empty, and the judgment is duplicated: which is the latest?")
        _refuse_equal_times(table, raw, earlier, later)
    by = "by row order, for want of shown_at" if table.shown_at is None else "by shown_at"
    note = f"{len(earlier)} earlier judgments gave way to a later one of the same prompt and rater ({by})"
    return replace(table.taken(np.append(order[:-1][~again], order[-1])), notes=(*table.notes, note))


def _refuse_equal_times(
    table: JudgmentTable, raw: RawTable, earlier: NDArray[np.intp], later: NDArray[np.intp]
) -> None:
    assert table.shown_at is not None
    columns = (table.points, table.side, table.active_ms, table.both_bad, *table.covariates.values())
    codes = () if table.category is None else (table.category.codes,)
    differ = np.zeros(len(later), np.bool_)
    for column in (*codes, *columns):
        if column is not None:
            differ |= _unlike(column[earlier], column[later])
    unclear = np.flatnonzero(differ & (table.shown_at[earlier] == table.shown_at[later]))
    if unclear.size:
        row, other = int(later[unclear[0]]), int(earlier[unclear[0]])
        problem = f"the same time as {raw.place(other)}, but another judgment: which is the latest?"
        raise raw.error(row, "shown_at", problem)


def _unlike(one: NDArray[np.generic], other: NDArray[np.generic]) -> NDArray[np.bool_]:
    """Where two columns differ; two unknown numbers (NaN) are alike."""
    return np.asarray((one != other) & ((one == one) | (other == other)), np.bool_)


def _duplicate_error(raw: RawTable, earlier: NDArray[np.intp], later: NDArray[np.intp]) -> TableError:
    first = int(np.argmin(np.maximum(earlier, later)))
    row, other = sorted((int(earlier[first]), int(later[first])), reverse=True)
    prompt, rater = raw.columns["prompt_id"][row], raw.columns["rater_id"][row]
    problem = f"prompt {prompt!r} and rater {rater!r} are judged in {raw.place(other)} already"
    more = f" ({len(earlier)} such rows)" if len(earlier) > 1 else ""
    return raw.error(
        row, "prompt_id, rater_id", f'{problem}{more}; duplicates="latest" keeps the last of each'
    )
