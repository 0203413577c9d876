"""Small CSV files beside the judgments: one verdict for each prompt (right answers, or a judge model's)."""

from __future__ import annotations

import csv
from pathlib import Path

from analysis.reading import TableError


def read_verdicts(path: Path, column: str) -> dict[str, str]:
    """Prompt -> the text in `column`.  Raises: TableError naming the row: a cell is empty, or a prompt comes twice."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file, strict=True))
    except (OSError, csv.Error, UnicodeDecodeError) as error:
        raise TableError(f"{path}: cannot be read: {error}") from error
    verdicts: dict[str, str] = {}
    for number, row in enumerate(rows, start=1):
        prompt, text = row.get("prompt_id"), row.get(column)
        if not prompt or not text:
            raise TableError(f"{path}: row {number}: columns prompt_id and {column} are needed in every row")
        if prompt in verdicts:
            raise TableError(f"{path}: row {number}, column prompt_id: {prompt!r} has a verdict already")
        verdicts[prompt] = text
    return verdicts
