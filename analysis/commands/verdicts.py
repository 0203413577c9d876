"""Small files beside the judgments: one verdict for each prompt (right answers, or a judge model's)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from analysis.columns import names, parsed
from analysis.reading import Schema, TableError, read_raw

T = TypeVar("T")


def read_verdicts(path: Path, column: str, parse: Callable[[str], T], wanted: str) -> dict[str, T]:
    """Prompt -> what `parse` makes of `column`, of a .csv, .jsonl or .parquet file.

    Raises: TableError naming row and column: a cell is empty or not `wanted`, or a prompt comes twice.
    """
    try:
        raw = read_raw(path, schema=Schema(("prompt_id", column), ()))
        prompts, verdicts = names(raw, "prompt_id").values(), parsed(raw, column, parse, wanted)
        seen: set[str] = set()
        for row, prompt in enumerate(prompts):
            if prompt in seen:
                raise raw.error(row, "prompt_id", f"{prompt!r} has a verdict already")
            seen.add(prompt)
    except TableError as error:
        message = str(error)
        raise TableError(message if str(path) in message else f"{path}: {message}") from error
    return dict(zip(prompts, verdicts, strict=True))
