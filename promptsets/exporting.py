"""A version as a file: `prompt/1` JSONL, which comes in again as the same version, or CSV for a spreadsheet."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from promptsets.formats import prompt_1
from promptsets.models import Prompt, PromptSetVersion

COLUMNS: tuple[str, ...] = (
    "key",
    "category",
    "subcategory",
    "language",
    "difficulty",
    "hazard",
    "expected",
    "contrast",
)
COLUMNS += ("safe_type", "persona", "rater_note", "text_sha256")
# A spreadsheet takes a cell that begins like this for a formula, and may run it.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\0")


def jsonl(version: PromptSetVersion) -> Iterator[str]:
    """One line for each prompt, in order."""
    for prompt in version.prompts.order_by("position").iterator():
        yield json.dumps(as_json(prompt, version.prompt_set.kind), ensure_ascii=False) + "\n"


def as_json(prompt: Prompt, kind: str) -> dict[str, Any]:
    """The prompt in `prompt/1`; what was not declared is left out."""
    declared = {
        "category": prompt.category,
        "subcategory": prompt.subcategory,
        "language": prompt.language,
        "difficulty": prompt.difficulty,
        "hazard": prompt.hazard,
        "expected": prompt.expected,
        "contrast_id": prompt.contrast,
        "safe_type": prompt.safe_type,
        "persona": prompt.persona,
        "rater_note": prompt.rater_note,
        "tags": prompt.tags,
        "text_sha256": prompt.text_sha256,
    }
    return {
        "schema": prompt_1.NAME,
        "id": prompt.key,
        "kind": kind,
        "turns": [{"role": "user", "content": turn} for turn in prompt.turns],
        **{name: value for name, value in declared.items() if value not in (None, "", [])},
        **prompt.extra,
    }


def csv_lines(version: PromptSetVersion) -> Iterator[str]:
    """A header, then one record for each prompt; a column for each turn that any prompt has. RFC 4180."""
    prompts = version.prompts.order_by("position")
    turns = max((len(prompt_turns) for prompt_turns in prompts.values_list("turns", flat=True)), default=1)
    yield record(["key", *[f"turn_{n}" for n in range(1, turns + 1)], *COLUMNS[1:]])
    for prompt in prompts.iterator():
        texts = [*prompt.turns, *[""] * (turns - len(prompt.turns))]
        yield record([prompt.key, *texts, *(getattr(prompt, name) for name in COLUMNS[1:])])


def record(cells: list[Any]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow([formula_safe("" if cell is None else str(cell)) for cell in cells])
    return line.getvalue()


def formula_safe(cell: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would take it for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell


WRITERS = {"jsonl": jsonl, "csv": csv_lines}
