"""MT-bench: questions of several turns, by category, some with a reference."""

from typing import Any

from promptsets.formats.fields import Fields
from promptsets.formats.row import PromptRow, derived_key
from promptsets.taxonomy import INSTRUCTION

NAME = "mt-bench"


def recognises(record: dict[str, Any]) -> bool:
    return {"question_id", "category", "turns"} <= record.keys()


def row(record: dict[str, Any]) -> PromptRow:
    fields = Fields(record)
    key, turns = fields.identity("question_id"), fields.sequence("turns", str, required=True)
    category = fields.text("category")
    fields.check()
    return PromptRow(
        INSTRUCTION,
        derived_key(key, NAME),
        tuple(turns),
        category=category,
        extra={"source": {"name": "MT-bench", "row_id": key}} | fields.rest(),
    )
