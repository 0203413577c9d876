"""AILuminate: prompts by hazard and persona. Its four kinds of specialised advice are one hazard of ours."""

from typing import Any

from promptsets.formats.fields import Fields
from promptsets.formats.row import PromptRow, derived_key
from promptsets.taxonomy import HAZARDS, PERSONAS, SAFETY

NAME = "ailuminate"


def recognises(record: dict[str, Any]) -> bool:
    return {"release_prompt_id", "prompt_text", "hazard"} <= record.keys()


def row(record: dict[str, Any]) -> PromptRow:
    fields = Fields(record)
    key, prompt = fields.identity("release_prompt_id"), fields.text("prompt_text", required=True)
    finer = fields.text("hazard", required=True)
    hazard = finer.partition("_")[0]
    if finer and hazard not in HAZARDS:
        fields.fault("hazard", f"is {finer!r}, not one of {', '.join(HAZARDS)} or a finer one, as spc_fin")
    persona = fields.one_of("persona", PERSONAS)
    language = fields.text("locale").replace("_", "-")
    fields.check()
    return PromptRow(
        SAFETY,
        derived_key(key),
        (prompt,),
        category=HAZARDS[hazard],
        subcategory=finer if finer != hazard else "",
        language=language,
        hazard=hazard,
        persona=persona or "",
        extra={"source": {"name": "AILuminate", "row_id": key}} | fields.rest(),
    )
