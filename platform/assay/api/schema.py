"""What the schema says beyond what each operation says of itself: errors, idempotency keys, entity tags."""

from typing import Any

from assay.api.idempotency import HEADER
from assay.api.problems import CONTENT_TYPE, Problem

ERRORS = {
    400: "The request cannot be read",
    401: "No valid token was sent",
    403: "The token lacks the scope",
    404: "There is nothing here, or it is not for you",
    413: "What was sent is too large",
    422: "Understood and refused: `errors` says where and what would be right",
    429: "Too many requests; `Retry-After` says when to go on",
}
KEY = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
    "description": "For a day the same key gets the same answer; another request under it is refused.",
}
TAG = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "schema": {"type": "string"},
    "description": "The `ETag` of what you have; 304 if it is still so.",
}


def documented(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with what all operations share. Changes it in place."""
    shapes = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schema["components"]["schemas"] |= {**shapes.pop("$defs"), "Problem": shapes}
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            _complete(operation, writes=method != "get", has_parts="{" in path)
    return schema


def _complete(operation: dict[str, Any], *, writes: bool, has_parts: bool) -> None:
    operation.setdefault("parameters", []).append(KEY if writes else TAG)
    responses = operation["responses"]
    if not writes:
        responses[304] = {"description": "What you have is still so"}
    left_out = ({404} if not has_parts else set()) | (set() if writes else {413})
    for status, told in ERRORS.items():
        if status not in left_out:
            responses[status] = {"description": told, "content": problem_content()}


def problem_content() -> dict[str, Any]:
    return {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
