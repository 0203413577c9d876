"""Self-instruct's user-oriented set: an instruction, and an input that follows after a blank line, if any."""

from typing import Any

from promptsets.formats.fields import Fields
from promptsets.formats.row import PromptRow, derived_key
from promptsets.taxonomy import INSTRUCTION

NAME = "self-instruct"


def recognises(record: dict[str, Any]) -> bool:
    return {"id", "instruction", "instances"} <= record.keys()


def row(record: dict[str, Any]) -> PromptRow:
    fields = Fields(record)
    key, instruction = fields.identity("id"), fields.text("instruction", required=True)
    instances = fields.sequence("instances", dict, required=True)
    first = Fields(instances[0] if instances and isinstance(instances[0], dict) else {})
    given, reference = first.text("input"), first.text("output")
    for field, message in first.faults:
        fields.fault(f"instances[0].{field}", message)
    fields.check()
    return PromptRow(
        INSTRUCTION,
        derived_key(key),
        (f"{instruction}\n\n{given}" if given else instruction,),
        extra={"source": {"name": "self-instruct", "row_id": key}, "reference": reference} | fields.rest(),
    )
