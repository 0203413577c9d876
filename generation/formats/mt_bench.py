"""MT-bench's answers: JSON lines of question_id and choices, each choice with one reply for each turn."""

from typing import Any

from generation.formats.row import ResponseRow
from promptsets.formats.fields import Fields
from promptsets.formats.records import Container
from promptsets.formats.row import derived_key

CONTAINER = Container.JSON_LINES


def recognises(record: dict[str, Any]) -> bool:
    return {"question_id", "choices"} <= record.keys()


def rows(fields: Fields) -> list[ResponseRow]:
    """One row for each choice: a question's choices are samples of the same prompt."""
    question = fields.identity("question_id")
    choices = fields.sequence("choices", of=dict, required=True)
    if not choices:
        fields.fault("choices", "is empty: it should hold at least one choice")
    writer = fields.text("model_id")
    fields.check()
    keys = (derived_key(question, "mt-bench"), question)
    made = []
    for sample, choice in enumerate(choices):
        turns = Fields(choice).sequence("turns", of=str, required=True)
        if not turns or not all(isinstance(turn, str) for turn in turns):
            fields.fault(f"choices[{sample}].turns", "is not a list of texts, one for each turn")
        else:
            made.append(ResponseRow(tuple(turns), question, keys=keys, sample=sample, writer=writer))
    fields.check()
    return made
