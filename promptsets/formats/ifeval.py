"""IFEval: a prompt, and the constraints that a program can hold its response against."""

from typing import Any

from promptsets.formats.fields import Fields
from promptsets.formats.row import PromptRow, derived_key
from promptsets.taxonomy import INSTRUCTION

NAME = "ifeval"


def recognises(record: dict[str, Any]) -> bool:
    return {"key", "prompt", "instruction_id_list", "kwargs"} <= record.keys()


def row(record: dict[str, Any]) -> PromptRow:
    fields = Fields(record)
    key, prompt = fields.identity("key"), fields.text("prompt", required=True)
    kinds = fields.sequence("instruction_id_list", str, required=True)
    fields.check()
    return PromptRow(
        INSTRUCTION,
        derived_key(key, NAME),
        (prompt,),
        category="verifiable constraints",
        subcategory=kinds[0].partition(":")[0] if len(kinds) == 1 else "",
        extra={"source": {"name": "IFEval", "row_id": key}, "instruction_id_list": kinds} | fields.rest(),
    )
