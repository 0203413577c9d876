"""Our own schema `prompt/1`: one JSON object a line, every field checked."""

from typing import Any

from promptsets.digests import text_digest
from promptsets.formats.fields import Fields
from promptsets.formats.row import PromptRow
from promptsets.taxonomy import (
    DIFFICULTIES,
    EXPECTED,
    HAZARDS,
    INSTRUCTION,
    KINDS,
    PERSONAS,
    SAFE_TYPES,
    SAFETY,
    STYLES,
)

NAME = "prompt/1"
FIELDS: tuple[str, ...] = (
    "schema",
    "id",
    "kind",
    "turns",
    "category",
    "subcategory",
    "language",
    "difficulty",
    "hazard",
    "expected",
)
FIELDS += ("contrast_id", "safe_type", "persona", "rater_note", "tags", "text_sha256")
KEPT_AS_THEY_ARE = ("source", "author", "licence", "reference", "constraints")


def recognises(record: dict[str, Any]) -> bool:
    return record.get("schema") == NAME


def row(record: dict[str, Any]) -> PromptRow:
    fields = Fields(record)
    fields.one_of("schema", [NAME], required=True)
    values = {
        "kind": fields.one_of("kind", KINDS, required=True) or "",
        "key": fields.text("id", required=True),
        "turns": user_turns(fields),
        "category": fields.text("category"),
        "subcategory": fields.text("subcategory"),
        "language": fields.text("language"),
        "difficulty": fields.one_of("difficulty", DIFFICULTIES),
        "hazard": fields.one_of("hazard", HAZARDS),
        "expected": fields.one_of("expected", EXPECTED),
        "contrast": fields.text("contrast_id") or None,
        "safe_type": fields.one_of("safe_type", SAFE_TYPES) or "",
        "persona": fields.one_of("persona", PERSONAS) or "",
        "rater_note": fields.text("rater_note"),
        "tags": tuple(fields.sequence("tags", str)),
    }
    fields.one_of("style", STYLES)
    check_kind(fields, values)
    check_digest(fields, values["turns"])
    clashing = fields.mapping("extra")  # a source's own fields that have the names of ours
    fields.check()
    kept = {
        name: record[name] for name in (*KEPT_AS_THEY_ARE, "style") if record.get(name) not in (None, [], "")
    }
    unknown = {name: value for name, value in fields.rest().items() if name not in KEPT_AS_THEY_ARE}
    return PromptRow(**values, extra=kept | unknown | clashing)


def user_turns(fields: Fields) -> tuple[str, ...]:
    """The texts of the turns; each must be the user's, since replies are generated in between."""
    texts = []
    for place, turn in enumerate(fields.sequence("turns", dict, required=True)):
        if isinstance(turn, dict):
            inner = Fields(turn)
            inner.one_of("role", ["user"], required=True)
            texts.append(inner.text("content", required=True))
            for field, message in inner.faults:
                fields.fault(f"turns[{place}].{field}", message)
    return tuple(texts)


def check_kind(fields: Fields, values: dict[str, Any]) -> None:
    for name in ("hazard", "expected"):
        if values["kind"] == SAFETY and name not in fields.record:
            fields.fault(
                name, "is missing: a safety prompt declares it, or null where its source says nothing"
            )
        if values["kind"] == INSTRUCTION and values[name] is not None:
            fields.fault(name, "is given, but an instruction prompt has none")


def check_digest(fields: Fields, turns: tuple[str, ...]) -> None:
    """A file may state its texts' digests: then a text that was changed since is known by its row."""
    stated = fields.text("text_sha256")
    if not stated or fields.faults:
        return
    try:
        actual = text_digest(turns)
    except UnicodeEncodeError:
        return  # half a surrogate pair: PromptRow names it
    if stated != actual:
        fields.fault(
            "text_sha256", f"is not the digest of the turns, which is {actual}: the text was changed"
        )
