"""Reads an exported study (or its judgments alone) back: rows by schema, and digests of the file's bytes."""

import hashlib
import json
import sys
import zlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assay.takeaway.formats import opened
from assay.takeaway.source import Row

JUDGMENT, COMPARISON, RESPONSE = "judgment/1", "comparison/1", "response/1"
RATER, COUNTED, STUDY = "rater/1", "counted/1", "study/1"
OF_A_JUDGMENT = ("prompt_id", "rater_id", "rater_kind", "status", "exclusion_reason", "safety")
EXTRA: tuple[str, ...] = ("category", "first", "second", "side", "outcome", "both_bad", "self_identified")
EXTRA += ("left_model", "right_model", "prompt_expected")
KNOWN = (STUDY, RATER, COMPARISON, RESPONSE, JUDGMENT, COUNTED)


class EvidenceError(ValueError):
    """A file is no export that a card could rest on; the message says where, what, and what would be right."""


@dataclass(frozen=True)
class Digest:
    """Of the uncompressed bytes; `sha256` of no byte where there is no row."""

    sha256: str
    bytes: int
    rows: int


@dataclass(frozen=True)
class Evidence:
    """The rows of an export by schema. `whole` is the digest of all, `judgments` of the lines of judgments alone."""

    rows: dict[str, list[Row]]
    whole: Digest
    judgments: Digest

    def of(self, schema: str) -> list[Row]:
        return self.rows.get(schema, [])

    @property
    def study(self) -> Row | None:
        """The line about the study; None where the file holds judgments alone."""
        return next(iter(self.of(STUDY)), None)

    @property
    def counted(self) -> list[Row]:
        """The judgments that the headline counts."""
        return [row for row in self.of(JUDGMENT) if row["status"] == "valid"]

    @property
    def nobody_left_out(self) -> list[Row]:
        """Those and the ones of raters whom the study's rules leave out."""
        return [
            row
            for row in self.of(JUDGMENT)
            if row["status"] == "valid" or row["exclusion_reason"].startswith("rater_left_out:")
        ]


class _Running:
    def __init__(self) -> None:
        self.hash, self.bytes, self.rows = hashlib.sha256(), 0, 0

    def add(self, line: bytes) -> None:
        self.hash.update(line)
        self.bytes += len(line)
        self.rows += 1

    def done(self) -> Digest:
        return Digest(self.hash.hexdigest(), self.bytes, self.rows)


def read_evidence(path: Path) -> Evidence:
    """Raises: EvidenceError for a file that cannot be read, or a line that is none of ours, naming it."""
    rows: dict[str, list[Row]] = defaultdict(list)
    whole, judgments = _Running(), _Running()
    for number, line in _lines(path):
        row = _row(path, number, line)
        rows[row["schema"]].append(_slim(row))
        whole.add(line)
        if row["schema"] == JUDGMENT:
            judgments.add(line)
    if not rows:
        raise EvidenceError(f"{path}: the file is empty; an export of a study in JSONL is needed")
    return Evidence(dict(rows), whole.done(), judgments.done())


def _slim(row: Row) -> Row:
    """Of a judgment what numbers are made of, each text once in memory: a study may have a million of them."""
    if row["schema"] != JUDGMENT:
        return row
    extra = {name: _once(row["extra"][name]) for name in EXTRA if name in row["extra"]}
    return {name: _once(row[name]) for name in OF_A_JUDGMENT if name in row} | {"extra": extra}


def _once(value: Any) -> Any:
    return sys.intern(value) if isinstance(value, str) else value


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    try:
        with opened(path) as file:
            yield from enumerate(file, start=1)
    except (OSError, EOFError, zlib.error) as error:
        raise EvidenceError(f"{path}: cannot be read: {error}") from error


def _row(path: Path, number: int, line: bytes) -> Row:
    try:
        row: Any = json.loads(line)
    except ValueError as error:
        raise EvidenceError(f"{path}: line {number} is not JSON: {error}") from error
    schema = row.get("schema") if isinstance(row, dict) else None
    if schema not in KNOWN:
        found = f"has the schema {schema!r}" if schema else "has no schema"
        raise EvidenceError(f"{path}: line {number} {found}; known are {', '.join(KNOWN)}")
    if schema == JUDGMENT and not isinstance(row.get("extra"), dict):
        raise EvidenceError(f"{path}: line {number} is a judgment without what we add under extra")
    return dict(row)
