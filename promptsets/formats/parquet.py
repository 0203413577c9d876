"""Rows of a Parquet file, as plain values of Python. The file is hostile until read: bounded, nothing executed."""

import io
import json
import math
from collections.abc import Iterator
from typing import Any

from promptsets.formats.problems import BadRow, brief, shown

MOST_BYTES = (
    256 * 1024 * 1024
)  # of columns in memory: the format compresses well, so a small file may hide a large one
BATCH = 1000
# What a prompt declares beyond our columns goes out, and comes in again, as JSON in a column of this name.
EXTRA = "extra_json"


def parquet_rows(stored: bytes) -> Iterator[dict[str, Any]]:
    """Raises: BadRow if it is damaged, too large, or there is no pyarrow to read it with."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise BadRow(("", "is Parquet: install Assay with its extra `parquet` to read it")) from error
    try:
        yield from _rows(pq.ParquetFile(io.BytesIO(stored)))
    except (pa.ArrowException, OSError, ValueError) as error:
        reason = brief(str(error).partition("\n")[0])
        raise BadRow(("", f"is Parquet that cannot be read: {reason}")) from error


def _rows(file: Any) -> Iterator[dict[str, Any]]:
    size, names = 0, file.schema_arrow.names
    if len(set(names)) < len(names):
        raise BadRow(("", "names a column twice"))
    for batch in file.iter_batches(batch_size=_batch(file), use_threads=False):
        size += batch.nbytes
        if size > MOST_BYTES:
            raise _too_large()
        for row in batch.to_pylist():
            yield _with_extra({name: plain(value) for name, value in row.items()})


def _batch(file: Any) -> int:
    """How many rows may unfold at once: a value that is kept once and named by a thousand rows is a thousand in memory.

    Raises: BadRow if the file itself says that it holds too much.
    """
    # Of whole groups: asked for a column of a damaged group, pyarrow ends the process.
    groups = [
        file.metadata.row_group(number).total_byte_size for number in range(file.metadata.num_row_groups)
    ]
    if sum(groups) > MOST_BYTES:
        raise _too_large()
    return max(1, min(BATCH, MOST_BYTES // max([1, *groups])))


def _too_large() -> BadRow:
    return BadRow(("", f"holds more than {MOST_BYTES // 1024**2} MB: split it into several sets"))


def _with_extra(row: dict[str, Any]) -> dict[str, Any]:
    """The row as it was before it went out."""
    packed = row.pop(EXTRA, None)
    if packed is None:
        return row
    try:
        extra = json.loads(packed) if isinstance(packed, str) else packed
    except (ValueError, RecursionError):
        extra = None
    if not isinstance(extra, dict):
        raise BadRow((EXTRA, f"is {shown(packed)}, not an object in braces as JSON"))
    return row | extra


def plain(value: Any) -> Any:
    """A value that JSON can keep. Dates and decimals become texts, NaN no value; bytes are told of and left out."""
    if isinstance(value, dict):
        return {str(name): plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, bytes):
        return f"({len(value)} bytes, left out)"
    if isinstance(value, float) and math.isnan(value):
        return None  # how a table says that it has no value here
    return value if value is None or isinstance(value, str | bool | int | float) else str(value)
