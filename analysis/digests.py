"""One fingerprint of what a table says, whatever the order of its rows and the types that its cells came in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.columns import Labelled

Column = Labelled | NDArray[np.generic]


def digest(columns: Mapping[str, Column | None], keys: Sequence[str]) -> str:
    """SHA-256 over a header line and the columns as bytes; docs/statistics.md has the format.

    Args: columns: name -> names, small integers, times (microseconds) or numbers; None is a column that is not
        there.  keys: the columns that no two rows share all of, and by which the rows are put in order.
    """
    present = {name: _plain(column) for name, column in columns.items() if column is not None}
    rows = len(_cells(present[keys[0]]))
    head = {"rows": rows, "columns": [[name, *_kind(column)] for name, column in present.items()]}
    hashed = hashlib.sha256(json.dumps(head, separators=(",", ":")).encode() + b"\n")
    order = _order(present, keys)
    for column in present.values():
        for part in _parts(column, order):
            hashed.update(part)
    return hashed.hexdigest()


def _plain(column: Column) -> Column:
    """Names that each are in use; times as integers; one NaN and one zero among numbers."""
    if isinstance(column, Labelled):
        used = len(column) == 0 or column.counts().all()
        return column if used else column.taken(np.arange(len(column.codes)))
    if column.dtype.kind == "M":
        return column.astype("datetime64[us]").view("<i8")
    if column.dtype.kind == "f":
        numbers = column.astype("<f8") + 0.0  # no -0.0
        numbers[np.isnan(numbers)] = np.nan
        return numbers
    return column.astype("<i1")


def _kind(column: Column) -> tuple[str] | tuple[str, int]:
    return ("names", len(column)) if isinstance(column, Labelled) else (column.dtype.str[1:],)


def _cells(column: Column) -> NDArray[Any]:
    return column.codes if isinstance(column, Labelled) else column


def _order(columns: Mapping[str, Column], keys: Sequence[str]) -> NDArray[np.intp] | None:
    """Of the rows by their keys, then by all else; None where they stand so already."""
    ordered = [_cells(columns[name]) for name in keys if name in columns]
    after, alike = (np.full(max(len(ordered[0]) - 1, 0), value) for value in (False, True))
    for key in ordered:
        after |= alike & (key[1:] > key[:-1])
        alike &= key[1:] == key[:-1]
    if after.all():
        return None
    others = [_cells(column) for name, column in columns.items() if name not in keys]
    return np.lexsort([*reversed(others), *reversed(ordered)])


def _parts(column: Column, order: NDArray[np.intp] | None) -> Iterator[bytes]:
    """Of names: the length of each in characters, their text, and the number of each row's name."""
    cells = _cells(column)
    if isinstance(column, Labelled):
        yield np.fromiter(map(len, column.labels), "<u4", len(column)).tobytes()
        yield "".join(column.labels).encode("utf-8", "surrogatepass")
        cells = cells.astype("<u4")
    yield np.ascontiguousarray(cells if order is None else cells[order]).tobytes()
