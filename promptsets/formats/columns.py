"""Tables of any source: a mapping says which column holds the prompt, its id, its category and so on.

Made for the data sets of the Hugging Face hub and for spreadsheets: `prompt=instruction,id=uid,category=type`. A prompt
may be a text, a list of texts (the user's turns), or a list of messages with a role each.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from promptsets.digests import text_digest
from promptsets.formats.fields import Fields
from promptsets.formats.problems import shown
from promptsets.formats.row import PromptRow, derived_key
from promptsets.taxonomy import DIFFICULTIES, EXPECTED, HAZARDS, INSTRUCTION

NAME = "columns"
TEXTS = ("category", "subcategory", "language", "rater_note")
FIELDS = ("prompt", "id", *TEXTS, "difficulty", "hazard", "expected")
# How sources commonly name what we ask for; tried in this order, only to propose a mapping.
COMMON = {
    "prompt": (
        "prompt",
        "instruction",
        "question",
        "query",
        "text",
        "input",
        "messages",
        "conversations",
        "turns",
    ),
    "id": ("id", "prompt_id", "uid", "question_id", "key", "idx"),
    "category": ("category", "type", "task", "subject"),
    "subcategory": ("subcategory", "subtype"),
    "language": ("language", "lang"),
}
USER, MODEL = {"user", "human"}, {"assistant", "gpt", "model", "bot"}


class MappingError(ValueError):
    """A mapping that cannot be used; the message says what would be right."""


@dataclass(frozen=True)
class Columns:
    """A format made of a mapping: from our fields to the source's columns. All other columns are kept as extra."""

    of: dict[str, str]
    kind: str = INSTRUCTION
    NAME: str = field(default=NAME, init=False)

    def __post_init__(self) -> None:
        if unknown := [name for name in self.of if name not in FIELDS]:
            raise MappingError(f"{shown(unknown[0])} is no field of a prompt: map {', '.join(FIELDS)}")
        if not self.of.get("prompt"):
            raise MappingError("which column holds the prompt? Map it: prompt=COLUMN")
        columns = list(self.of.values())
        if doubled := next((name for name in columns if columns.count(name) > 1), None):
            raise MappingError(f"the column {shown(doubled)} is mapped twice")

    def __str__(self) -> str:
        return ",".join(f"{name}={column}" for name, column in self.of.items())

    def recognises(self, record: dict[str, Any]) -> bool:
        return set(self.of.values()) <= record.keys()

    def row(self, record: dict[str, Any]) -> PromptRow:
        fields = Fields(record)
        if absent := [column for column in self.of.values() if column not in record]:
            fields.fault(absent[0], "is not a column of this row")
            fields.check()
        turns, replies = turns_of(record[self.of["prompt"]], self.of["prompt"], fields)
        values = {name: self.label(record, name) for name in TEXTS} | self.choices(fields)
        fields.check()
        kept = {name: value for name, value in record.items() if name not in self.of.values()}
        if (given := self.label(record, "id")) and self.key(record, turns) != given:
            kept["source_id"] = given
        extra = kept | ({"replies": replies} if replies else {})
        return PromptRow(self.kind, self.key(record, turns), turns, **values, extra=extra)

    def label(self, record: dict[str, Any], name: str) -> str:
        value = record.get(self.of[name]) if name in self.of else None
        if isinstance(value, float):  # pandas writes whole numbers so where others are missing
            value = int(value) if value.is_integer() else None if math.isnan(value) else value
        return "" if value is None else str(value)

    def key(self, record: dict[str, Any], turns: Sequence[str]) -> str:
        """The source's id where a column holds one, else made of the text."""
        return derived_key(self.label(record, "id")) or f"prompt-{text_digest(turns)[:12]}"

    def choices(self, fields: Fields) -> dict[str, Any]:
        """What may only be one of our words. Spreadsheets hold texts, so a difficulty may be the text of a number."""
        taken: dict[str, Any] = {}
        for name, words in (("difficulty", DIFFICULTIES), ("hazard", HAZARDS), ("expected", EXPECTED)):
            value = self.label(fields.record, name)
            fitting = next((word for word in words if str(word) == value), None)
            if value and fitting is None:
                given = fields.record[self.of[name]]
                fields.fault(self.of[name], f"is {shown(given)}, not one of {', '.join(map(str, words))}")
            taken[name] = fitting
        return taken


def parse(text: str, kind: str = INSTRUCTION) -> Columns:
    """Reads `prompt=instruction,id=uid`. Raises: MappingError."""
    of: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        name, equals, column = pair.partition("=")
        if not equals or not name or not column:
            raise MappingError(f"{shown(pair)} is no mapping: write FIELD=COLUMN, as in prompt=instruction")
        if name in of:
            raise MappingError(f"{shown(name)} is mapped twice")
        of[name] = column
    return Columns(of, kind)


def proposed(columns: Iterable[str]) -> dict[str, str]:
    """A mapping by common names, to be looked at before it is used; empty where no column looks like a prompt."""
    there = {name.lower(): name for name in columns}
    found = {
        name: there[next(common for common in names if common in there)]
        for name, names in COMMON.items()
        if any(common in there for common in names)
    }
    return found if "prompt" in found else {}


def turns_of(value: Any, column: str, fields: Fields) -> tuple[tuple[str, ...], list[str]]:
    """The user's turns, and the replies that stood between them, which are generated anew."""
    if isinstance(value, str):
        return (value,), []
    if not isinstance(value, list) or not value:
        fields.fault(column, f"is {shown(value)}: a prompt is a text, a list of texts or a list of messages")
        return (), []
    if all(isinstance(turn, str) for turn in value):
        return tuple(value), []
    messages = list(_messages(value, column, fields))
    turns = tuple(text for role, text in messages if role in USER)
    if not turns and not fields.faults:
        fields.fault(column, "holds no message of the user")
    return turns, [text for role, text in messages if role in MODEL]


def _messages(value: list[Any], column: str, fields: Fields) -> Iterator[tuple[str, str]]:
    for place, message in enumerate(value):
        where = f"{column}[{place}]"
        if not isinstance(message, dict):
            fields.fault(where, f"is {shown(message)}, not a message with a role and a text")
            continue
        role = str(message.get("role", message.get("from", ""))).lower()
        text = message.get("content", message.get("value"))
        if role not in USER | MODEL:
            fields.fault(where, f"has the role {shown(role)}: a prompt holds turns of a user (and replies)")
        elif not isinstance(text, str):
            fields.fault(where, f"holds {shown(text)}, not a text")
        else:
            yield role, text
