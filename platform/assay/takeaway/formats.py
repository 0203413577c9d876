"""How rows become a file: JSONL, CSV that no spreadsheet runs, Parquet; plain or gzipped. Equal rows, equal bytes."""

import csv
import gzip
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, BinaryIO, cast

from assay.takeaway.source import Row
from promptsets.exporting import formula_safe

ROWS_A_GROUP = 2_000  # of Parquet, and at most so many rows in memory
CONTENT_TYPES = {
    "jsonl": "application/jsonl; charset=utf-8",
    "csv": "text/csv; charset=utf-8; header=present",
    "parquet": "application/vnd.apache.parquet",
    "json": "application/json; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "gz": "application/gzip",
}
Columns = Mapping[str, str]


def content_type(name: str) -> str:
    """Of a file whose name ends so."""
    return CONTENT_TYPES[name.rpartition(".")[2]]


def write(out: BinaryIO, name: str, rows: Iterable[Row], columns: Columns) -> None:
    """Writes the rows in the format of that name, such as csv.gz. Parquet needs pyarrow."""
    plain = name.removesuffix(".gz")
    if plain == "parquet":
        write_parquet(out, rows, columns)
    else:
        write_pieces(out, name, LINES[plain](rows, columns))


def write_pieces(out: BinaryIO, name: str, pieces: Iterable[bytes]) -> None:
    """Writes what is bytes already, gzipped if the name says so; no time and no name go into the gzip header."""
    if not name.endswith(".gz"):
        for piece in pieces:
            out.write(piece)
        return
    with gzip.GzipFile(filename="", mode="wb", fileobj=out, mtime=0) as zipped:
        for piece in pieces:
            zipped.write(piece)


def jsonl(rows: Iterable[Row], columns: Columns) -> Iterator[bytes]:
    """One object a line, UTF-8 without a mark at its head, LF alone between lines."""
    for row in rows:
        yield json.dumps(row, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode() + b"\n"


def csv_lines(rows: Iterable[Row], columns: Columns) -> Iterator[bytes]:
    """A header, then a record a row, as RFC 4180 has it. Text that a spreadsheet would run gets an apostrophe."""
    yield record(columns)
    for row in rows:
        yield record(cell(row, name, kind) for name, kind in columns.items())


LINES: dict[str, Callable[[Iterable[Row], Columns], Iterator[bytes]]] = {"jsonl": jsonl, "csv": csv_lines}


def record(cells: Iterable[Any]) -> bytes:
    line = io.StringIO()
    csv.writer(line).writerow([formula_safe(one) if isinstance(one, str) else one for one in cells])
    return line.getvalue().encode()


def cell(row: Row, name: str, kind: str) -> Any:
    """The value under a name such as acceptable.left; what is a list or an object, as JSON text."""
    value: Any = row
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    if value is None or kind not in ("json", "bool"):
        return value
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def write_parquet(out: BinaryIO, rows: Iterable[Row], columns: Columns) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    messages = pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))
    types = {"string": pa.string(), "json": pa.string(), "int": pa.int64(), "bool": pa.bool_()}
    schema = pa.schema([(name, (types | {"messages": messages})[kind]) for name, kind in columns.items()])
    with pq.ParquetWriter(out, schema, compression="zstd") as writer:
        for group in groups(rows):
            cells = {name: [as_stored(row, name, kind) for row in group] for name, kind in columns.items()}
            writer.write_table(pa.table(cells, schema=schema))


def as_stored(row: Row, name: str, kind: str) -> Any:
    value = cell(row, name, kind)
    return value == "true" if kind == "bool" and value is not None else value


def groups(rows: Iterable[Row]) -> Iterator[list[Row]]:
    group: list[Row] = []
    for row in rows:
        group.append(row)
        if len(group) == ROWS_A_GROUP:
            yield group
            group = []
    if group:
        yield group


def opened(path: Any) -> BinaryIO:
    """A file of ours to read, gzipped or not."""
    return cast(BinaryIO, gzip.open(path, "rb") if str(path).endswith(".gz") else open(path, "rb"))  # noqa: PTH123
