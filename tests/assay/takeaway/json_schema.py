"""As much of JSON Schema (2020-12) as the published schema of cards uses, so that tests can hold cards against it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SCHEMA = Path(__file__).resolve().parents[3] / "docs/schemas/evaluation-card-1.json"
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}
KNOWN = {
    "$schema",
    "$id",
    "$defs",
    "$ref",
    "title",
    "description",
    "type",
    "const",
    "enum",
    "pattern",
    "minimum",
}
KNOWN |= {"maximum", "properties", "required", "additionalProperties", "items", "minItems", "anyOf"}


def published() -> dict[str, Any]:
    return json.loads(SCHEMA.read_text())


def problems(
    value: Any, schema: dict[str, Any], at: str = "card", root: dict[str, Any] | None = None
) -> Iterator[str]:
    """Everything in which the value does not fit, by its path. A keyword that we do not know is an error of ours."""
    root = root or schema
    assert set(schema) <= KNOWN, set(schema) - KNOWN
    if "$ref" in schema:
        yield from problems(value, root["$defs"][schema["$ref"].removeprefix("#/$defs/")], at, root)
    if "anyOf" in schema:
        tries = [list(problems(value, one, at, root)) for one in schema["anyOf"]]
        if all(tries):
            yield from min(tries, key=len)
    if "type" in schema and not any(is_a(value, name) for name in listed(schema["type"])):
        yield f"{at}: {value!r} is no {schema['type']}"
        return
    if "const" in schema and value != schema["const"]:
        yield f"{at}: {value!r} is not {schema['const']!r}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at}: {value!r} is none of {schema['enum']}"
    if "pattern" in schema and isinstance(value, str) and not re.search(schema["pattern"], value):
        yield f"{at}: {value!r} does not match {schema['pattern']}"
    if isinstance(value, int | float) and not schema.get("minimum", value) <= value <= schema.get(
        "maximum", value
    ):
        yield f"{at}: {value} is out of range"
    if isinstance(value, dict):
        yield from of_object(value, schema, at, root)
    if isinstance(value, list):
        if len(value) < schema.get("minItems", 0):
            yield f"{at}: too short"
        for place, part in enumerate(value):
            yield from problems(part, schema.get("items", {}), f"{at}[{place}]", root)


def of_object(value: dict[str, Any], schema: dict[str, Any], at: str, root: dict[str, Any]) -> Iterator[str]:
    known, others = schema.get("properties", {}), schema.get("additionalProperties", True)
    yield from (f"{at}.{name}: is missing" for name in schema.get("required", []) if name not in value)
    for name, part in value.items():
        if name in known:
            yield from problems(part, known[name], f"{at}.{name}", root)
        elif others is False:
            yield f"{at}.{name}: is not known"
        elif isinstance(others, dict):
            yield from problems(part, others, f"{at}.{name}", root)


def is_a(value: Any, name: str) -> bool:
    if name in ("number", "integer"):
        return isinstance(value, int if name == "integer" else int | float) and not isinstance(value, bool)
    return isinstance(value, TYPES[name])


def listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]
