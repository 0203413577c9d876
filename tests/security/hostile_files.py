"""Hostile files of prompts and responses: what each holds, with a part of the message that refuses it."""

import gzip
import io
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tests.security.corpus import DEEP, Hostile, pickled, zipped

MB = 1 << 20
PROMPT = b'{"id": "a", "kind": "instruction", "prompt": "'


def content(made: bytes) -> Callable[[Path], object]:
    return lambda file: file.write_bytes(made)


def packed(piece: bytes, size: int, start: bytes = b"") -> Callable[[Path], object]:
    """A gzip file that unfolds to about so many bytes of the piece, over and over."""

    def write(file: Path) -> None:
        with gzip.GzipFile(file, "wb", compresslevel=1) as packing:
            packing.write(start)
            block = piece * max(1, MB // len(piece))
            for _ in range(size // len(block)):
                packing.write(block)

    return write


def parquet(table: pa.Table, **options) -> bytes:
    stored = io.BytesIO()
    pq.write_table(table, stored, compression="zstd", **options)
    return stored.getvalue()


def named_often(rows: int) -> pa.Table:
    """One text of 20 MB, kept once and named by every row."""
    column = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), pa.array(["x" * 20 * MB]))
    return pa.table({"schema": ["prompt/1"] * rows, "prompt": column})


FILES = {
    "nothing": Hostile(content(b""), "is empty"),
    "a pickle": Hostile(lambda file: file.write_bytes(pickled(file, 4)), "not UTF-8"),
    "an old pickle": Hostile(lambda file: file.write_bytes(pickled(file, 0)), "in no known format"),
    "a zip": Hostile(content(zipped(b"x" * MB)), "is a ZIP archive"),
    "UTF-16": Hostile(content('{"prompt": "x"}'.encode("utf-16")), "is UTF-16"),
    "JSON that nests": Hostile(content(b'{"prompt": ' + DEEP), "nested too deeply"),
    "a list that nests": Hostile(content(DEEP), "nested too deeply"),
    "a number of many digits": Hostile(content(b'{"prompt": ' + b"9" * 100_000 + b"}"), "is not JSON"),
    "a gzip bomb of spaces": Hostile(packed(b" ", 2_000 * MB), "holds more than 64 MB"),
    "a gzip bomb of one text": Hostile(packed(b"x", 2_000 * MB, PROMPT), "holds more than 64 MB"),
    "a gzip file cut short": Hostile(content(gzip.compress(PROMPT * 999, mtime=0)[:-99]), "damaged gzip"),
    "a million records": Hostile(packed(b'{"schema":"prompt/1"}\n', 60 * MB), "500001 problems"),
    "a list of a million numbers": Hostile(packed(b"1,", 30 * MB, b"["), "values: split the file"),
    "a record of a million lists": Hostile(packed(b"[],", 60 * MB, b'{"prompt":['), "values: split the file"),
    "a field without end": Hostile(packed(b"x", 60 * MB, b'id,prompt\n1,"'), "unexpected end"),
    "a million columns": Hostile(packed(b"a,", 60 * MB), "names a column twice"),
    "a million rows": Hostile(packed(b"prompt/1,\n", 60 * MB, b"schema,id\n"), "500001 problems"),
    "nulls": Hostile(content(b"\0" * 9_999), "holds no prompt"),
    "Parquet cut short": Hostile(content(parquet(pa.table({"prompt": ["x"]}))[:-9]), "cannot be read"),
    "Parquet of a text named often": Hostile(content(parquet(named_often(5_000))), "of which the first 20"),
    "Parquet of equal texts": Hostile(
        content(parquet(pa.table({"prompt": ["x" * MB] * 500}), use_dictionary=False)), "holds more than"
    ),
}
