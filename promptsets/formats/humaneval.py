"""HumanEval: a Python stub to complete, with its tests. The newline at its end is part of the prompt."""

from typing import Any

from promptsets.formats.fields import Fields
from promptsets.formats.row import PromptRow, derived_key
from promptsets.taxonomy import INSTRUCTION

NAME = "humaneval"


def recognises(record: dict[str, Any]) -> bool:
    return {"task_id", "prompt", "entry_point", "canonical_solution", "test"} <= record.keys()


def row(record: dict[str, Any]) -> PromptRow:
    fields = Fields(record)
    key, prompt = fields.identity("task_id"), fields.text("prompt", required=True)
    reference = {
        name: fields.text(name, required=True) for name in ("entry_point", "canonical_solution", "test")
    }
    fields.check()
    source = {"name": "HumanEval", "row_id": key}
    return PromptRow(
        INSTRUCTION,
        derived_key(key),
        (prompt,),
        category="coding",
        extra={"source": source, "reference": reference} | fields.rest(),
    )
