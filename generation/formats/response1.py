"""Our own response/1: JSON lines that name the prompt by id and by the digest of its text, and how the reply ended."""

import re
from typing import Any

from generation.formats.row import STATED_ENDS, STATED_STATUSES, ResponseRow
from generation.models import GenerationRun
from promptsets.formats.fields import Fields
from promptsets.formats.problems import shown
from promptsets.formats.records import Container

CONTAINER = Container.JSON_LINES
SCHEMA = "response/1"
SHA256 = re.compile(r"[0-9a-f]{64}\Z")
KEPT = ("id", "decoding", "error", "created_at", "rendered_prompt_sha256")


def recognises(record: dict[str, Any]) -> bool:
    return record.get("schema") == SCHEMA


def rows(fields: Fields) -> list[ResponseRow]:
    fields.one_of("schema", [SCHEMA], required=True)
    key = fields.identity("prompt_id")
    turns = fields.sequence("turns", of=str, required=True)
    status = fields.one_of("status", STATED_STATUSES) or ""
    finish_reason = fields.one_of("finish_reason", STATED_ENDS) or "imported"
    sample = _whole(fields, "sample", GenerationRun.MOST_SAMPLES - 1) or 0
    if not turns and status != "error":
        fields.fault("turns", "is empty: one text for each turn is needed, unless the status is error")
    if status == "empty" and turns and all(map(str.strip, turns)):
        fields.fault("status", "is empty, but every turn holds text")
    sha256 = fields.text("prompt_sha256")
    if sha256 and not SHA256.match(sha256):
        fields.fault("prompt_sha256", f"is {shown(sha256)}, not 64 hexadecimal digits")
    writer = Fields(fields.mapping("checkpoint")).text("name")
    counts = {name: _whole(fields, name, 2**31 - 1) for name in ("n_prompt_tokens", "n_output_tokens")}
    token_ids = _token_ids(fields)
    extra = {name: value for name in KEPT if (value := fields.get(name)) is not None}
    fields.check()
    return [
        ResponseRow(
            tuple(turns),
            key,
            keys=(key,),
            text_sha256=sha256 or None,
            sample=sample,
            writer=writer,
            status=status,
            finish_reason=finish_reason,
            token_ids=token_ids,
            extra=extra,
            **counts,
        )
    ]


def _token_ids(fields: Fields) -> list[list[int]] | None:
    value = fields.get("token_ids")
    if value is None:
        return None
    if isinstance(value, list) and all(map(_is_ids, value)):
        return value
    fields.fault("token_ids", "is not a list of token ids for each turn")
    return None


def _is_ids(value: Any) -> bool:
    return isinstance(value, list) and all(type(token) is int and token >= 0 for token in value)


def _whole(fields: Fields, name: str, most: int) -> int | None:
    value = fields.get(name)
    if value is None or (type(value) is int and 0 <= value <= most):
        return value
    fields.fault(name, f"is {shown(value)}, not a whole number from 0 to {most}")
    return None
