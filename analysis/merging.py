"""Judgment tables of several studies as one, each pair of checkpoints in one order whichever was the candidate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from analysis.columns import Labelled
from analysis.tables import JudgmentTable, TableError

Names = Mapping[str, str]


def merged(tables: Sequence[tuple[JudgmentTable, Names]]) -> JudgmentTable:
    """One table of all these judgments, earliest study first.

    Args: tables: each with what its checkpoints are called in the whole, so that one checkpoint has one name.
    What a rater said of one prompt and pair in several studies counts once, as said in the latest; what compares a
    checkpoint with itself is left out. Both are noted.  Raises: TableError where nothing is left to merge.
    """
    turned = [_one_order(table, names) for table, names in tables]
    if not any(map(len, turned)):
        raise TableError("no judgment compares two checkpoints")
    whole = _stacked([table for table in turned if len(table)])
    kept = _latest(whole)
    notes = []
    if again := len(whole) - len(kept):
        notes.append(f"{again} judgments stand in several studies, and count once")
    if alone := sum(len(table) for table, _ in tables) - len(whole):
        notes.append(f"{alone} judgments compare a checkpoint with itself, and are left out")
    result = replace(whole.taken(kept), notes=tuple(notes))
    if len(result.prompt) < 2:
        raise TableError("only one prompt is judged; two or more are needed")
    return result


def _one_order(table: JudgmentTable, names: Names) -> JudgmentTable:
    """The table under the names of the whole, the candidate the one whose name comes first."""
    if table.candidate is None or table.baseline is None:
        raise TableError("tables are merged by the columns candidate and baseline")
    candidate, baseline = _renamed(table.candidate, names), _renamed(table.baseline, names)
    both = Labelled.of(candidate + baseline)
    n = len(table)
    first, second = both.codes[:n], both.codes[n:]
    swap = first > second
    result = replace(
        table,
        candidate=Labelled(np.where(swap, second, first), both.labels),
        baseline=Labelled(np.where(swap, first, second), both.labels),
        points=np.where(swap, 2 - table.points, table.points).astype(np.int8),
        side=None if table.side is None else np.where(swap, -table.side, table.side).astype(np.int8),
        both_bad=None,
        covariates={},
    )
    return result.rows(first != second)


def _renamed(column: Labelled, names: Names) -> list[str]:
    """Labels are few and rows are many: each label is looked up once."""
    called = [names[label] for label in column.labels]
    return [called[code] for code in column.codes.tolist()]


def _stacked(tables: Sequence[JudgmentTable]) -> JudgmentTable:
    known = [np.zeros(len(table), np.int8) if table.side is None else table.side for table in tables]
    return JudgmentTable(
        prompt=_joined([table.prompt for table in tables]),
        rater=_joined([table.rater for table in tables]),
        points=np.concatenate([table.points for table in tables]),
        side=np.concatenate(known),
        candidate=_joined([table.candidate for table in tables if table.candidate]),
        baseline=_joined([table.baseline for table in tables if table.baseline]),
    )


def _joined(columns: Sequence[Labelled]) -> Labelled:
    labels = Labelled.of([label for column in columns for label in column.labels])
    starts = np.cumsum([0, *(len(column) for column in columns[:-1])])
    codes = [
        labels.codes[start + column.codes] for start, column in zip(starts.tolist(), columns, strict=True)
    ]
    return Labelled(np.concatenate(codes), labels.labels)


def _latest(table: JudgmentTable) -> NDArray[np.intp]:
    """The rows to keep, in the fixed order of a table: the last of each prompt, rater and pair."""
    assert table.candidate is not None and table.baseline is not None
    keys = [column.codes for column in (table.prompt, table.rater, table.candidate, table.baseline)]
    order = np.lexsort([np.arange(len(table)), *reversed(keys)])
    following = np.ones(len(table) - 1, np.bool_)
    for key in keys:
        following &= key[order[1:]] == key[order[:-1]]
    return np.asarray(order[np.append(~following, True)], np.intp)
