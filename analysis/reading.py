"""Rows of a CSV file, a JSONL file, a pandas frame or plain columns, as text under our column names."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    import pandas as pd

SHORT = {"prompt_id": "prompt", "rater_id": "rater"}

# What str() makes of the missing values of Python, NumPy and pandas.
MISSING = frozenset({"None", "nan", "NaT", "<NA>"})


class TableError(ValueError):
    """A judgment table cannot be used; the message says where, what, and what would be right."""


@dataclass(frozen=True)
class Schema:
    """The columns a table must have, and those it may have; "prompt" and "rater" stand for their ids."""

    required: tuple[str, ...]
    optional: tuple[str, ...]

    @property
    def known(self) -> tuple[str, ...]:
        return self.required + self.optional

    def with_required(self, names: Sequence[str]) -> Schema:
        """This schema where these columns must be there too."""
        return Schema((*self.required, *names), self.optional)

    @property
    def renames(self) -> dict[str, str]:
        """What a caller may call each column -> its name."""
        return {name: name for name in self.known} | {
            SHORT[name]: name for name in self.known if name in SHORT
        }


JUDGMENTS = Schema(
    ("prompt_id", "rater_id", "outcome"),
    ("side", "candidate", "baseline", "category", "shown_at", "active_ms", "both_bad"),
)


@dataclass(frozen=True)
class RawTable:
    """The columns we know, as text; an empty text is a missing value."""

    columns: Mapping[str, Sequence[str]]
    lines: Sequence[int] | None = None  # line of the file on which each row ends

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def place(self, row: int) -> str:
        """Where row `row` (from 0) stands, in the words of an error message (from 1)."""
        return f"row {row + 1}" + (f" (line {self.lines[row]})" if self.lines else "")

    def error(self, row: int, column: str, problem: str) -> TableError:
        return TableError(f"{self.place(row)}, column {column}: {problem}")


def read_raw(
    source: str | Path | pd.DataFrame | Mapping[str, Sequence[object]],
    columns: Mapping[str, str] | None = None,
    schema: Schema = JUDGMENTS,
) -> RawTable:
    """Reads the columns we know; `columns` maps our names (or prompt, rater) to the source's."""
    if isinstance(source, str | Path):
        path = Path(source)
        if path.suffix == ".csv":
            return _csv(path, columns or {}, schema)
        if path.suffix in (".jsonl", ".ndjson"):
            return _jsonl(path, columns or {}, schema)
        if path.suffix != ".parquet":
            known = ".csv, .jsonl or .parquet"
            raise TableError(f"{path}: judgments are read from {known} files, not {path.suffix or 'this'}")
        source = _parquet(path)
    found = _found([str(name) for name in source], columns or {}, schema)
    chosen = {ours: [_text(cell) for cell in _cells(source[theirs])] for ours, theirs in found.items()}
    if len({len(cells) for cells in chosen.values()}) > 1:
        raise TableError(f"columns differ in length: { ({name: len(c) for name, c in chosen.items()}) }")
    return RawTable(chosen)


def _found(header: Sequence[str], columns: Mapping[str, str], schema: Schema) -> dict[str, str]:
    """Our column name -> the source's, for every column that is there."""
    renames = schema.renames
    unknown = sorted(set(columns) - set(renames))
    if unknown:
        raise TableError(f"columns: {unknown[0]!r} is not one of {', '.join(sorted(renames))}")
    asked = {renames[ours]: theirs for ours, theirs in columns.items()}
    found = {name: name for name in schema.known if name in header} | asked
    for ours in [*schema.required, *asked]:
        theirs = asked.get(ours, ours)
        if theirs not in header:
            wanted = f"column {theirs!r}" + (f" (asked for as {ours})" if theirs != ours else "")
            raise TableError(f"{wanted} is missing; the table has: {', '.join(header)}")
        if list(header).count(theirs) > 1:
            raise TableError(f"column {theirs!r} stands twice in the header")
    return found


def _csv(path: Path, columns: Mapping[str, str], schema: Schema) -> RawTable:
    with _opened(path) as file:
        rows = csv.reader(file, strict=True)
        try:
            header = next(rows, None)
            if header is None:
                raise TableError(f"{path}: the file is empty; a header line is needed")
            found = _found(header, columns, schema)
            numbered = [(rows.line_num, row) for row in rows if row]
        except (csv.Error, UnicodeDecodeError) as error:
            raise TableError(f"{path}: not a CSV file in UTF-8: line {rows.line_num + 1}: {error}") from error
    for row, (line, cells) in enumerate(numbered):
        if len(cells) != len(header):
            raise TableError(f"row {row + 1} (line {line}): {len(cells)} cells under {len(header)} columns")
    chosen = {}
    for ours, theirs in found.items():
        at = header.index(theirs)
        chosen[ours] = [cells[at] for _, cells in numbered]
    return RawTable(chosen, [line for line, _ in numbered])


def _jsonl(path: Path, columns: Mapping[str, str], schema: Schema) -> RawTable:
    lines: list[int] = []
    rows: list[dict[str, object]] = []
    with _opened(path) as file:
        for line, row in _objects(file, path):
            lines.append(line)
            rows.append(row)
    if not rows:
        raise TableError(f"{path}: the file is empty; a JSON object in each line is needed")
    header = list(dict.fromkeys(name for row in rows for name in row))
    found = _found(header, columns, schema)
    return RawTable({ours: [_text(row.get(theirs)) for row in rows] for ours, theirs in found.items()}, lines)


def _objects(file: Iterable[str], path: Path) -> Iterator[tuple[int, dict[str, object]]]:
    line = 0
    try:
        for line, text in enumerate(file, start=1):
            if not text.strip():
                continue
            row = json.loads(text)
            if not isinstance(row, dict):
                raise TableError(f"{path}: line {line}: a JSON object is needed, not {text.strip()[:40]}")
            yield line, row
    except json.JSONDecodeError as error:
        raise TableError(f"{path}: line {line} is not JSON: {error}") from error
    except UnicodeDecodeError as error:
        raise TableError(f"{path}: line {line + 1} is not UTF-8: {error}") from error


def _parquet(path: Path) -> pd.DataFrame:
    import pandas as pd

    try:
        return pd.read_parquet(path, engine="pyarrow")
    except ImportError as error:
        raise TableError(f"{path}: Parquet needs pyarrow: pip install pyarrow, or convert to .csv") from error
    except (OSError, ValueError) as error:  # ArrowInvalid is a ValueError
        raise TableError(f"{path}: cannot be read as Parquet: {error}") from error


def _opened(path: Path) -> TextIO:
    try:
        return path.open(encoding="utf-8-sig", newline="")
    except OSError as error:
        raise TableError(f"{path}: cannot be read: {error.strerror}") from error


def _cells(column: object) -> Iterable[object]:
    return column.tolist() if hasattr(column, "tolist") else column  # type: ignore[return-value]


def _text(cell: object) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, dict | list):
        raise TableError(f"a cell holds {type(cell).__name__} {str(cell)[:40]}; text or a number is needed")
    text = str(cell)
    return "" if text in MISSING else text
