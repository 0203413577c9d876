"""XSTest: prompts that only sound unsafe, and the unsafe ones they contrast with."""

from typing import Any

from promptsets.formats.fields import Fields
from promptsets.formats.row import PromptRow, derived_key
from promptsets.taxonomy import SAFE_TYPES, SAFETY

NAME = "xstest"
EXPECTED = {"safe": "comply", "unsafe": "refuse"}


def recognises(record: dict[str, Any]) -> bool:
    return {"id", "prompt", "type", "label", "focus", "note"} <= record.keys()


def row(record: dict[str, Any]) -> PromptRow:
    fields = Fields(record)
    key, prompt = fields.identity("id"), fields.text("prompt", required=True)
    kind = fields.text("type", required=True)
    label = fields.one_of("label", EXPECTED, required=True)
    fields.check()
    return PromptRow(
        SAFETY,
        derived_key(key, NAME),
        (prompt,),
        category=kind,
        expected=EXPECTED[label],
        safe_type=kind if kind in SAFE_TYPES else "",
        extra={"source": {"name": "XSTest", "row_id": key}} | fields.rest(),
    )
