"""AlpacaEval's model_outputs.json: a list of instruction and output. There are no ids, only the verbatim text."""

from typing import Any

from generation.formats.row import ResponseRow, excerpt
from promptsets.digests import text_digest
from promptsets.formats.fields import Fields
from promptsets.formats.records import Container

CONTAINER = Container.JSON_LIST


def recognises(record: dict[str, Any]) -> bool:
    return {"instruction", "output"} <= record.keys()


def rows(fields: Fields) -> list[ResponseRow]:
    instruction = fields.text("instruction", required=True)
    output = fields.get("output")
    if not isinstance(output, str):
        fields.fault("output", 'is not a text; "" stands for an empty response')
    if fields.text("input"):
        fields.fault(
            "input", "is not empty: a prompt made of instruction and input has no text to join it by"
        )
    writer = fields.text("generator")
    fields.check()
    return [
        ResponseRow((output,), excerpt(instruction), text_sha256=text_digest([instruction]), writer=writer)
    ]
