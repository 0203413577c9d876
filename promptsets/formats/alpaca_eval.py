"""AlpacaEval: a JSON list of instructions, with or without some model's outputs. It has no ids: the text makes them."""

from typing import Any

from promptsets.digests import text_digest
from promptsets.formats.fields import Fields
from promptsets.formats.row import PromptRow
from promptsets.taxonomy import INSTRUCTION

NAME = "alpaca-eval"
OF_THE_OUTPUT = ("output", "generator", "datasplit")
OF_A_JUDGMENT = {"output_1", "output_2", "preference"}


def recognises(record: dict[str, Any]) -> bool:
    is_judged = not OF_A_JUDGMENT.isdisjoint(record)
    return "instruction" in record and "instances" not in record and not is_judged


def row(record: dict[str, Any]) -> PromptRow:
    fields = Fields(record)
    instruction, dataset = fields.text("instruction", required=True), fields.text("dataset")
    for name in OF_THE_OUTPUT:
        fields.get(name)  # says nothing of the prompt
    fields.check()
    return PromptRow(
        INSTRUCTION,
        f"alpaca-eval-{text_digest([instruction])[:12]}",
        (instruction,),
        category=dataset,
        extra={"source": {"name": "AlpacaEval"}} | fields.rest(),
    )
