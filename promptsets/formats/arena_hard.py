"""Arena-Hard (version 2): prompts of real users in many languages, none of which is declared."""

from typing import Any

from promptsets.formats.fields import Fields
from promptsets.formats.row import PromptRow, derived_key
from promptsets.taxonomy import INSTRUCTION

NAME = "arena-hard"


def recognises(record: dict[str, Any]) -> bool:
    return {"uid", "category", "prompt"} <= record.keys()


def row(record: dict[str, Any]) -> PromptRow:
    fields = Fields(record)
    key, prompt = fields.identity("uid"), fields.text("prompt", required=True)
    category, subcategory = fields.text("category"), fields.text("subcategory")
    fields.check()
    return PromptRow(
        INSTRUCTION,
        derived_key(key),
        (prompt,),
        category=category,
        subcategory=subcategory,
        extra={"source": {"name": "Arena-Hard", "row_id": key}} | fields.rest(),
    )
