"""Do-Not-Answer: questions that a responsible model does not follow, by its own three-level taxonomy."""

from typing import Any

from promptsets.formats.fields import Fields
from promptsets.formats.row import PromptRow, derived_key
from promptsets.taxonomy import SAFETY

NAME = "do-not-answer"


def recognises(record: dict[str, Any]) -> bool:
    return {"risk_area", "types_of_harm", "specific_harms", "question"} <= record.keys()


def row(record: dict[str, Any]) -> PromptRow:
    """Hazard and expected stay open: its taxonomy is not ours, and some questions deserve a careful answer."""
    fields = Fields(record)
    key, question = fields.identity("id"), fields.text("question", required=True)
    area, harm = fields.text("risk_area"), fields.text("types_of_harm")
    fields.check()
    return PromptRow(
        SAFETY,
        derived_key(key, NAME),
        (question,),
        category=area,
        subcategory=harm,
        extra={"source": {"name": "Do-Not-Answer", "row_id": key}} | fields.rest(),
    )
