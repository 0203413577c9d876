"""A file cut into records: JSON lines, a JSON list, CSV or Parquet. Field texts stay verbatim."""

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from promptsets.formats.parquet import parquet_rows
from promptsets.formats.problems import BadRow, shown
from promptsets.formats.source import LARGEST_FILE, Source

# Python's own limit of 131,072 characters is for the whole process; a longer prompt is reported, never cut.
csv.field_size_limit(LARGEST_FILE)


# What fits a file of the largest size but not memory: a record takes hundreds of bytes there, a value tens.
MOST_RECORDS, MOST_VALUES = 500_000, 10_000_000


class Container(StrEnum):
    JSON_LINES = "JSON lines"
    JSON_LIST = "a JSON list"
    CSV = "CSV"
    PARQUET = "Parquet"


@dataclass(frozen=True, slots=True)
class Record:
    """One record and the line, from 1, where it begins; `fault` says why there are no fields."""

    line: int
    fields: dict[str, Any]
    fault: BadRow | None = None


def container_of(source: Source) -> Container:
    """What the first character that is no white space says, or Parquet's magic bytes."""
    if source.parquet:
        return Container.PARQUET
    start = re.search(r"\S", source.text)
    by_start = {"{": Container.JSON_LINES, "[": Container.JSON_LIST}
    return by_start.get(start.group(), Container.CSV) if start else Container.CSV


def records(source: Source) -> Iterator[Record]:
    """All of them, or a last one whose fault says that there are too many."""
    for number, record in enumerate(_read(source)):
        if number == MOST_RECORDS:
            yield Record(record.line, {}, BadRow(("", f"is beyond {MOST_RECORDS:,} records: split the file")))
            return
        yield record


def _read(source: Source) -> Iterator[Record]:
    readers = {
        Container.JSON_LINES: _json_lines,
        Container.JSON_LIST: _json_list,
        Container.CSV: _csv_records,
    }
    container = container_of(source)
    if container is Container.PARQUET:
        return _parquet_records(source)
    if container is not Container.CSV and sum(map(source.text.count, "[{,")) > MOST_VALUES:
        return iter([Record(1, {}, BadRow(("", f"begins more than {MOST_VALUES:,} values: split the file")))])
    return readers[container](source.text)


def _parquet_records(source: Source) -> Iterator[Record]:
    """Rows have no lines: they are counted from 1."""
    try:
        for row, fields in enumerate(parquet_rows(source.parquet), start=1):
            yield Record(row, fields)
    except BadRow as fault:
        yield Record(1, {}, fault)


def _json_lines(text: str) -> Iterator[Record]:
    # Only "\n" ends a line: str.splitlines() would cut a record at a raw U+2028 inside a prompt.
    for line, piece in enumerate(text.split("\n"), start=1):
        if piece.strip(" \t\r"):
            try:
                yield Record(line, _object(_DECODER.decode(piece)))
            except (BadRow, ValueError, RecursionError) as error:
                yield Record(line, {}, _json_fault(error))


def _json_list(text: str) -> Iterator[Record]:
    """Decodes one element after the other, so that each is known by the line where it begins."""
    line, counted, position = 1, 0, text.index("[") + 1
    while True:
        position = _after_space(text, position)
        line, counted = line + text.count("\n", counted, position), position
        if text[position : position + 1] == "]" and not text[position + 1 :].strip(" \t\r\n"):
            return
        try:
            value, end = _DECODER.raw_decode(text, position)
            position = _after_separator(text, end)
        except (BadRow, ValueError, RecursionError) as error:
            yield Record(line, {}, _json_fault(error))
            return  # Where the next element begins cannot be known.
        try:
            yield Record(line, _object(value))
        except BadRow as fault:
            yield Record(line, {}, fault)


def _csv_records(text: str) -> Iterator[Record]:
    # newline="\n": records and quoted fields keep their "\r\n", and lines are counted as an editor counts them.
    reader = csv.reader(io.StringIO(text, newline="\n"), strict=True)
    header: list[str] | None = None
    begins = 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            yield Record(begins, {}, BadRow(("", f"is not CSV: {error}")))
            return  # After a broken quotation nothing can be trusted.
        if cells is None:
            return
        if cells and header is None:
            header = cells
            if len(set(header)) < len(header):
                yield Record(begins, {}, BadRow(("", "is the header and names a column twice")))
                return
        elif cells and header is not None:
            yield _csv_record(begins, header, cells)
        begins = reader.line_num + 1


def _csv_record(line: int, header: list[str], cells: list[str]) -> Record:
    if len(cells) == len(header):
        return Record(line, dict(zip(header, cells, strict=True)))
    message = f"has {len(cells)} fields where the header names {len(header)} columns"
    return Record(line, {}, BadRow(("", message)))


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BadRow(("", f"holds {shown(value)}, not an object in braces"))
    return value


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = dict(pairs)
    if len(keys) < len(pairs):
        names = [name for name, _ in pairs]
        doubled = next(name for name in names if names.count(name) > 1)
        raise BadRow((doubled, "is given twice in one object: only one value can hold"))
    return keys


def _no_constant(name: str) -> None:
    raise BadRow(("", f"{name} is not JSON: use a number or null"))


def _json_fault(error: Exception) -> BadRow:
    if isinstance(error, BadRow):
        return error
    if isinstance(error, json.JSONDecodeError):
        return BadRow(("", f"is not JSON: {error.msg} at column {error.colno}"))
    reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
    return BadRow(("", f"is not JSON that can be read: {reason}"))


def _after_space(text: str, position: int) -> int:
    return _SPACE.match(text, position).end()  # type: ignore[union-attr]  # the pattern matches the empty text


def _after_separator(text: str, position: int) -> int:
    """Past the comma behind an element, or at the bracket that ends the list."""
    position = _after_space(text, position)
    if text[position : position + 1] == ",":
        return position + 1
    if text[position : position + 1] == "]":
        return position
    raise json.JSONDecodeError("Expecting ',' or ']'", text, position)


_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder(object_pairs_hook=_unique_keys, parse_constant=_no_constant)
